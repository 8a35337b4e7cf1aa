/**
 * A conditional write on one work order, as data: the domain says what changes and under which condition, the store
 * turns it into one DynamoDB update. Paths are attribute names from the top: `["steps", "Send", "status"]`.
 * The store itself adds `version` + 1, `updatedAt` and "the item exists".
 */
export type Path = readonly [string, ...string[]];

export type Condition =
  | { readonly path: Path; readonly equals: string | number | boolean }
  | { readonly path: Path; readonly exists: boolean }
  | { readonly path: Path; readonly absentOr: string };

export interface OrderWrite {
  readonly set: readonly (readonly [Path, unknown])[];
  readonly remove: readonly Path[];
  readonly when: readonly Condition[];
}

/** Joins writes into one. A path set by a later write wins; conditions add up. */
export function joinWrites(...writes: OrderWrite[]): OrderWrite {
  return {
    set: writes.flatMap((write) => write.set),
    remove: writes.flatMap((write) => write.remove),
    when: writes.flatMap((write) => write.when),
  };
}

/** An order, or its item, as the write leaves it; its conditions are not looked at. Throws if the parent of a path is absent. */
export function withWrite<Order extends object>(order: Order, write: Pick<OrderWrite, "set" | "remove">): Order {
  const next = structuredClone(order) as Record<string, unknown>;
  for (const path of write.remove) delete parentOf(next, path)[path.at(-1) as string];
  for (const [path, value] of write.set) parentOf(next, path)[path.at(-1) as string] = structuredClone(value);
  return next as Order;
}

function parentOf(order: Record<string, unknown>, path: Path): Record<string, unknown> {
  return path.slice(0, -1).reduce((item, part) => {
    const inner = item[part];
    if (typeof inner !== "object" || inner === null) throw new Error(`The parent of ${path.join(".")} is absent`);
    return inner as Record<string, unknown>;
  }, order);
}
