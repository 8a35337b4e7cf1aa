import { leaseTimes } from "./leaseTimes.ts";

/** Times and limits of a run. Tests pass shorter ones. */
export interface RunLimits {
  /** Heartbeat: a worker moves `runCheckAt` this often. */
  readonly heartbeatMilliseconds: number;
  /** A run not picked up for this long gets its job again. */
  readonly pickUpMilliseconds: number;
  /** A run without heartbeat for this long has lost its process. */
  readonly takeOverMilliseconds: number;
  /** Losses that a run survives; one more makes it an exception. */
  readonly lossesSurvived: number;
}

export const runLimits: RunLimits = Object.freeze({
  heartbeatMilliseconds: leaseTimes.heartbeatMilliseconds,
  pickUpMilliseconds: leaseTimes.pickUpMilliseconds,
  takeOverMilliseconds: leaseTimes.takeOverMilliseconds,
  lossesSurvived: 2,
});
