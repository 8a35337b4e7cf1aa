import { instant } from "@email-agent/shared/domain/time.ts";
import { expect, test } from "vitest";
import { retrySchedule } from "./retrySchedule.ts";

test("gives out people whose time has come, those refused within moments of each other together", () => {
  const book = retrySchedule(5000);
  book.add("EN", { a: instant(61_000), b: instant(64_000), c: instant(90_000) });
  expect(book.takeDue(64_999, 100)).toBeUndefined();
  expect(book.takeDue(65_000, 100)).toEqual({ language: "EN", ids: ["a", "b"] });
  expect(book.size).toBe(1);
});

test("fills no chunk beyond its size and keeps languages apart", () => {
  const book = retrySchedule(1);
  book.add("EN", { a: instant(1), b: instant(1), c: instant(1) });
  book.add("SP", { a: instant(1) });
  const taken = [book.takeDue(2, 2), book.takeDue(2, 2), book.takeDue(2, 2), book.takeDue(2, 2)];
  expect(taken).toEqual([
    { language: "EN", ids: ["a", "b"] },
    { language: "EN", ids: ["c"] },
    { language: "SP", ids: ["a"] },
    undefined,
  ]);
});

test("no one waits beyond the end of sending, and people who went into a chunk are forgotten", () => {
  const book = retrySchedule(1, 1000);
  book.add("EN", { a: instant(50_000), b: instant(50_000) });
  book.remove("EN", ["b"]);
  expect(book.takeDue(1000, 10)).toEqual({ language: "EN", ids: ["a"] });
});
