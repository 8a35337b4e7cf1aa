import type { CancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import type { HeldChunk, Runs } from "@email-agent/shared/adapters/runs.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { SendLimits } from "../sendLimits.ts";
import type { ChunkTally } from "./chunkResult.ts";
import type { RunBell } from "./runBell.ts";

/** The right to work on one chunk, kept alive by heartbeats. */
export interface ChunkLease extends AsyncDisposable {
  /** Aborts on a stop, when the run ended, when the chunk was taken over, and on a planned shutdown. */
  readonly signal: AbortSignal;
  /** The last renewal is young enough to begin a message, by the monotonic clock. */
  proven(): boolean;
}

interface LeasePorts {
  readonly runs: Pick<Runs, "heartbeat">;
  readonly flags: Pick<CancelFlags, "watch">;
  readonly bell: Pick<RunBell, "onRecall">;
  readonly clock: Clock;
  readonly log: Log;
}

/** A heartbeat that failed is tried again after this share of the interval. */
const retryShare = 0.2;
/** Failures go out early, so that the coordinator sees too many of them in time. */
const earlyShare = 0.1;

/**
 * Keeps a picked-up chunk. `renewedAt`: monotonic milliseconds before the pick-up was sent. What the `tally` holds goes along
 * with each heartbeat: the coordinator shows progress from it. `stillWorking`: a consistent read, whether the order works
 * under the run. It goes with each heartbeat, so that a run that ended without a word is known to be over within the proof.
 */
export function keepChunk(
  ports: LeasePorts,
  held: HeldChunk,
  limits: Pick<SendLimits, "heartbeatMilliseconds" | "proofMilliseconds">,
  options: {
    readonly renewedAt: number;
    readonly tally: Pick<ChunkTally, "result">;
    readonly stillWorking: () => Promise<boolean>;
    readonly shutdown: AbortSignal;
  },
): ChunkLease {
  const { runs, flags, bell, clock, log } = ports;
  const { heartbeatMilliseconds, proofMilliseconds } = limits;
  const ended = new AbortController();
  const closed = new AbortController();
  let renewedAt = options.renewedAt;
  let failedTold = options.tally.result().counts.failed;

  const runEnded = () => ended.abort(new AppError("lease-lost", `Run ${held.runId} has ended.`));
  const beat = async (): Promise<number> => {
    const sentAt = clock.monotonic();
    const { counts, retry } = options.tally.result();
    try {
      const [isHeld, works] = await Promise.all([
        runs.heartbeat(held, instant(clock.now()), { counts, retry }),
        options.stillWorking(),
      ]);
      if (!works) runEnded();
      else if (isHeld) renewedAt = sentAt;
      else ended.abort(new AppError("lease-lost", `Chunk ${held.sk} of run ${held.runId} was taken over.`));
      failedTold = counts.failed;
      return heartbeatMilliseconds;
    } catch (error) {
      log.warn({ error, chunk: held.sk }, "the heartbeat of a chunk could not be written; trying again");
      return heartbeatMilliseconds * retryShare;
    }
  };
  const beats = async () => {
    let next = clock.monotonic() + heartbeatMilliseconds;
    while (!closed.signal.aborted && !ended.signal.aborted) {
      await clock.sleep(heartbeatMilliseconds * earlyShare, closed.signal).catch(() => undefined);
      if (closed.signal.aborted) return;
      const early = options.tally.result().counts.failed > failedTold;
      if (early || clock.monotonic() >= next) next = clock.monotonic() + (await beat());
    }
  };
  const watch = flags.watch(held.runId, () => ended.abort(new AppError("stopped", "Send was stopped.")));
  const recall = bell.onRecall(held.runId, runEnded);
  const beating = beats();
  return {
    signal: AbortSignal.any([ended.signal, options.shutdown]),
    proven: () => clock.monotonic() - renewedAt < proofMilliseconds,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      recall[Symbol.dispose]();
      closed.abort();
      await beating;
    },
  };
}
