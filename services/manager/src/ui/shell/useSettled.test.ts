import { expect, test } from "vitest";
import { isSettled } from "./useSettled.ts";

test("a button that never changed takes every press", () => {
  expect(isSettled(undefined, 0)).toBe(true);
});

test("after a change presses are ignored for 700 ms, also one that was on its way when it changed", () => {
  const changedAt = 10_000;
  expect([9_990, 10_000, 10_300, 10_699].map((now) => isSettled(changedAt, now))).toEqual(Array(4).fill(false));
  expect([10_700, 60_000].map((now) => isSettled(changedAt, now))).toEqual([true, true]);
});
