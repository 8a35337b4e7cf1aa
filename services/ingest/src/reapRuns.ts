import type { CancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import type { StepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { runEndLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { RunLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { type Transition, transition } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import { dispositionOf } from "@email-agent/shared/service/errors.ts";
import { type Log, withLogContext } from "@email-agent/shared/service/log.ts";
import type { Metrics } from "@email-agent/shared/service/metrics.ts";

export interface ReapPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write" | "runsToCheck">;
  readonly queues: Pick<StepQueues, "addStep">;
  readonly flags: Pick<CancelFlags, "raise">;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

const ordersAtOnce = 10;
const kinds = ["not-picked-up", "lost", "due"] as const;

/**
 * One look at the index of runs: jobs nobody picked up, lost processes, ended sleeps. Several ingests may look at once;
 * each write is conditional on what was read, so only one of them moves an order. Once `signal` aborts no further order
 * is begun.
 */
export async function reapRuns(ports: ReapPorts, limits: RunLimits, signal?: AbortSignal): Promise<void> {
  const { orders, clock } = ports;
  const now = clock.now();
  const hints: string[] = [];
  for await (const id of orders.runsToCheck("working", instant(now - limits.pickUpMilliseconds))) hints.push(id);
  for await (const id of orders.runsToCheck("sleeping", instant(now))) hints.push(id);
  const next = hints.values();
  // Each lane takes the next order as soon as it is free.
  await Promise.all(Array.from({ length: ordersAtOnce }, () => reapLane(ports, limits, next, signal)));
}

async function reapLane(
  ports: ReapPorts,
  limits: RunLimits,
  ids: Iterable<string>,
  signal?: AbortSignal,
): Promise<void> {
  for (const workOrderId of ids) {
    if (signal?.aborted) return;
    await withLogContext({ workOrderId }, async () => {
      try {
        await reapOrder(ports, limits, workOrderId);
      } catch (error) {
        const text = "A run could not be looked after; it is tried again in a moment";
        // An order that does not fit its schema stays so until a person repairs it.
        if (dispositionOf(error) === "reject") ports.log.error({ error }, text);
        else ports.log.warn({ error }, text);
      }
    });
  }
}

async function reapOrder(ports: ReapPorts, limits: RunLimits, id: string): Promise<void> {
  const { orders, clock } = ports;
  const order = await orders.get(id);
  const step = order && runningStep(order);
  if (!order || !step) return;
  for (const kind of kinds) {
    const taken = transition(order, step, { kind, now: clock.now(), limits });
    if (taken) return reap(ports, order, step, taken, kind);
  }
}

async function reap(
  ports: ReapPorts,
  order: WorkOrder,
  step: StepName,
  taken: Transition,
  kind: (typeof kinds)[number],
): Promise<void> {
  const { orders, queues, flags, clock, log, metrics } = ports;
  const before = order.steps[step];
  const line = runEndLine(order.id, { runId: before.runId ?? "", step }, taken.to, before.counters, clock.now());
  // That a job is added again moves the run's clock as a heartbeat does; nobody needs to hear of it.
  const heartbeat = kind === "not-picked-up";
  const written = await orders.write(order.id, taken.write, { heartbeat, ...(line && { audit: line }) });
  if (!written) return;
  const lease = written.runLease;
  const report = kind === "lost" ? log.warn : log.info;
  report.call(log, { step, runId: before.runId, to: taken.to, losses: written.losses }, `run: ${taken.title}`);
  if (kind === "lost") metrics.count("RunsTakenUp", 1, { step });
  if (taken.addsJob && lease)
    await queues.addStep(step, { workOrderId: order.id, runId: lease.runId, token: lease.token });
  // A frozen worker that wakes up learns at once that its run is over.
  else if (taken.to === "exception" && before.runId) await flags.raise(before.runId);
}

function runningStep(order: WorkOrder): StepName | undefined {
  return stepNames.find((name) => ["working", "sleeping"].includes(order.steps[name].status));
}
