import type { PeopleIndex } from "./peopleIndex.ts";

/** The indexes of people that this process holds: one of everyone, and one for each set of events that a user may see. */
export interface HeldIndexes extends Disposable {
  /** The index of that name; `open` makes it. */
  get(name: string, open: () => PeopleIndex): PeopleIndex;
  all(): readonly (readonly [string, PeopleIndex])[];
}

/** The index of everyone. */
export const everyone = "*";

/** Each is as large as the number of its people. */
const restrictedIndexes = 5;

export function heldIndexes(): HeldIndexes {
  const held = new Map<string, PeopleIndex>();
  const drop = (name: string) => {
    held.get(name)?.[Symbol.dispose]();
    held.delete(name);
  };
  return {
    get(name, open) {
      const index = held.get(name) ?? open();
      // The one used last comes last.
      held.delete(name);
      held.set(name, index);
      const restricted = [...held.keys()].filter((one) => one !== everyone);
      for (const oldest of restricted.slice(0, -restrictedIndexes)) drop(oldest);
      return index;
    },
    all: () => [...held],
    [Symbol.dispose]() {
      for (const name of [...held.keys()]) drop(name);
    },
  };
}
