import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { z } from "zod";
import { type LeaseTimes, leaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import type { StepName } from "../domain/steps.ts";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import { type Log, withLogContext } from "../kit/log.ts";
import { inSpan } from "../kit/tracing.ts";

export interface HintWorkerOptions<Hint> {
  readonly queue: string;
  readonly schema: z.ZodType<Hint>;
  readonly step: StepName;
  /** Picks up what the hint names and works on it; ends soon after `shutdown` aborts. */
  readonly work: (hint: Hint, shutdown: AbortSignal) => Promise<void>;
  /** Semaphore: how many hints this process works on at once. */
  readonly concurrency: number;
  /** A connection that waits for Redis without end (`openBlockingRedis`). */
  readonly redis: Redis;
  /** Prefix of the queues, as given to `stepQueues`. */
  readonly prefix?: string;
  /** Aborts when the process begins its graceful shutdown, which may be well before this is disposed. */
  readonly shutdown?: AbortSignal;
  /** Tests pass shorter ones. */
  readonly times?: Pick<LeaseTimes, "jobLockMilliseconds" | "stalledCheckMilliseconds">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A worker that died between taking a job and picking its work up leaves the job active; it waits again once its lock has
 * expired. A lost lock ends nothing: a job that runs twice finds at its pick-up that the work is taken.
 */
const lockSettings = ({ times = leaseTimes }: Pick<HintWorkerOptions<never>, "times">) => ({
  lockDuration: times.jobLockMilliseconds,
  stalledInterval: times.stalledCheckMilliseconds,
  maxStalledCount: 1_000_000,
  drainDelay: leaseTimes.blockingReadMilliseconds / 1000,
});

/** How long a worker that waits for Redis may take to close. */
const closeMilliseconds = 2000;

/**
 * A BullMQ worker whose jobs are hints: the right to work is the pick-up, a conditional write, and the database decides
 * what a failure means. Nothing is ever thrown into BullMQ. Disposing is the graceful shutdown: it takes nothing more and
 * waits for the work under way, which ends soon after `shutdown`.
 */
interface AnyHint {
  readonly workOrderId: string;
  readonly runId: string;
  readonly traceparent?: string | undefined;
}

export function hintWorker<Hint extends AnyHint>(options: HintWorkerOptions<Hint>): AsyncDisposable {
  const { queue, schema, step, work, concurrency, redis, prefix, clock, log } = options;
  const stopping = new AbortController();
  const stop = () => stopping.abort(new AppError("shutting-down", "The service is shutting down."));
  if (options.shutdown?.aborted) stop();
  else options.shutdown?.addEventListener("abort", stop, { once: true });
  const working = new Set<Promise<void>>();

  const take = async ({ data }: Job) => {
    const parsed = schema.safeParse(data);
    if (!parsed.success) return log.warn({ error: parsed.error, queue }, "a job has an unknown shape and was dropped");
    const { workOrderId, runId, traceparent } = parsed.data;
    const attributes = { "email_agent.work_order": workOrderId, "email_agent.run": runId, "email_agent.step": step };
    await withLogContext({ step, workOrderId, runId }, async () => {
      try {
        await inSpan(`${queue} job`, { kind: "consumer", parent: traceparent, attributes }, () =>
          work(parsed.data, stopping.signal),
        );
      } catch (error) {
        log.warn({ error, job: data }, "a job failed; its work is picked up again unless it has ended");
      }
    });
  };
  const worker = new Worker(
    queue,
    (job) => {
      const done = take(job).finally(() => working.delete(done));
      working.add(done);
      return done;
    },
    { connection: redis, concurrency, ...lockSettings(options), skipVersionCheck: true, ...(prefix && { prefix }) },
  );
  worker.on("error", (error) => log.debug({ error, queue }, "BullMQ reports an error; jobs are hints"));

  return {
    async [Symbol.asyncDispose]() {
      stop();
      const closed = worker.close();
      do {
        await Promise.allSettled([...working]);
        const soon = new AbortController();
        await Promise.race([closed, clock.sleep(closeMilliseconds, soon.signal).catch(() => undefined)]);
        soon.abort();
        // A job that was being fetched when the worker began to close has started meanwhile.
      } while (working.size > 0);
    },
  };
}
