import { type FocusEvent, type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Order } from "../../api/orders.ts";

/** Focus management: when a focused row disappears (archived, say), focus moves to the row in its place, or to the page. */
export function useRowFocus(rows: RefObject<HTMLTableSectionElement | null>, orders: readonly Order[]) {
  const focused = useRef<{ readonly row: Element; readonly index: number }>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows change with the orders
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
