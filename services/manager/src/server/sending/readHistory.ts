import type { AuditLine } from "@email-agent/shared/adapters/audit.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee, seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { splitMailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { HistoryPage } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { historyLine } from "./auditWords.ts";
import { userNames } from "./userNames.ts";

const linesPerPage = 30;

/** A page of what happened to an order, newest first. Throws AppError `not-found`; `invalid-input` if `after` is no page end. */
export async function readHistory(
  ports: Pick<Manager, "orders" | "audit" | "configTable">,
  user: User,
  id: string,
  after: string | undefined,
): Promise<HistoryPage> {
  await orderFor(ports, user, id);
  const { lines, next } = await ports.audit.page(id, { limit: linesPerPage, after });
  const nameOf = await userNames(
    ports,
    lines.map(({ by }) => by),
  );
  return {
    lines: lines.map((line) => historyLine(shownLine(user, line), nameOf)),
    ...(next !== undefined && { next }),
  };
}

/** Who unsubscribed is named only to users who may see the mailing whose link they used: the order may have been moved since. */
function shownLine(user: User, line: AuditLine): AuditLine {
  if (!line.by?.startsWith("participant ")) return line;
  const key = line.data?.["mailingKey"];
  const mailing = typeof key === "string" ? splitMailingKey(key) : undefined;
  const isShown = seesAllEvents(user) || (mailing !== undefined && maySee(user, mailing.eventCode));
  return isShown ? line : { ...line, by: "a participant" };
}
