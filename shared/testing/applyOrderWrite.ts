import { type Condition, type OrderWrite, withWrite } from "../src/domain/lifecycle/orderWrite.ts";
import type { WorkOrder } from "../src/domain/workOrder.ts";

/** What the table does with a write, in memory: the new order, or undefined if a condition refuses it. */
export function applyOrderWrite(order: WorkOrder, write: OrderWrite): WorkOrder | undefined {
  if (!write.when.every((condition) => holds(order, condition))) return undefined;
  return { ...withWrite(order, write), version: order.version + 1 };
}

function holds(order: WorkOrder, condition: Condition): boolean {
  const value = condition.path.reduce<unknown>(
    (item, part) => (item as Record<string, unknown> | undefined)?.[part],
    order,
  );
  if ("exists" in condition) return (value !== undefined) === condition.exists;
  if ("absentOr" in condition) return value === undefined || value === condition.absentOr;
  return value === condition.equals;
}
