import type { AuditLine } from "../adapters/audit.ts";
import type { CancelFlags } from "../adapters/cancelFlags.ts";
import type { StepQueues } from "../adapters/stepQueues.ts";
import type { WorkOrderStore } from "../adapters/workOrderStore.ts";
import { runEndLine } from "../domain/lifecycle/auditLines.ts";
import type { LeaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import type { OrderWrite } from "../domain/lifecycle/orderWrite.ts";
import { type LeaseClaim, stepPath } from "../domain/lifecycle/runWrites.ts";
import { transition } from "../domain/lifecycle/stepTransitions.ts";
import type { Trigger } from "../domain/lifecycle/transitionRow.ts";
import { countersAfterStop } from "../domain/lifecycle/workerWrites.ts";
import type { StepName } from "../domain/steps.ts";
import { epochMilliseconds } from "../domain/time.ts";
import type { Counters, StepStatus, WorkOrder } from "../domain/workOrder.ts";
import type { Clock } from "../kit/clock.ts";
import { type AppError, dispositionOf } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";
import { failureMetrics, type Metrics } from "../kit/metrics.ts";
import { retryTransient } from "../kit/retryTransient.ts";
import type { StepJob } from "../messages/stepJob.ts";
import { endTrigger, type HandlerEnd } from "./endTrigger.ts";
import type { RunLease } from "./runLease.ts";
import type { Progress, StepHandler } from "./stepRun.ts";

export interface WorkerPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write" | "republish">;
  readonly queues: Pick<StepQueues, "addStep">;
  readonly flags: Pick<CancelFlags, "watch">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count" | "record">;
}

export interface Work extends WorkerPorts {
  readonly job: StepJob;
  readonly lease: LeaseClaim;
  /** Unique to this attempt: the same process may get the same job twice. */
  readonly worker: string;
  readonly handler: StepHandler;
  readonly times: LeaseTimes;
  /** Aborts on a graceful shutdown: the handler begins nothing more, and its run goes on elsewhere. */
  readonly shutdown: AbortSignal;
}

/** Writes how the run ended. Returns the word for it in logs and metrics. */
export async function endRun(
  work: Work,
  order: WorkOrder,
  lease: RunLease,
  end: HandlerEnd,
  unwritten: Progress,
  reported: Progress,
): Promise<string> {
  const last = "result" in end && end.result.counters ? end.result : reported;
  const interruption = interruptionOf(lease, end);
  if (interruption === "stopped") return afterStop(work, last);
  if (interruption === "lease-lost" && lease.signal.aborted) return "lease-lost";
  if (interruption) {
    await release(work, order);
    return "handed-back";
  }
  const trigger = endTrigger(end, work.lease, unwritten, work.clock.now());
  if (!trigger) return "lease-lost";
  const to = await writeEnd(work, order, lease, trigger, last.counters);
  if (to) reportFailure(work, end, to);
  return to ?? afterStop(work, last);
}

/** A handler that returned a result was not interrupted: if the lease is lost, the write of its result is refused. */
function interruptionOf(lease: RunLease, end: HandlerEnd): string | undefined {
  if ("result" in end) return undefined;
  if (lease.signal.aborted) return (lease.signal.reason as AppError).code;
  // The handler found its lease too old to go on: another worker may go on at once.
  return dispositionOf(end.thrown) === "interrupted" ? "given-up" : undefined;
}

/** The one line at level `error` about a step that failed, and its metric. What goes on by itself is a warning. */
function reportFailure({ log, metrics, lease }: Work, end: HandlerEnd, to: StepStatus): void {
  const error = "thrown" in end ? { error: end.thrown } : { reason: end.result.message };
  if (to === "exception") log.error({ ...error, to }, "a step ended in an exception; this is a bug");
  else if (to === "error") log.error({ ...error, to }, "a step ended in error");
  else if ("thrown" in end) log.warn({ ...error, to }, "a run failed and goes on by itself");
  const name = failureMetrics[to];
  if (name) metrics.count(name, 1, { step: lease.step });
}

/** Undefined if the write was refused for a lost lease. It is retried while the database is away. */
async function writeEnd(
  work: Work,
  order: WorkOrder,
  lease: RunLease,
  trigger: Trigger,
  counters: Counters | undefined,
): Promise<StepStatus | undefined> {
  const { clock, times, log, orders } = work;
  const taken = transition(order, work.lease.step, trigger);
  if (!taken) return undefined;
  const last = countersIn(taken.write, work.lease.step) ?? counters;
  const audit: AuditLine | undefined = runEndLine(order.id, work.lease, taken.to, last, clock.now());
  let isRepeated = false;
  const write = async () => {
    const mayBeWritten = isRepeated;
    isRepeated = true;
    const written = await orders.write(order.id, taken.write, audit && { audit });
    return written || (mayBeWritten && (await writtenBefore(work, taken.to))) ? taken.to : undefined;
  };
  try {
    return await retryTransient(work, "writing the end of a run", write, {
      // Not `signal`: a write whose response was lost ends the lease, and only one more attempt finds that out.
      retries: (error) => dispositionOf(error) !== "reject" && !lease.signal.aborted,
      milliseconds: times.finalWriteMilliseconds,
    });
  } catch (error) {
    if (dispositionOf(error) !== "reject" || trigger.kind === "failed") throw error;
    log.warn({ error, to: taken.to }, "the result of a run does not fit its order; the step ends in error");
    const failed = endTrigger({ thrown: error }, work.lease, {}, clock.now());
    return failed && writeEnd(work, order, lease, failed, undefined);
  }
}

/** The numbers that a write gives to a step: at the end of sending those of the run, with everyone left as skipped. */
function countersIn({ set }: OrderWrite, step: StepName): Counters | undefined {
  const path = stepPath(step, "counters").join(".");
  return set.findLast(([written]) => written.join(".") === path)?.[1] as Counters | undefined;
}

/** An earlier attempt may have been written although its response was lost. Then its event was not published yet. */
async function writtenBefore({ orders, job, lease }: Work, to: StepStatus): Promise<boolean> {
  const order = await orders.get(job.workOrderId);
  const step = order?.steps[lease.step];
  if (!order || to === "working" || step?.status !== to || step.runId !== lease.runId) return false;
  await orders.republish(order);
  return true;
}

/** A stopped run may still report how far it came. The condition refuses anything else. */
async function afterStop(work: Work, { counters, languages }: Progress): Promise<string> {
  const { job, orders, lease, clock, metrics } = work;
  const order = counters
    ? await orders.write(job.workOrderId, countersAfterStop(lease, { counters, ...(languages && { languages }) }))
    : await orders.get(job.workOrderId);
  const step = order?.steps[lease.step];
  if (step?.status !== "interrupted" || step.runId !== lease.runId) return "lease-lost";
  if (step.endedAt)
    metrics.record("StopLatency", Math.max(0, clock.now() - epochMilliseconds(step.endedAt)), { step: lease.step });
  return "interrupted";
}

/** Releases the run for the worker that takes its next job. The job is a hint: without it ingest adds it 15 s later. */
export async function release(work: Work, order: WorkOrder): Promise<void> {
  const { lease, clock, orders, queues, log } = work;
  const back = transition(order, lease.step, { kind: "release", lease, now: clock.now() });
  const written = back && (await orders.write(order.id, back.write));
  if (!written) return;
  log.info({ token: lease.token + 1 }, "released");
  try {
    await queues.addStep(lease.step, { workOrderId: order.id, runId: lease.runId, token: lease.token + 1 });
  } catch (error) {
    log.warn({ error }, "the job of a released run could not be added; ingest will add it");
  }
}
