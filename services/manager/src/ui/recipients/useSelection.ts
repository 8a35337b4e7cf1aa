import { useRef, useState } from "react";

/** The rows a user has chosen, over the pages of one list. */
export interface Selection<Row> {
  readonly rows: readonly Row[];
  has(row: Row): boolean;
  /** Chooses rows of the page, or takes them out. */
  set(rows: readonly Row[], isWanted: boolean): void;
  /** A click on the box of a row; with `isRange` also all rows since the last click. */
  click(page: readonly Row[], row: Row, isRange: boolean): void;
  clear(): void;
}

/** A selection of one list: another list begins with none. `keyOf`: what tells two rows apart. */
export function useSelection<Row>(list: string, keyOf: (row: Row) => string): Selection<Row> {
  const [kept, setKept] = useState<{ readonly of: string; readonly rows: ReadonlyMap<string, Row> }>({
    of: list,
    rows: new Map(),
  });
  const last = useRef<string>(undefined);
  const rows = kept.of === list ? kept.rows : new Map<string, Row>();
  const set = (some: readonly Row[], isWanted: boolean) => {
    const next = new Map(rows);
    for (const row of some) isWanted ? next.set(keyOf(row), row) : next.delete(keyOf(row));
    setKept({ of: list, rows: next });
  };
  return {
    rows: [...rows.values()],
    has: (row) => rows.has(keyOf(row)),
    set,
    click(page, row, isRange) {
      const from = page.findIndex((one) => keyOf(one) === last.current);
      const to = page.indexOf(row);
      last.current = keyOf(row);
      const range = isRange && from >= 0 ? page.slice(Math.min(from, to), Math.max(from, to) + 1) : [row];
      set(range, !rows.has(keyOf(row)));
    },
    clear: () => setKept({ of: list, rows: new Map() }),
  };
}
