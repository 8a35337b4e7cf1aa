import { type FocusEvent, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Order } from "../../api/orders.ts";

/** A row that goes, as one that is archived, takes the focus with it: the row in its place gets it, or what the table stands in. */
export function useRowFocus(rows: RefObject<HTMLTableSectionElement | null>, orders: readonly Order[]) {
  const focused = useRef<{ readonly row: Element; readonly index: number }>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other orders are other rows
  useLayoutEffect(() => {
    const was = focused.current;
    if (!was || was.row.isConnected || document.activeElement !== document.body) return;
    const left = rows.current?.rows ?? [];
    left[Math.min(was.index, left.length - 1)]?.querySelector<HTMLElement>("button")?.focus();
  }, [orders, rows]);
  useEffect(() => {
    const around = rows.current?.closest<HTMLElement>("[role=dialog], main");
    return () => {
      if (focused.current && around?.isConnected && document.activeElement === document.body)
        around.focus({ preventScroll: true });
    };
  }, [rows]);
  return {
    onFocus({ target }: FocusEvent) {
      const row = target.closest("tr");
      if (row && rows.current?.contains(row)) focused.current = { row, index: row.sectionRowIndex };
    },
    onBlur() {
      focused.current = undefined;
    },
  };
}
