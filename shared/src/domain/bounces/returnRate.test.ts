import { expect, test } from "vitest";
import { isRateAccepted, judgeReturnRate } from "./returnRate.ts";

test.each([
  [{ used: 1000, hard: 50 }, "in-order"],
  [{ used: 1000, hard: 51 }, "warning"],
  [{ used: 1000, hard: 100 }, "warning"],
  [{ used: 1000, hard: 101 }, "pause"],
  [{ used: 99, hard: 99 }, "in-order"],
  [{ used: 100, hard: 11 }, "pause"],
  [{ used: 1000, soft: 1000 }, "in-order"],
  [{ used: 20, complained: 1 }, "in-order"],
  [{ used: 20, complained: 2 }, "warning"],
  [{ used: 20, complained: 3 }, "pause"],
  [{ used: 1000, complained: 1 }, "in-order"],
  [{ used: 1000, complained: 2 }, "warning"],
  [{ used: 1200, complained: 3 }, "pause"],
  [{ used: 0 }, "in-order"],
] as const)("%j: %s", (counts, verdict) => {
  expect(judgeReturnRate({ hard: 0, soft: 0, complained: 0, ...counts }).verdict).toBe(verdict);
});

test("both reasons are in the words", () => {
  expect(judgeReturnRate({ used: 1000, hard: 101, soft: 9, complained: 3 })).toEqual({
    verdict: "pause",
    words: "of its last 1,000 mails 101 came back because the mailbox does not exist, and 3 were marked as spam",
  });
});

test("what a person accepted holds for a week", () => {
  const bounceRateAccepted = { by: "anna", at: "2026-03-01T00:00:00.000Z", reason: "an old list" };
  expect(isRateAccepted({ bounceRateAccepted }, Date.UTC(2026, 2, 7, 23))).toBe(true);
  expect(isRateAccepted({ bounceRateAccepted }, Date.UTC(2026, 2, 8))).toBe(false);
  expect(isRateAccepted({}, 0)).toBe(false);
});
