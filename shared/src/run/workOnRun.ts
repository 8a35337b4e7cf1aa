import type { AuditLine } from "../adapters/audit.ts";
import type { CancelFlags } from "../adapters/cancelFlags.ts";
import type { StepQueues } from "../adapters/stepQueues.ts";
import type { WorkOrderStore } from "../adapters/workOrderStore.ts";
import { runEndLine } from "../domain/lifecycle/auditLines.ts";
import type { LeaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import type { LeaseClaim } from "../domain/lifecycle/runWrites.ts";
import { transition } from "../domain/lifecycle/stepTransitions.ts";
import type { Trigger } from "../domain/lifecycle/transitionRow.ts";
import { countersAfterStop, pickUpWrite, progressWrite } from "../domain/lifecycle/workerWrites.ts";
import { epochMilliseconds } from "../domain/time.ts";
import type { Counters, StepStatus, WorkOrder } from "../domain/workOrder.ts";
import type { Clock } from "../kit/clock.ts";
import { type AppError, dispositionOf } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";
import { failureMetrics, type Metrics } from "../kit/metrics.ts";
import { retryTransient } from "../kit/retryTransient.ts";
import type { StepJob } from "../messages/stepJob.ts";
import { progressReporter } from "./progressReporter.ts";
import { endTrigger, type HandlerEnd } from "./runEnd.ts";
import { keepRunLease, type RunLease } from "./runLease.ts";
import type { StepHandler, StepRun } from "./stepRun.ts";

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
  /** Unique to this try: the same process may be handed the same job twice. */
  readonly worker: string;
  readonly handler: StepHandler;
  readonly times: LeaseTimes;
  /** Aborts on a graceful shutdown: the handler begins nothing more, and its run goes on elsewhere. */
  readonly shutdown: AbortSignal;
}

/** A picked-up run. */
export interface PickedUpRun {
  /** Resolves when the run has ended in this process. */
  readonly ended: Promise<void>;
  /** The run goes on elsewhere, whatever its handler still does here. */
  release(): Promise<void>;
}

/** Progress is written at most this often. */
const progressMilliseconds = 500;

/** Tries to pick the job's run up; undefined if the job has no right to it. */
export async function pickUp(work: Work): Promise<PickedUpRun | undefined> {
  const { job, lease, worker, orders, clock, metrics, log } = work;
  const renewedAt = clock.monotonic();
  const order =
    (await orders.write(job.workOrderId, pickUpWrite(lease, worker, clock.now()))) ?? (await pickedUpAlready(work));
  if (!order) {
    log.debug({ token: lease.token }, "A job had no right to run and ended without effect");
    return undefined;
  }
  metrics.record("QueueWait", Math.max(0, clock.now() - job.addedAt), { step: lease.step });
  log.info({ token: lease.token, worker }, "picked up");
  const kept = keepRunLease({ ...work, workOrderId: job.workOrderId, renewedAt });
  return { ended: runToItsEnd(work, order, kept), release: () => release(work, order) };
}

/** A pick-up repeated by the SDK after a lost answer is refused though it was made: then the worker's name stands. */
async function pickedUpAlready({ job, worker, orders }: Work): Promise<WorkOrder | undefined> {
  const order = await orders.get(job.workOrderId);
  return order?.runLease?.worker === worker ? order : undefined;
}

async function runToItsEnd(work: Work, order: WorkOrder, kept: RunLease): Promise<void> {
  await using lease = kept;
  const { job, clock, log, metrics } = work;
  const startedAt = clock.monotonic();
  const reporter = progressReporter({
    write: async (progress) =>
      (await work.orders.write(job.workOrderId, progressWrite(work.lease, progress))) !== undefined,
    onRefused: lease.explainRefusal,
    everyMilliseconds: progressMilliseconds,
    clock,
    log,
  });
  const end = await callHandler(work, order, lease, reporter.report);
  const unwritten = await reporter.stop();
  const result = await settle(work, order, lease, end, unwritten, reporter.latest());
  metrics.record("StepDuration", clock.monotonic() - startedAt, { step: work.lease.step, result });
  log.info({ result, milliseconds: Math.round(clock.monotonic() - startedAt) }, "run ended here");
}

async function callHandler(
  work: Work,
  order: WorkOrder,
  lease: RunLease,
  report: StepRun["report"],
): Promise<HandlerEnd> {
  const { step, runId, token } = work.lease;
  const { worker, log } = work;
  try {
    const run: StepRun = {
      step,
      runId,
      token,
      worker,
      order,
      signal: lease.signal,
      log,
      proveLease: lease.prove,
      report,
    };
    return { result: await work.handler(run) };
  } catch (thrown) {
    return { thrown };
  }
}

/** Writes how the run ended. Answers the word for it. */
async function settle(
  work: Work,
  order: WorkOrder,
  lease: RunLease,
  end: HandlerEnd,
  unwritten: StepRunProgress,
  reported: StepRunProgress,
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

type StepRunProgress = Parameters<StepRun["report"]>[0];

/** A handler that came to a result is not interrupted: if the lease is lost, its write is refused. */
function interruptionOf(lease: RunLease, end: HandlerEnd): string | undefined {
  if ("result" in end) return undefined;
  if (lease.signal.aborted) return (lease.signal.reason as AppError).code;
  // The handler itself found its lease too old to go on: another worker may, at once.
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

/** Undefined if the lease refused the write. While the database is away it is tried again. */
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
  const audit: AuditLine | undefined = runEndLine(order.id, work.lease, taken.to, counters, clock.now());
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
    log.warn({ error, to: taken.to }, "The end of a run does not fit its order; the step ends in error");
    const failed = endTrigger({ thrown: error }, work.lease, {}, clock.now());
    return failed && writeEnd(work, order, lease, failed, undefined);
  }
}

/** An earlier try may have been written although its answer was lost; then nobody has been told yet. */
async function writtenBefore({ orders, job, lease }: Work, to: StepStatus): Promise<boolean> {
  const order = await orders.get(job.workOrderId);
  const step = order?.steps[lease.step];
  if (!order || to === "working" || step?.status !== to || step.runId !== lease.runId) return false;
  await orders.republish(order);
  return true;
}

/** What a stopped run may still say: how far it came. Anything else is refused by its condition. */
async function afterStop(work: Work, { counters, languages }: StepRunProgress): Promise<string> {
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
async function release(work: Work, order: WorkOrder): Promise<void> {
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
