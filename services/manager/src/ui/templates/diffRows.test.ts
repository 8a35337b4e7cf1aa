import { expect, test } from "vitest";
import { diffRows } from "./diffRows.ts";

const text = (...lines: string[]) => lines.join("\n");
const numbers = Array.from({ length: 20 }, (_, n) => String(n + 1));

test("what changed is shown with three lines around it and the numbers of both texts", () => {
  const after = numbers.toSpliced(9, 1, "ten", "ten and a half");
  expect(diffRows(text(...numbers), text(...after))).toEqual([
    { change: "gap", lines: 6 },
    ...["7", "8", "9"].map((line, index) => ({ change: "same", text: line, before: 7 + index, after: 7 + index })),
    { change: "removed", text: "10", before: 10 },
    { change: "added", text: "ten", after: 10 },
    { change: "added", text: "ten and a half", after: 11 },
    ...["11", "12", "13"].map((line, index) => ({ change: "same", text: line, before: 11 + index, after: 12 + index })),
  ]);
});

test.each([
  ["equal texts", "a\nb", "a\nb"],
  ["other line breaks", "a\r\nb\r\n", "a\nb\n"],
])("%s have no difference", (_what, before, after) => {
  expect(diffRows(before, after)).toEqual([]);
});

test("a text from nothing is all added", () => {
  expect(diffRows("", "a\n")).toEqual([{ change: "added", text: "a", after: 1 }]);
});
