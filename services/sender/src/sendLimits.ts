import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";

/** The times and numbers of delivering. Tests pass shorter ones. */
export interface SendLimits {
  /** A chunk's worker moves `heartbeatAt` this often. */
  readonly heartbeatMilliseconds: number;
  /** No message begins unless the last renewal of the lease (chunk or step) is younger, by the monotonic clock. */
  readonly proofMilliseconds: number;
  /** No message begins unless its claim is younger. Below the time after which a silent chunk is taken over. */
  readonly claimMilliseconds: number;
  /** Who was read longer ago than this is read once more before their message begins: below 2 s, for who unsubscribes. */
  readonly freshMilliseconds: number;
  /** An issued chunk nobody picked up for this long gets its job again. */
  readonly pickUpMilliseconds: number;
  /** A picked-up chunk that is silent for this long has lost its worker. */
  readonly lostMilliseconds: number;
  /** Losses after which a chunk still goes on; one more ends the run as an exception. */
  readonly lossesSurvived: number;
  /** A chunk that was given back is issued again this much later at the earliest. */
  readonly waitedMilliseconds: number;
  /** Messages are reserved and claimed this long before their turns; below `freshMilliseconds`. */
  readonly aheadMilliseconds: number;
  /** A chunk waits this long for a connection or the next place of its account; one that must wait longer is given back. */
  readonly inPlaceMilliseconds: number;
  /** A chunk given back is issued again this long before its place: longer than issuing, picking up and reading take. */
  readonly issueAheadMilliseconds: number;
  /** Outcomes gather this long at most before they are written. */
  readonly settleMilliseconds: number;
  /** Who settles what an ended run left moves the run's clock this often: well below the time after which it counts as lost. */
  readonly settlerHeartbeatMilliseconds: number;
  /** How long a worker tries to leave its chunk while the table is away. */
  readonly leaveMilliseconds: number;
  /** After this long in a planned shutdown, messages still unanswered are written as in-doubt. */
  readonly drainMilliseconds: number;
  /** Wait before the second, third and fourth attempt at a recipient who was refused for a while. */
  readonly retryMilliseconds: readonly number[];
  /** A connection nobody used for this long is closed, so that its slot is free for other processes. */
  readonly idleMilliseconds: number;
  /** The coordinator looks at its chunks this often while they move, and at the slow rate while they do not. */
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
