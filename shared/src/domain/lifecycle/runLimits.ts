import { leaseTimes } from "./leaseTimes.ts";

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

export const runLimits: RunLimits = Object.freeze({
  heartbeatMilliseconds: leaseTimes.heartbeatMilliseconds,
  pickUpMilliseconds: leaseTimes.pickUpMilliseconds,
  lostMilliseconds: leaseTimes.takeOverMilliseconds,
  lossesSurvived: 2,
});
