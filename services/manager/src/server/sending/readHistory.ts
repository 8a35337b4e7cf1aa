import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { HistoryPage } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { historyLine } from "./historyWords.ts";
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
  return { lines: lines.map((line) => historyLine(line, nameOf)), ...(next !== undefined && { next }) };
}
