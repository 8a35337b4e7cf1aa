import type { Condition, OrderWrite, Path } from "../src/domain/lifecycle/orderWrite.ts";
import type { WorkOrder } from "../src/domain/workOrder.ts";

/** What the table does with a write, in memory: the new order, or undefined if a condition refuses it. */
export function applyOrderWrite(order: WorkOrder, write: OrderWrite): WorkOrder | undefined {
  if (!write.when.every((condition) => holds(order, condition))) return undefined;
  const next = structuredClone(order) as Record<string, unknown>;
  for (const path of write.remove) delete parentOf(next, path)[path.at(-1) as string];
  for (const [path, value] of write.set) parentOf(next, path)[path.at(-1) as string] = structuredClone(value);
  return { ...next, version: order.version + 1 } as WorkOrder;
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

function parentOf(order: Record<string, unknown>, path: Path): Record<string, unknown> {
  return path.slice(0, -1).reduce((item, part) => {
    const inner = item[part];
    if (typeof inner !== "object" || inner === null) throw new Error(`The parent of ${path.join(".")} is absent`);
    return inner as Record<string, unknown>;
  }, order);
}
