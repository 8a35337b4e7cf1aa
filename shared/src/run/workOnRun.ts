import { pickUpWrite, progressWrite } from "../domain/lifecycle/workerWrites.ts";
import type { WorkOrder } from "../domain/workOrder.ts";
import { inSpan } from "../kit/tracing.ts";
import { endRun, release, type Work } from "./endRun.ts";
import type { HandlerEnd } from "./endTrigger.ts";
import { progressReporter } from "./progressReporter.ts";
import { keepRunLease, type RunLease } from "./runLease.ts";
import type { StepRun } from "./stepRun.ts";

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
    log.debug({ token: lease.token }, "a job had no right to run and ended without effect");
    return undefined;
  }
  metrics.record("QueueWait", Math.max(0, clock.now() - job.addedAt), { step: lease.step });
  log.info({ token: lease.token, worker }, "picked up");
  const kept = keepRunLease({ ...work, workOrderId: job.workOrderId, renewedAt });
  return { ended: runToItsEnd(work, order, kept), release: () => release(work, order) };
}

/** A pick-up that the SDK repeats after a lost response is refused although it was made: then the order has the worker's name. */
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
  const result = await endRun(work, order, lease, end, unwritten, reporter.latest());
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
    const attributes = { "email_agent.work_order": order.id, "email_agent.run": runId };
    return { result: await inSpan(`${step} run`, { attributes }, () => work.handler(run)) };
  } catch (thrown) {
    return { thrown };
  }
}
