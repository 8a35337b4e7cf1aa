import { leaseTimes } from "../domain/lifecycle/leaseTimes.ts";

/** The times of a worker. Tests pass shorter ones. */
export interface WorkerTimes {
  readonly heartbeatMilliseconds: number;
  /** Nothing is begun unless the last renewal is younger than this: well before anybody may take the run over. */
  readonly proofMilliseconds: number;
  /** Progress is written at most this often. */
  readonly progressMilliseconds: number;
  /** A write that could not be made is tried again after this. */
  readonly retryMilliseconds: number;
  /** How long the final write is tried while the database is away; behind it the run counts as lost. */
  readonly finalWriteMilliseconds: number;
  /** At a planned shutdown, handlers that have not ended by then lose their runs, which go on elsewhere. */
  readonly handBackMilliseconds: number;
}

export const workerTimes: WorkerTimes = Object.freeze({
  heartbeatMilliseconds: leaseTimes.heartbeatMilliseconds,
  proofMilliseconds: leaseTimes.proofMilliseconds,
  progressMilliseconds: 500,
  retryMilliseconds: 1000,
  finalWriteMilliseconds: 300_000,
  handBackMilliseconds: leaseTimes.handBackMilliseconds,
});
