import { expect, test } from "vitest";
import { isConfirmedSize, toleranceOf } from "./confirmedSize.ts";

test("the number may differ by five mails or 2 %, whichever is more", () => {
  expect([0, 100, 250, 299, 300, 1471].map(toleranceOf)).toEqual([5, 5, 5, 5, 6, 29]);
  expect(isConfirmedSize(1471, 1500)).toBe(true);
  expect(isConfirmedSize(1471, 1501)).toBe(false);
  expect(isConfirmedSize(1471, 1441)).toBe(false);
  expect(isConfirmedSize(0, 5)).toBe(true);
  expect(isConfirmedSize(0, 6)).toBe(false);
});
