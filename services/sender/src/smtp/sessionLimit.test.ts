import { expect, test } from "vitest";
import { sessionLimit } from "./sessionLimit.ts";

test("the smallest number a server allowed holds for ten minutes, then the account's own again", () => {
  let now = 0;
  const limit = sessionLimit(100, { monotonic: () => now });
  expect(limit.messages).toBe(100);
  limit.reached(20);
  limit.reached(30);
  expect(limit.messages).toBe(20);
  now = 599_999;
  expect(limit.messages).toBe(20);
  now = 600_000;
  expect(limit.messages).toBe(100);
  limit.reached(30);
  expect(limit.messages).toBe(30);
});
