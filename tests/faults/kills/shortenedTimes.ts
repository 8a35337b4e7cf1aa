import { type LeaseTimes, leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { watchTimes } from "../../../services/notifier/src/notices/watchSends.ts";
import { limitTimes } from "../../../services/sender/src/limits/limitTimes.ts";
import { sendLimits } from "../../../services/sender/src/sendLimits.ts";

/** So many seconds of production are one second here. */
export const timeScale = 20;

const shortened = [
  "heartbeatMilliseconds",
  "proofMilliseconds",
  "claimMilliseconds",
  "pickUpMilliseconds",
  "takeOverMilliseconds",
  "settlerHeartbeatMilliseconds",
] as const satisfies readonly (keyof LeaseTimes)[];

/** Leases, their heartbeats and takeovers; BullMQ's locks only a tenth, which it renews by timers. */
const leases = {
  ...(Object.fromEntries(shortened.map((name) => [name, leaseTimes[name] / timeScale])) as Record<
    (typeof shortened)[number],
    number
  >),
  jobLockMilliseconds: leaseTimes.jobLockMilliseconds / 10,
  stalledCheckMilliseconds: leaseTimes.stalledCheckMilliseconds / 10,
};

/** SQS hides a message for so long from the successor of a process that died with it. */
export const visibilitySeconds = 2;

/** The times of a sender, with the slots and pauses of an account. */
export const senderTimes = {
  limits: {
    ...sendLimits,
    ...leases,
    waitedMilliseconds: 500,
    retryMilliseconds: [400, 400, 400],
    slowLookMilliseconds: 200,
  },
  limitTimes: {
    ...limitTimes,
    blockMilliseconds: 100,
    slotMilliseconds: limitTimes.slotMilliseconds / timeScale,
    unreachablePauseMilliseconds: 200,
    throttledPauseMilliseconds: 200,
  },
};

export const campaignTimes = leases;

export const ingestTimes = {
  limits: { ...leases, lossesSurvived: runLimits.lossesSurvived },
  sweepMilliseconds: 200,
  visibilitySeconds,
  resendAfterMilliseconds: leaseTimes.resendMilliseconds / timeScale,
};

/** Of the notifier: the look that finds ends whose events were lost. */
export const notifierTimes = {
  watch: { lookMilliseconds: watchTimes.lookMilliseconds / timeScale, scanMilliseconds: watchTimes.scanMilliseconds },
};
