import type { ReportRow } from "@email-agent/shared/adapters/deliveriesAcross.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maskedAddress } from "@email-agent/shared/domain/delivery/maskedAddress.ts";
import { maskAddresses } from "@email-agent/shared/domain/recipients/address.ts";
import { skipReasonWords } from "@email-agent/shared/domain/recipients/reasonWords.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { CountedMailing, ReportedMailing } from "../../api/reports.ts";
import type { Manager } from "../manager.ts";
import { type LocalTimes, localTimes } from "../orders/localTime.ts";
import { byteOrderMark, csvLine, csvResponse } from "../recipients/csvText.ts";
import { streamText } from "../recipients/streamText.ts";
import { eventMailings } from "./eventMailings.ts";
import { keptReport } from "./keptReport.ts";
import type { ReportPorts } from "./readReport.ts";

type Exporter = Pick<User, "exportCsv" | "showAddresses" | "eventAccess">;

function refuseWithoutRight({ exportCsv }: Exporter): void {
  if (!exportCsv) throw new AppError("forbidden", "Your rights do not include the export of reports.");
}

/** The sums of each mailing and language as a file. AppError `forbidden` without `exportCsv`; `not-found`. */
export async function exportReport(ports: ReportPorts, user: Exporter, code: string): Promise<Response> {
  refuseWithoutRight(user);
  const mailings = await eventMailings(ports, user, code);
  const [{ timeZone }, counted] = await Promise.all([ports.configTable.settings(), keptReport(ports, code)]);
  const columns = sumColumns(localTimes(timeZone));
  const rows = mailings.map((mailing) =>
    csvLine(columns.map(([, cell]) => cell(mailing, counted?.mailings[mailing.key]))),
  );
  const heading = csvLine(columns.map(([name]) => name));
  return csvResponse(byteOrderMark + heading + rows.join(""), `${code}-report.csv`);
}

type SumColumn = readonly [string, (mailing: ReportedMailing, counted: CountedMailing | undefined) => string];

function sumColumns(times: LocalTimes): readonly SumColumn[] {
  const number = (name: string, of: (counted: CountedMailing) => number): SumColumn => [
    name,
    (_, counted) => (counted ? String(of(counted)) : ""),
  ];
  return [
    ["Part", ({ subEvent }) => subEvent],
    ["Stage", ({ stage }) => stage],
    ["Revision", ({ revision }) => (revision === undefined ? "" : String(revision))],
    ["Language", ({ language }) => language],
    ["Planned", ({ planned }) => (planned === undefined ? "" : String(planned))],
    number("Sent", ({ sent }) => sent),
    number("Failed", ({ failed }) => failed),
    number("In doubt", ({ inDoubt }) => inDoubt),
    number("Waiting", ({ waiting }) => waiting),
    number("Bounced permanently", ({ bouncedHard }) => bouncedHard),
    number("Bounced temporarily", ({ bouncedSoft }) => bouncedSoft),
    number("Complaints", ({ complained }) => complained),
    number("Unsubscribed", ({ unsubscribed }) => unsubscribed),
    [`First mail (${times.zone})`, (_, counted) => (counted?.firstAt ? times.of(counted.firstAt) : "")],
    [`Last mail (${times.zone})`, (_, counted) => (counted?.lastAt ? times.of(counted.lastAt) : "")],
    ["Not mailed", ({ skipped }) => skippedWords(skipped)],
    ["Replies to failed mails", (_, counted) => repliesWords(counted)],
  ];
}

function skippedWords(skipped: ReportedMailing["skipped"]): string {
  return Object.entries(skipped)
    .map(([reason, people]) => `${skipReasonWords(reason)}: ${people}`)
    .join("; ");
}

function repliesWords(counted: CountedMailing | undefined): string {
  return (counted?.replies ?? []).map(({ reply, mails }) => `${mails} × ${reply}`).join("; ");
}

/**
 * Everyone who got a mail of the event, with the number of mails, by shard and id: streamed as fast as the browser reads it.
 * AppError as `exportReport`.
 */
export async function exportPeopleOfReport(
  ports: ReportPorts & Pick<Manager, "deliveries">,
  user: Exporter,
  code: string,
  signal: AbortSignal,
): Promise<Response> {
  refuseWithoutRight(user);
  const keys = (await eventMailings(ports, user, code)).map(({ key }) => key);
  const { timeZone } = await ports.configTable.settings();
  const leave = new AbortController();
  const people = peopleOf(ports, keys, AbortSignal.any([signal, leave.signal]));
  const lines = linesOf(user, localTimes(timeZone), people);
  return csvResponse(await streamText(lines, (reason) => leave.abort(reason)), `${code}-people.csv`);
}

interface MailedPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly mails: number;
  readonly failed: number;
  readonly lastAt: string;
}

async function* peopleOf(
  { deliveries }: Pick<Manager, "deliveries">,
  keys: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<MailedPerson[]> {
  let person: MailedPerson | undefined;
  for await (const rows of deliveries.byPerson(keys, signal)) {
    const done: MailedPerson[] = [];
    for (const row of rows) {
      if (person && person.id !== row.participantId) done.push(person);
      person = withMail(person, row);
    }
    yield done;
  }
  if (person) yield [person];
}

/** The person with one more delivery; another person begins anew. An erased row is blank, and leaves the name of others. */
function withMail(before: MailedPerson | undefined, row: ReportRow): MailedPerson {
  const { participantId: id, name, email, status, sendingAt, endedAt = sendingAt } = row;
  const person = before?.id === id ? before : { id, name: "", email: "", mails: 0, failed: 0, lastAt: "" };
  const isNewer = endedAt > person.lastAt;
  return {
    id,
    name: (isNewer && name) || person.name,
    email: (isNewer && email) || person.email,
    mails: person.mails + Number(status === "sent"),
    failed: person.failed + Number(status === "failed"),
    lastAt: isNewer ? endedAt : person.lastAt,
  };
}

async function* linesOf(
  { showAddresses }: Pick<User, "showAddresses">,
  times: LocalTimes,
  people: AsyncGenerator<MailedPerson[]>,
): AsyncGenerator<string> {
  const heading = ["Participant ID", "Name", "Email", "Mails sent", "Mails failed", `Last mail (${times.zone})`];
  let text = byteOrderMark + csvLine(heading);
  for await (const some of people) {
    for (const { id, name, email, mails, failed, lastAt } of some) {
      const shown = showAddresses ? [name, email] : [maskAddresses(name), maskedAddress(email)];
      text += csvLine([id, ...shown, String(mails), String(failed), times.of(lastAt)]);
    }
    if (text !== "") yield text;
    text = "";
  }
  if (text !== "") yield text;
}
