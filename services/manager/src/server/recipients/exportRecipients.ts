import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { failureWords, skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type LocalTimes, localTimes } from "../orders/localTime.ts";
import { type AskedList, askedList } from "./askedList.ts";
import { byteOrderMark, csvLine, csvResponse } from "./csvText.ts";
import { type Recipient, shownTo } from "./recipient.ts";
import { type ListPorts, listOf, stepOf } from "./recipientList.ts";
import type { ListStep } from "./recipientSource.ts";
import { streamText } from "./streamText.ts";

const rowsAtOnce = 4000;

/**
 * CSV export: a list as a file, streamed as fast as the browser reads it; `csvColumns` are its columns. AppError `forbidden` without `exportCsv`; a failure
 * with the first rows is an error response, a later one aborts the download, so that no incomplete file looks complete.
 */
export async function exportRecipients(
  ports: ListPorts,
  user: Pick<User, "exportCsv" | "showAddresses" | "eventAccess">,
  order: WorkOrder,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<Response> {
  if (!user.exportCsv) throw new AppError("forbidden", "Your rights do not include the export of recipients.");
  const asked = askedList(order, user, query);
  const leave = new AbortController();
  const list = await listOf(ports, user, order, asked);
  const steps = list?.source({
    atOnce: rowsAtOnce,
    signal: AbortSignal.any([signal, leave.signal]),
  });
  const { timeZone } = await ports.configTable.settings();
  const lines = csvOf(user, { language: asked.language, times: localTimes(timeZone) }, steps);
  return csvResponse(await streamText(lines, (reason) => leave.abort(reason)), fileName(asked));
}

/** `<mailing key>-<step>.csv`, with the filter: `E2026_weekend_reg_EN-Send-failed.csv`. Letters, digits, `-` and `_` only. */
function fileName({ list, language, mailing, status, reason }: AskedList): string {
  const named = list === "skipped" || list === "left-out" ? `-${list}` : "";
  const chosen = status ?? reason;
  const filter = `${named}${chosen ? `-${chosen}` : ""}`;
  return `${mailingKey(mailing, language)}-${stepOf[list]}${filter}.csv`;
}

/** The same in every row. */
interface Rows {
  readonly language: string;
  readonly times: LocalTimes;
}

async function* csvOf(
  user: Pick<User, "showAddresses">,
  rows: Rows,
  steps: AsyncIterable<ListStep> | undefined,
): AsyncGenerator<string> {
  const columns = csvColumns(rows);
  let text = byteOrderMark + csvLine(columns.map(([heading]) => heading));
  for await (const { found } of steps ?? []) {
    for (const { recipient } of found) {
      const shown = shownTo(user, recipient);
      text += csvLine(columns.map(([, cell]) => cell(shown)));
    }
    if (text !== "") yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** The columns of the CSV: heading, and the cell of a recipient. */
function csvColumns({ language, times }: Rows): readonly (readonly [string, (recipient: Recipient) => string])[] {
  return [
    ["Participant ID", ({ participantId }) => participantId],
    ["Name", ({ name }) => name],
    ["Email", ({ email }) => email],
    ["Language", () => language],
    ["Status", ({ status }) => status],
    ["Reason", reasonOf],
    ["Response", ({ response = "" }) => response],
    [`Time (${times.zone})`, ({ at }) => (at === undefined ? "" : times.of(at))],
    ["Message-ID", ({ messageId = "" }) => messageId],
    ["Came back", ({ returned: { bounced } = {} }) => (bounced ? `${bounced.kind} ${bounced.code}` : "")],
    ["Reply of the bounce", ({ returned }) => returned?.bounced?.reply ?? ""],
    [`Came back at (${times.zone})`, ({ returned: { bounced } = {} }) => (bounced ? times.of(bounced.at) : "")],
    [
      `Complained at (${times.zone})`,
      ({ returned: { complained } = {} }) => (complained ? times.of(complained.at) : ""),
    ],
  ];
}

/** Why a person was not mailed, in words. */
function reasonOf({ status, reason, permanent }: Recipient): string {
  if (reason !== undefined) return status === "skipped" ? skipReasonWords(reason) : reason;
  return status === "failed" && permanent !== undefined ? failureWords(permanent) : "";
}
