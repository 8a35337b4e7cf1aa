import type { Redis } from "ioredis";
import { jobWorker } from "../adapters/jobWorker.ts";
import type { SettlementJob } from "../adapters/stepQueues.ts";
import { type Step, type StepNameOf, type StepOwner, steps } from "../domain/steps.ts";
import { AppError } from "../kit/errors.ts";
import { withLogContext } from "../kit/log.ts";
import { stepJobSchema } from "../messages/stepJob.ts";
import type { StepHandler } from "./stepRun.ts";
import type { TaskProtection } from "./taskProtection.ts";
import { newWorkerName } from "./workerName.ts";
import { type WorkerTimes, workerTimes } from "./workerTimes.ts";
import { pickUp, type RunInHand, type WorkerPorts } from "./workOnRun.ts";

export interface ConsumeSteps<Owner extends StepOwner> extends WorkerPorts {
  readonly owner: Owner;
  /** One handler per step of this owner: the compiler refuses a catalogue entry without one. */
  readonly handlers: Record<StepNameOf<Owner>, StepHandler>;
  /** Settles what ended runs of an order left; ends soon after `shutdown` aborts. Absent: the service claims nothing. */
  readonly settle?: (job: SettlementJob, shutdown: AbortSignal) => Promise<void>;
  /** A connection that waits for Redis without end (`openBlockingRedis`). */
  readonly redis: Redis;
  readonly times?: Partial<WorkerTimes>;
  /** Keeps this task while runs are in hand. */
  readonly protection?: Pick<TaskProtection, "hold">;
  /** Prefix of the queues, as given to `stepQueues`. */
  readonly prefix?: string;
}

const closeMilliseconds = 2000;

/**
 * Works on the steps of one service: a BullMQ worker per queue, the pick-up, the handler, the end. Disposing is the
 * planned shutdown: nothing more is taken, handlers are told, and what has not ended by the deadline is handed back.
 */
export function consumeSteps<Owner extends StepOwner>(options: ConsumeSteps<Owner>): AsyncDisposable {
  const { owner, log, clock } = options;
  const owned = steps.filter((step) => step.owner === owner);
  const handlers = options.handlers as Record<string, StepHandler>;
  const times = { ...workerTimes, ...options.times };
  const inHand = new Set<RunInHand>();
  const settling = new Set<Promise<void>>();
  const shutdown = new AbortController();
  let stopping = false;

  const workOn = async (step: Step, data: unknown) => {
    const job = stepJobSchema.parse(data);
    const { settles } = job;
    if (settles !== undefined) return settleRuns({ ...job, settles });
    const lease = { step: step.name, runId: job.runId, token: job.token };
    const worker = newWorkerName();
    const handler = handlers[step.name] as StepHandler;
    const run = await pickUp({ ...options, job, lease, worker, handler, times });
    if (!run) return;
    using _ = options.protection?.hold(job.runId, step.protectionMinutes);
    inHand.add(run);
    // Taken in the moment the shutdown began.
    if (stopping) run.interrupt();
    try {
      await run.ended;
    } finally {
      inHand.delete(run);
    }
  };
  const settleRuns = async (job: SettlementJob) => {
    const settled = options.settle?.(job, shutdown.signal) ?? Promise.resolve();
    settling.add(settled);
    await settled.finally(() => settling.delete(settled));
  };
  /** Nothing is ever thrown into BullMQ: what a run's failure means is decided in the database. */
  const takeJob = async (step: Step, data: unknown) => {
    const { workOrderId, runId } = (data ?? {}) as { workOrderId?: string; runId?: string };
    await withLogContext(
      { step: step.name, ...(workOrderId && { workOrderId }), ...(runId && { runId }) },
      async () => {
        try {
          await workOn(step, data);
        } catch (error) {
          log.warn({ error }, "A job was given up; its run is taken up again if it still stands");
        }
      },
    );
  };
  const workers = owned.map((step) =>
    jobWorker(step.queue, (job) => takeJob(step, job.data), {
      redis: options.redis,
      concurrency: step.jobsAtOnce,
      ...(options.prefix && { prefix: options.prefix }),
      log,
    }),
  );

  return {
    async [Symbol.asyncDispose]() {
      stopping = true;
      shutdown.abort(new AppError("shutting-down", "The service is shutting down."));
      const closing = Promise.all(workers.map((worker) => worker.close()));
      for (const run of inHand) run.interrupt();
      const deadline = new AbortController();
      const late = clock.sleep(times.handBackMilliseconds, deadline.signal).catch(() => undefined);
      await Promise.race([closing, late]);
      deadline.abort();
      // Their handlers may still run; from here on nothing of theirs counts.
      await Promise.allSettled([...[...inHand].map((run) => run.handBack()), ...settling]);
      const soon = new AbortController();
      await Promise.race([closing, clock.sleep(closeMilliseconds, soon.signal).catch(() => undefined)]);
      soon.abort();
    },
  };
}
