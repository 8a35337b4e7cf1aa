import type { Redis } from "ioredis";
import { jobWorker } from "../adapters/jobWorker.ts";
import { stepNamed } from "../domain/steps.ts";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import { type Log, withLogContext } from "../kit/log.ts";
import type { Metrics } from "../kit/metrics.ts";
import { type ChunkJob, chunkJobSchema, chunkQueueName } from "../messages/stepJob.ts";
import type { TaskProtection } from "./taskProtection.ts";

export interface ConsumeChunks {
  /** Works on one chunk; ends soon after `shutdown` aborts. */
  readonly work: (job: ChunkJob, shutdown: AbortSignal) => Promise<void>;
  /** Chunks worked on at once. Those of slow accounts mostly wait. */
  readonly concurrency: number;
  /** A connection that waits for Redis without end. */
  readonly redis: Redis;
  readonly prefix?: string;
  /** Aborts when the process begins to shut down, which may be well before this is disposed. */
  readonly shutdown: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "record">;
  /** Keeps this task while chunks are in hand. */
  readonly protection?: Pick<TaskProtection, "hold">;
}

/** What a worker that waits for Redis may still take to close. */
const closeMilliseconds = 2000;

/**
 * Takes the jobs of `send-chunk`. Disposing is the planned shutdown: nothing more is taken, and every chunk in hand
 * finishes what is on the wire and goes back to its coordinator. That begins with `shutdown`, so that it does not wait for others to close.
 */
export function consumeChunks(options: ConsumeChunks): AsyncDisposable {
  const { work, concurrency, redis, prefix, clock, log, metrics, protection } = options;
  const stopping = new AbortController();
  const stop = () => stopping.abort(new AppError("shutting-down", "The service is shutting down."));
  const inHand = new Set<Promise<void>>();

  const takeJob = async (data: unknown) => {
    const parsed = chunkJobSchema.safeParse(data);
    if (!parsed.success) return log.warn({ error: parsed.error }, "A job on send-chunk does not fit and was dropped");
    const { workOrderId, runId, sk, addedAt } = parsed.data;
    metrics.record("QueueWait", Math.max(0, clock.now() - addedAt), { step: "send-chunk" });
    using _ = protection?.hold(runId, stepNamed("Send").protectionMinutes);
    await withLogContext({ step: "Send", workOrderId, runId }, async () => {
      try {
        await work(parsed.data, stopping.signal);
      } catch (error) {
        // Its coordinator notices the silence and issues the chunk again.
        log.warn({ error, chunk: sk }, "A chunk was given up; its coordinator takes it up again");
      }
    });
  };
  const worker = jobWorker(
    chunkQueueName,
    (job) => {
      const done = takeJob(job.data).finally(() => inHand.delete(done));
      inHand.add(done);
      return done;
    },
    { redis, concurrency, ...(prefix && { prefix }), log },
  );
  if (options.shutdown.aborted) stop();
  else options.shutdown.addEventListener("abort", stop, { once: true });

  return {
    async [Symbol.asyncDispose]() {
      stop();
      const closing = worker.close();
      await Promise.allSettled([...inHand]);
      const soon = new AbortController();
      await Promise.race([closing, clock.sleep(closeMilliseconds, soon.signal).catch(() => undefined)]);
      soon.abort();
    },
  };
}
