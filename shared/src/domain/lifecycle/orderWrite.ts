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
