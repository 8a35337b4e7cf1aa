import type { Redis } from "ioredis";
import type { SettlementJob } from "../adapters/stepQueues.ts";
import { type LeaseTimes, leaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import { type Step, type StepNameOf, type StepOwner, steps } from "../domain/steps.ts";
import { type StepJob, stepJobSchema } from "../messages/stepJob.ts";
import type { WorkerPorts } from "./endRun.ts";
import { hintWorker } from "./hintWorker.ts";
import type { StepHandler } from "./stepRun.ts";
import type { TaskProtection } from "./taskProtection.ts";
import { newWorkerName } from "./workerName.ts";
import { type PickedUpRun, pickUp } from "./workOnRun.ts";

export interface ConsumeSteps<Owner extends StepOwner> extends WorkerPorts {
  readonly owner: Owner;
  /** One handler per step of this owner: the compiler refuses a catalogue entry without one. */
  readonly handlers: Record<StepNameOf<Owner>, StepHandler>;
  /** Settles what ended runs of an order left; ends soon after `shutdown` aborts. Absent: the service claims nothing. */
  readonly settle?: (job: SettlementJob, shutdown: AbortSignal) => Promise<void>;
  /** A connection that waits for Redis without end (`openBlockingRedis`). */
  readonly redis: Redis;
  readonly times?: Partial<LeaseTimes>;
  /** Protects this task from scale-in while it works on runs. */
  readonly protection?: Pick<TaskProtection, "hold">;
  /** Prefix of the queues, as given to `stepQueues`. */
  readonly prefix?: string;
}

/**
 * Works on the steps of one service: a hint worker per queue, the pick-up, the handler, the end. Disposing is the graceful
 * shutdown: handlers are interrupted, and a run that has not ended by the deadline is released and goes on elsewhere.
 */
export function consumeSteps<Owner extends StepOwner>(options: ConsumeSteps<Owner>): AsyncDisposable {
  const { owner, clock } = options;
  const handlers = options.handlers as Record<string, StepHandler>;
  const times = { ...leaseTimes, ...options.times };
  const pickedUp = new Set<PickedUpRun>();

  const workOn = async (step: Step, job: StepJob, shutdown: AbortSignal) => {
    const { settles } = job;
    if (settles !== undefined) return options.settle?.({ ...job, settles }, shutdown);
    const lease = { step: step.name, runId: job.runId, token: job.token };
    const worker = newWorkerName();
    const handler = handlers[step.name] as StepHandler;
    const run = await pickUp({ ...options, job, lease, worker, handler, times, shutdown });
    if (!run) return;
    using _ = options.protection?.hold(job.runId, step.protectionMinutes);
    pickedUp.add(run);
    await run.ended.finally(() => pickedUp.delete(run));
  };
  const workers = steps
    .filter((step) => step.owner === owner)
    .map((step) =>
      hintWorker({
        ...{ ...options, times },
        ...{ queue: step.queue, schema: stepJobSchema, step: step.name, concurrency: step.jobsAtOnce },
        work: (job, shutdown) => workOn(step, job, shutdown),
      }),
    );

  return {
    async [Symbol.asyncDispose]() {
      const closed = Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
      const deadline = new AbortController();
      const late = clock.sleep(times.releaseMilliseconds, deadline.signal).then(
        // Their handlers may still run; from here on nothing of theirs counts.
        () => Promise.allSettled([...pickedUp].map((run) => run.release())),
        () => undefined,
      );
      await Promise.race([closed, late]);
      deadline.abort();
    },
  };
}
