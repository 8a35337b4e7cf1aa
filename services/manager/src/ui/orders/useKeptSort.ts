import { useState } from "react";
import { type Sort, sortColumns, usualSort } from "./sortOrders.ts";

const keptAs = "work-orders-sort";

/** How the list is sorted, kept in this browser. */
export function useKeptSort(): [Sort, (sort: Sort) => void] {
  const [sort, setSort] = useState<Sort>(keptSort);
  const keep = (next: Sort) => {
    setSort(next);
    localStorage.setItem(keptAs, JSON.stringify(next));
  };
  return [sort, keep];
}

function keptSort(): Sort {
  if (typeof localStorage === "undefined") return usualSort;
  return sortFrom(localStorage.getItem(keptAs) ?? "");
}

/** The sort in a stored text; the usual one for any text that another release wrote. */
export function sortFrom(text: string): Sort {
  const { column, direction } = parsed(text);
  if (typeof column !== "string" || !Object.hasOwn(sortColumns, column)) return usualSort;
  return { column: column as Sort["column"], direction: direction === "descending" ? "descending" : "ascending" };
}

function parsed(text: string): { readonly column?: unknown; readonly direction?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
