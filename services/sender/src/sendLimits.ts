import { type LeaseTimes, leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";

/** The times and numbers of the delivery beside those of the leases: retries, polling, batches. Tests pass shorter ones. */
export interface SendLimits extends LeaseTimes {
  /** Losses after which a chunk still goes on; one more ends the run as an exception. */
  readonly lossesSurvived: number;
  /** A requeued chunk is issued again this much later at the earliest. */
  readonly waitedMilliseconds: number;
  /** A chunk waits this long for a connection or the next rate slot of its account; one that must wait longer is requeued. */
  readonly inPlaceMilliseconds: number;
  /** A requeued chunk is issued again this long before its rate slot: longer than issuing, picking up and reading take. */
  readonly issueAheadMilliseconds: number;
  /** Outcomes are batched for this long at most before they are written. */
  readonly settleMilliseconds: number;
  /** Waits before the second, third and fourth attempt at a greylisted recipient (temporary refusal, soft bounce). */
  readonly retryMilliseconds: readonly number[];
  /** TTL of an idle SMTP connection: then it is closed, so that its slot is free for other processes. */
  readonly idleMilliseconds: number;
  /** The coordinator polls its chunks this often while they move, and at the slow rate while they do not. */
  readonly lookMilliseconds: number;
  readonly slowLookMilliseconds: number;
}

const minute = 60_000;

export const sendLimits: SendLimits = Object.freeze({
  ...leaseTimes,
  lossesSurvived: runLimits.lossesSurvived,
  waitedMilliseconds: 10_000,
  inPlaceMilliseconds: 30_000,
  issueAheadMilliseconds: 10_000,
  settleMilliseconds: 250,
  retryMilliseconds: [minute, 5 * minute, 15 * minute],
  idleMilliseconds: 4_000,
  lookMilliseconds: 100,
  slowLookMilliseconds: 2_000,
});
