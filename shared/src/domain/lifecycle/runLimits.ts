/** The times and numbers of a run's life. Tests pass shorter ones. */
export interface RunLimits {
  /** A worker moves `runCheckAt` this often. */
  readonly heartbeatMilliseconds: number;
  /** A run not picked up for this long gets its job again. */
  readonly pickUpMilliseconds: number;
  /** A run without heartbeat for this long has lost its process. */
  readonly lostMilliseconds: number;
  /** Losses after which a run still goes on; one more makes it an exception. */
  readonly lossesSurvived: number;
}

/**
 * The times of every lease, in the one order that is safe: heartbeat < proof < age of a claim ≤ takeover. A worker renews
 * its lease by a heartbeat, begins nothing once the last renewal is as old as the proof, begins no claim that has come of
 * age, and only then may another worker take its place.
 */
export const leaseTimes = Object.freeze({
  heartbeatMilliseconds: 10_000,
  proofMilliseconds: 20_000,
  claimMilliseconds: 60_000,
  takeOverMilliseconds: 60_000,
});

export const runLimits: RunLimits = Object.freeze({
  heartbeatMilliseconds: leaseTimes.heartbeatMilliseconds,
  pickUpMilliseconds: 15_000,
  lostMilliseconds: leaseTimes.takeOverMilliseconds,
  lossesSurvived: 2,
});
