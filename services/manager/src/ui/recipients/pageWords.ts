import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type { RecipientPage } from "../../api/recipients.ts";
import type { ShownList } from "./listAddress.ts";

/** The position in a list, in words: which rows, of how many, and how far a search has come. */
export function pageWords({
  phase,
  page,
  shown,
}: {
  readonly phase: "loading" | "ready" | "failed";
  readonly page?: RecipientPage;
  readonly shown: Pick<ShownList, "q" | "status">;
}): string {
  if (phase === "failed") return "";
  if (!page) return "Loading the list…";
  const first = page.rows[0]?.number;
  const last = page.rows.at(-1)?.number;
  const isSearch = shown.q !== undefined;
  if (isSearch || (phase === "loading" && page.next !== undefined)) return searchWords(phase, page);
  if (first === undefined || last === undefined) return "";
  const isWhole = first === 1 && page.next === undefined;
  if (isWhole) return counted(last, "person", "people");
  // The total is from the last run; one below the rows that are shown would be wrong.
  const of = page.total !== undefined && page.total >= last ? ` of ${count(page.total)}` : "";
  return `${count(first)} to ${count(last)}${of}`;
}

function searchWords(phase: "loading" | "ready" | "failed", { rows, read, total, next }: RecipientPage): string {
  const last = rows.at(-1)?.number ?? 0;
  const of = total !== undefined && total > read ? ` of ${count(total)}` : "";
  if (phase === "loading") return `Searching… ${count(last)} found so far in ${count(read)}${of}`;
  return next === undefined
    ? `${count(last)} found among all ${count(read)}`
    : `${count(last)} found in the first ${count(read)}${of}`;
}
