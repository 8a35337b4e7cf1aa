import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { workerTimes } from "@email-agent/shared/run/workerTimes.ts";
import { expect, test } from "vitest";
import { sendLimits } from "./sendLimits.ts";

test.each([
  ["a run", { ...workerTimes, claimMilliseconds: sendLimits.claimMilliseconds, ...runLimits }],
  ["a chunk", sendLimits],
])("of %s: heartbeat < proof of the lease < age of a claim <= takeover, in production", (_, times) => {
  expect(times.heartbeatMilliseconds).toBeLessThan(times.proofMilliseconds);
  expect(times.proofMilliseconds).toBeLessThan(times.claimMilliseconds);
  expect(times.claimMilliseconds).toBeLessThanOrEqual(times.lostMilliseconds);
});

test("a settler counts as lost only after several missed heartbeats, and settles within two minutes of the end", () => {
  expect(3 * sendLimits.settlerHeartbeatMilliseconds).toBeLessThanOrEqual(runLimits.pickUpMilliseconds);
  expect(leaseTimes.claimMilliseconds + runLimits.pickUpMilliseconds).toBeLessThan(120_000);
});
