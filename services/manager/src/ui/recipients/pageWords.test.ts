import { expect, test } from "vitest";
import type { RecipientRow } from "../../api/recipients.ts";
import { pageWords } from "./pageWords.ts";

const rows = (first: number, last: number): RecipientRow[] =>
  Array.from({ length: last - first + 1 }, (_, n) => ({
    ...{ number: first + n, participantId: `p-${n}`, name: "Ana", email: "a…@example.org", status: "sent" },
  }));
const page = (first: number, last: number, more: object = {}) => ({ rows: rows(first, last), read: last, ...more });

test.each([
  ["one page", { phase: "ready", page: page(1, 12), shown: {} }, "12 people"],
  ["one person", { phase: "ready", page: page(1, 1), shown: {} }, "1 person"],
  [
    "a page of many",
    { phase: "ready", page: page(51, 100, { next: "c", total: 1234 }), shown: {} },
    "51 to 100 of 1,234",
  ],
  ["more than the last run counted", { phase: "ready", page: page(51, 100, { total: 90 }), shown: {} }, "51 to 100"],
  ["nothing yet", { phase: "loading", shown: {} }, "Loading the list…"],
  ["no one", { phase: "ready", page: { rows: [], read: 0 }, shown: {} }, ""],
  [
    "a search under way",
    { phase: "loading", page: { rows: rows(1, 3), read: 8000, total: 100_000, next: "c" }, shown: { q: "ana" } },
    "Searching… 3 found so far in 8,000 of 100,000",
  ],
  [
    "a search at its end",
    { phase: "ready", page: { rows: rows(1, 3), read: 100_000, total: 100_000 }, shown: { q: "ana" } },
    "3 found among all 100,000",
  ],
  [
    "a full page of a search",
    { phase: "ready", page: { rows: rows(1, 50), read: 900, total: 100_000, next: "c" }, shown: { q: "ana" } },
    "50 found in the first 900 of 100,000",
  ],
] as const)("%s: the position in the list", (_, state, words) => {
  expect(pageWords(state)).toBe(words);
});
