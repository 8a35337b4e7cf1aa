import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";

/** The times and numbers of the delivery: leases, claims, retries, polling. Tests pass shorter ones. */
export interface SendLimits {
  /** Heartbeat: a chunk's worker moves `heartbeatAt` this often. */
  readonly heartbeatMilliseconds: number;
  /** No message begins unless the last renewal of the lease (chunk or step) is younger, by the monotonic clock. */
  readonly proofMilliseconds: number;
  /** No message begins unless its claim is younger. Below the time after which a silent chunk is taken over. */
  readonly claimMilliseconds: number;
  /** A person read longer ago than this is read again before their message begins: below 2 s, because of unsubscribes. */
  readonly freshMilliseconds: number;
  /** An issued chunk that was not picked up for this long gets its job again. */
  readonly pickUpMilliseconds: number;
  /** A picked-up chunk without a heartbeat for this long has lost its worker. */
  readonly lostMilliseconds: number;
  /** Losses after which a chunk still goes on; one more ends the run as an exception. */
  readonly lossesSurvived: number;
  /** A requeued chunk is issued again this much later at the earliest. */
  readonly waitedMilliseconds: number;
  /** Messages are reserved and claimed this long before their rate slots; below `freshMilliseconds`. */
  readonly aheadMilliseconds: number;
  /** A chunk waits this long for a connection or the next rate slot of its account; one that must wait longer is requeued. */
  readonly inPlaceMilliseconds: number;
  /** A requeued chunk is issued again this long before its rate slot: longer than issuing, picking up and reading take. */
  readonly issueAheadMilliseconds: number;
  /** Outcomes are batched for this long at most before they are written. */
  readonly settleMilliseconds: number;
  /** Heartbeat of the settler of an ended run: well below the time after which it counts as lost. */
  readonly settlerHeartbeatMilliseconds: number;
  /** How long a worker tries to release its chunk while the table is unavailable. */
  readonly leaveMilliseconds: number;
  /** After this long in a graceful shutdown, messages without a reply are written as in-doubt. */
  readonly drainMilliseconds: number;
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
  heartbeatMilliseconds: leaseTimes.heartbeatMilliseconds,
  proofMilliseconds: leaseTimes.proofMilliseconds,
  claimMilliseconds: leaseTimes.claimMilliseconds,
  freshMilliseconds: leaseTimes.freshMilliseconds,
  pickUpMilliseconds: leaseTimes.pickUpMilliseconds,
  lostMilliseconds: leaseTimes.takeOverMilliseconds,
  lossesSurvived: 2,
  waitedMilliseconds: 10_000,
  aheadMilliseconds: leaseTimes.aheadMilliseconds,
  inPlaceMilliseconds: 30_000,
  issueAheadMilliseconds: 10_000,
  settleMilliseconds: 250,
  settlerHeartbeatMilliseconds: leaseTimes.settlerHeartbeatMilliseconds,
  leaveMilliseconds: 5 * minute,
  drainMilliseconds: leaseTimes.drainMilliseconds,
  retryMilliseconds: [minute, 5 * minute, 15 * minute],
  idleMilliseconds: 4_000,
  lookMilliseconds: 100,
  slowLookMilliseconds: 2_000,
});
