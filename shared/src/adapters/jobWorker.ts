import { type Job, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { leaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import type { Log } from "../kit/log.ts";

/**
 * A worker that died between taking a job and picking its work up leaves the job in its hands; it is waiting again once
 * its lock has run out. A lost lock ends nothing: a job that runs twice finds at its pick-up that the work is taken.
 */
const lockSettings = {
  lockDuration: leaseTimes.jobLockMilliseconds,
  stalledInterval: leaseTimes.stalledCheckMilliseconds,
  maxStalledCount: 1_000_000,
} as const;

export interface JobWorkerOptions {
  /** A connection that waits for Redis without end (`openBlockingRedis`). */
  readonly redis: Redis;
  readonly concurrency: number;
  /** Prefix of the queues, as given to `stepQueues`. */
  readonly prefix?: string;
  readonly log: Log;
}

/** A BullMQ worker on one queue. `work` must not throw: what a failure means is decided in the database. */
export function jobWorker(queue: string, work: (job: Job) => Promise<void>, options: JobWorkerOptions): Worker {
  const { redis, concurrency, prefix, log } = options;
  const worker = new Worker(queue, work, {
    ...{
      connection: redis,
      concurrency,
      ...lockSettings,
      drainDelay: leaseTimes.blockingReadMilliseconds / 1000,
      skipVersionCheck: true,
    },
    ...(prefix && { prefix }),
  });
  worker.on("error", (error) => log.debug({ error, queue }, "BullMQ reports trouble; jobs are hints"));
  return worker;
}
