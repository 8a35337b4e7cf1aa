import { expect, test } from "vitest";
import { type LeaseTimes, leaseTimes, misorderedTimes } from "./leaseTimes.ts";

test("the times of production are in the order that is safe", () => {
  expect(misorderedTimes(leaseTimes)).toEqual([]);
});

test.each<[string, Partial<LeaseTimes>]>([
  ["heartbeatMilliseconds must be < proofMilliseconds", { heartbeatMilliseconds: 20_000 }],
  ["proofMilliseconds must be < claimMilliseconds", { proofMilliseconds: 60_000 }],
  ["claimMilliseconds must be ≤ takeOverMilliseconds", { claimMilliseconds: 60_001 }],
  ["jobLockMilliseconds + stalledCheckMilliseconds must be < takeOverMilliseconds", { jobLockMilliseconds: 55_000 }],
  ["commandVisibilityMilliseconds must be ≤ resendMilliseconds", { commandVisibilityMilliseconds: 60_000 }],
  ["blockingReadMilliseconds must be < redisSilenceMilliseconds", { blockingReadMilliseconds: 10_000 }],
  ["releaseMilliseconds must be < shutdownMilliseconds", { shutdownMilliseconds: 25_000 }],
])("%s", (sentence, changed) => {
  expect(misorderedTimes({ ...leaseTimes, ...changed })).toContainEqual(expect.stringContaining(sentence));
});
