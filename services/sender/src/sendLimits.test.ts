import { leaseTimes, misorderedTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { expect, test } from "vitest";
import { sendLimits } from "./sendLimits.ts";

test("chunks, settlers and runs keep the times of production in the order that is safe", () => {
  expect(misorderedTimes(sendLimits)).toEqual([]);
  expect(sendLimits).toMatchObject(runLimits);
});

test("a settler counts as lost only after several missed heartbeats, and settles within two minutes of the end", () => {
  expect(3 * sendLimits.settlerHeartbeatMilliseconds).toBeLessThanOrEqual(runLimits.pickUpMilliseconds);
  expect(leaseTimes.claimMilliseconds + runLimits.pickUpMilliseconds).toBeLessThan(120_000);
});
