import { expect, test } from "vitest";
import type { Delivery } from "./delivery.ts";
import { judgeResolution, resolvableAt } from "./resolution.ts";

const delivery: Delivery = {
  pk: "E2026_weekend_reg_EN#3",
  participantId: "p-1",
  status: "in-doubt",
  runId: "run-1",
  claimId: "c-1",
  attempt: 1,
  contentHash: "a",
  workOrderId: "wo-1",
  account: "office",
  language: "EN",
  name: "Ana",
  email: "ana@example.org",
  sendingAt: "2026-03-01T08:00:00.000Z",
};
const after = (minutes: number) => Date.parse("2026-03-01T08:00:00.000Z") + minutes * 60_000;

test("a mail in doubt may be resolved 15 minutes after its claim, not a millisecond before", () => {
  expect(resolvableAt(delivery)).toBe(after(15));
  expect(judgeResolution(delivery, "c-1", after(15))).toEqual({ verdict: "granted" });
  expect(judgeResolution(delivery, "c-1", after(15) - 1)).toEqual({
    verdict: "refused",
    why: "too-early",
    at: after(15),
  });
});

test.each([
  ["no run tried to mail them", undefined, "none"],
  ["it got an outcome or was resolved meanwhile", { ...delivery, status: "sent" as const }, "settled"],
  ["another claim is there now", { ...delivery, claimId: "c-2" }, "changed"],
  ["its claim is gone", { ...delivery, claimId: undefined }, "changed"],
])("refused: %s", (_, found, why) => {
  expect(judgeResolution(found, "c-1", after(60))).toEqual({ verdict: "refused", why });
});
