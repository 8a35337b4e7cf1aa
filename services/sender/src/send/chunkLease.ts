import type { CancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import type { ChunkWrites, HeldChunk } from "@email-agent/shared/adapters/chunkWrites.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { keepLease, type Lease, type LeaseOptions } from "@email-agent/shared/run/keepLease.ts";
import type { ChunkTally } from "./chunkResult.ts";
import type { RunSignal } from "./runSignal.ts";

interface ChunkLeaseOptions extends Pick<LeaseOptions, "renewedAt" | "shutdown" | "log" | "times"> {
  readonly runs: Pick<ChunkWrites, "heartbeat">;
  readonly flags: Pick<CancelFlags, "watch">;
  readonly runSignal: Pick<RunSignal, "onRecall">;
  readonly clock: Clock;
  readonly tally: Pick<ChunkTally, "result">;
  /** A consistent read: whether the order works under the run. */
  readonly stillWorking: () => Promise<boolean>;
}

/**
 * Keeps the lease on a picked-up chunk. Each heartbeat carries the counts so far, from which the coordinator shows
 * progress; a failure goes out early, so that the coordinator notices too many of them in time. `stillWorking` is read
 * with each heartbeat, so that a run that ended unnoticed is known to be over within the proof.
 */
export function keepChunkLease(held: HeldChunk, options: ChunkLeaseOptions): Lease {
  const { runs, flags, runSignal, clock, tally, stillWorking } = options;
  const { runId, sk } = held;
  let failedReported = tally.result().counts.failed;
  const runEnded = () => new AppError("lease-lost", `Run ${runId} has ended.`);
  return keepLease({
    ...options,
    name: `chunk ${sk} of run ${runId}`,
    isUrgent: () => tally.result().counts.failed > failedReported,
    async renew() {
      const { counts, retry } = tally.result();
      const [isHeld, works] = await Promise.all([
        runs.heartbeat(held, instant(clock.now()), { counts, retry }),
        stillWorking(),
      ]);
      if (!works) throw runEnded();
      if (!isHeld) throw new AppError("lease-lost", `Chunk ${sk} of run ${runId} was taken over.`);
      failedReported = counts.failed;
      return true;
    },
    listen: (end) => [
      flags.watch(runId, () => end(new AppError("stopped", "Send was stopped."))),
      runSignal.onRecall(runId, () => end(runEnded())),
    ],
  });
}
