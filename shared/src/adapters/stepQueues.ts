import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { type StepName, stepNamed, steps } from "../domain/steps.ts";
import { epochMilliseconds } from "../domain/time.ts";
import { type Clock, systemClock } from "../kit/clock.ts";
import type { Log } from "../kit/log.ts";
import { traceContext } from "../kit/tracing.ts";
import { type ChunkJob, chunkQueueName, type StepJob } from "../messages/stepJob.ts";

/** Adds jobs; each call resolves when Redis confirmed. Removal is as far as possible and never fails a stop. */
export interface StepQueues {
  addStep(step: StepName, job: Omit<StepJob, "v" | "addedAt">): Promise<void>;
  /** Adds the job that settles what ended runs of an order left; one job for each value of `settles`. */
  addSettlement(step: StepName, job: SettlementJob): Promise<void>;
  /** Removes the waiting job of a run (BullMQ cannot remove an active one). */
  removeStep(step: StepName, runId: string, token: number): Promise<void>;
  /** The jobs of a step and its workers (a measurement, no work depends on it). */
  backlog(step: StepName): Promise<Backlog>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type SettlementJob = Omit<StepJob, "v" | "addedAt" | "settles"> & Required<Pick<StepJob, "settles">>;

export interface ChunkQueue {
  add(jobs: readonly Omit<ChunkJob, "v" | "addedAt">[]): Promise<void>;
  /** The chunks and their workers (a measurement, no work depends on it). */
  backlog(): Promise<Backlog & { readonly useful: number }>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How many jobs of a queue wait for a worker or are active, and how many processes have workers for it. */
interface Backlog {
  readonly waiting: number;
  readonly active: number;
  readonly workers: number;
}

/** `prefix` keeps stacks (and tests) on one Redis apart; jobs and workers must use the same. */
export interface QueueOptions {
  readonly log: Log;
  /** Stamps when a job was added: workers on other hosts measure its wait. */
  readonly clock?: Pick<Clock, "now">;
  readonly prefix?: string;
}

/**
 * A kept id silently swallows the next job of that id, so nothing is kept. No attempts: a job is a hint, and who repeats
 * work is decided in the database.
 */
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

/** More chunks than that keep every sender busy anyway. */
const chunksLookedAt = 5000;

function stepJobId(job: Pick<StepJob, "runId" | "token">): string {
  return `${job.runId}-t${job.token}`;
}

/** `chunk#EN#000012` of run R under token 3 → `R-chunk-EN-000012-t3` (BullMQ ids may not contain `:`). */
function chunkJobId(job: Pick<ChunkJob, "runId" | "sk" | "token">): string {
  return `${job.runId}-${job.sk.replaceAll("#", "-")}-t${job.token}`;
}

/** The queues of the step catalogue. `redis` is an open connection that fails fast; it stays open. */
export function stepQueues(redis: Redis, options: QueueOptions): StepQueues {
  const { clock = systemClock } = options;
  const queues = new Map(steps.map(({ queue }) => [queue, openQueue(redis, queue, options)]));
  const queueOf = (step: StepName) => queues.get(stepNamed(step).queue) as Queue;
  return {
    async addStep(step, job) {
      const data: StepJob = { v: 1, ...job, addedAt: clock.now(), ...traceContext() };
      await queueOf(step).add(step, data, { ...jobOptions, jobId: stepJobId(job) });
    },
    async addSettlement(step, job) {
      const data: StepJob = { v: 1, ...job, addedAt: clock.now() };
      const jobId = `${job.workOrderId}-settle-${epochMilliseconds(job.settles)}`;
      await queueOf(step).add("settlement", data, { ...jobOptions, jobId });
    },
    async removeStep(step, runId, token) {
      await removeQuietly(queueOf(step), stepJobId({ runId, token }), options.log);
    },
    backlog: (step) => backlogOf(queueOf(step)),
    async [Symbol.asyncDispose]() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** The sender's internal queue of chunks. */
export function chunkQueue(redis: Redis, options: QueueOptions): ChunkQueue {
  const { clock = systemClock } = options;
  const queue = openQueue(redis, chunkQueueName, options);
  return {
    async add(jobs) {
      const addedAt = clock.now();
      const trace = traceContext();
      await queue.addBulk(
        jobs.map((job) => ({
          name: "chunk",
          data: { v: 1, ...job, addedAt, ...trace } satisfies ChunkJob,
          opts: { ...jobOptions, jobId: chunkJobId(job) },
        })),
      );
    },
    async backlog() {
      const [backlog, jobs] = await Promise.all([
        backlogOf(queue),
        queue.getJobs(["waiting", "active"], 0, chunksLookedAt - 1),
      ]);
      return { ...backlog, useful: usefulOf(jobs.map((job) => job?.data as ChunkJob | undefined)) };
    },
    async [Symbol.asyncDispose]() {
      await queue.close();
    },
  };
}

async function backlogOf(queue: Queue): Promise<Backlog> {
  const [waiting, active, workers] = await Promise.all([
    queue.getWaitingCount(),
    queue.getActiveCount(),
    queue.getWorkersCount(),
  ]);
  return { waiting, active, workers };
}

/** How many of these chunks can be sent at the same time: of each account at most what it has use for. */
function usefulOf(chunks: readonly (ChunkJob | undefined)[]): number {
  const accounts = new Map<string, { count: number; useful: number }>();
  for (const chunk of chunks) {
    // It was taken off the queue meanwhile.
    if (!chunk) continue;
    const { account = `run ${chunk.runId}`, usefulChunks = Number.POSITIVE_INFINITY } = chunk;
    const known = accounts.get(account) ?? { count: 0, useful: 0 };
    // Runs that began before and after a change of the account may differ: the larger one counts.
    accounts.set(account, { count: known.count + 1, useful: Math.max(known.useful, usefulChunks) });
  }
  return [...accounts.values()].reduce((sum, { count, useful }) => sum + Math.min(count, useful), 0);
}

function openQueue(redis: Redis, name: string, { log, prefix }: QueueOptions): Queue {
  const queue = new Queue(name, { connection: redis, ...(prefix && { prefix }), skipVersionCheck: true });
  // The connection itself reports an outage, once; what BullMQ repeats of it for each queue says nothing new.
  queue.on("error", (error) => log.debug({ error, queue: name }, "BullMQ reports an error; jobs are hints"));
  return queue;
}

/** What cannot be removed (active, or Redis away) finds in the database that it has no right to run. */
async function removeQuietly(queue: Queue, jobId: string, log: Log): Promise<void> {
  try {
    await queue.remove(jobId);
  } catch (error) {
    log.debug({ error, jobId }, "a job could not be removed; it ends without effect");
  }
}
