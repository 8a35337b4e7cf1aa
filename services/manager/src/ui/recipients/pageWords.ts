import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type { RecipientPage } from "../../api/recipients.ts";
import type { ShownList } from "./listAddress.ts";

/** Where one stands in a list, in a sentence: which rows, of how many, and how far a search has read. */
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
  if (!page) return "Reading the list…";
  const first = page.rows[0]?.number;
  const last = page.rows.at(-1)?.number;
  const isSearch = shown.q !== undefined;
  if (isSearch || (phase === "loading" && page.next !== undefined)) return searchWords(phase, page);
  if (first === undefined || last === undefined) return "";
  const isWhole = first === 1 && page.next === undefined;
  if (isWhole) return counted(last, "person", "people");
  // Counters are those of the last run: they never say less than what one sees.
  const of = page.total !== undefined && page.total >= last ? ` of ${count(page.total)}` : "";
  return `${count(first)} to ${count(last)}${of}`;
}

function searchWords(phase: "loading" | "ready" | "failed", { rows, read, total, next }: RecipientPage): string {
  const last = rows.at(-1)?.number ?? 0;
  const of = total !== undefined && total > read ? ` of ${count(total)}` : "";
  if (phase === "loading") return `Reading… ${count(read)}${of} read, ${count(last)} found so far`;
  return next === undefined
    ? `${count(last)} found, all ${count(read)} read`
    : `${count(last)} found in the first ${count(read)}${of}`;
}
