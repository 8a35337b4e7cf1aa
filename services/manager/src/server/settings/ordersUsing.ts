import type { ConfigKind } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { ItemUse } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";

/** The kinds of item that orders name themselves; pools and prompts they reach through events, stages and templates. */
const namedBy: Partial<Record<ConfigKind, (order: WorkOrder) => readonly (string | undefined)[]>> = {
  account: ({ account }) => [account],
  event: ({ eventCode }) => [eventCode],
  stage: ({ stage }) => [stage],
  language: ({ languages }) => languages,
  tester: ({ testers }) => testers ?? [],
};

/** The work orders that are not archived and name an item. */
export async function ordersUsing(
  { orders, reportBadItem }: Pick<Manager, "orders" | "reportBadItem">,
  kind: ConfigKind,
  key: string,
): Promise<ItemUse[]> {
  const names = namedBy[kind];
  if (!names) return [];
  const uses: ItemUse[] = [];
  for await (const order of orders.list((error) => reportBadItem(error, "a work order cannot be read"))) {
    if (order.archived || !names(order).includes(key)) continue;
    const { id, eventCode, subEvent, stage } = order;
    uses.push({ title: `work order ${eventCode} · ${subEvent} · ${stage}`, address: `/work-orders/${id}` });
  }
  return uses;
}
