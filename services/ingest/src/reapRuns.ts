import type { CancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import type { StepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import type { RunEntry } from "@email-agent/shared/adapters/workOrderLists.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { type AuditLine, runEndLine, scheduledStartLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { runningStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import type { RunLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { judgeDue, runIdOf } from "@email-agent/shared/domain/lifecycle/scheduledStart.ts";
import { type Transition, transition } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { StepStatus, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import { type Log, withLogContext } from "@email-agent/shared/kit/log.ts";
import { failureMetrics, type Metrics } from "@email-agent/shared/kit/metrics.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";

export interface ReapPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write" | "runsIn">;
  readonly queues: Pick<StepQueues, "addStep">;
  readonly flags: Pick<CancelFlags, "raise">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
}

const ordersAtOnce = 10;
const kinds = ["not-picked-up", "lost", "due"] as const;

/** A run to check: its heartbeat as the index shows it, and for how long this process has seen it unchanged. */
interface Hint extends RunEntry {
  readonly silentMilliseconds: number;
}

/**
 * The reaper: each call checks the index of runs for jobs that no worker picked up, lost processes and ended sleeps. Several
 * ingests may run it at once: each write is conditional on what was read, so only one of them moves an order. Once `signal`
 * aborts no further order is checked.
 */
export function runReaper(ports: ReapPorts, limits: RunLimits): (signal?: AbortSignal) => Promise<void> {
  const { orders, clock } = ports;
  const watch = heartbeatWatch(clock, limits.takeOverMilliseconds / 2);
  const broken = new Set<string>();
  return async (signal) => {
    const working = await Array.fromAsync(orders.runsIn("working"));
    const silent = watch.look(working.map(({ id, runCheckAt }) => [id, runCheckAt]));
    const hints: Hint[] = working.map((run) => ({ ...run, silentMilliseconds: silent.get(run.id) ?? 0 }));
    const quiet = hints.filter(({ silentMilliseconds }) => silentMilliseconds >= limits.pickUpMilliseconds);
    for (const state of ["sleeping", "scheduled"] as const)
      for await (const run of orders.runsIn(state, instant(clock.now()))) quiet.push({ ...run, silentMilliseconds: 0 });
    const next = quiet.values();
    // Each lane takes the next order as soon as it is free.
    await Promise.all(Array.from({ length: ordersAtOnce }, () => reapLane(ports, limits, next, broken, signal)));
  };
}

async function reapLane(
  ports: ReapPorts,
  limits: RunLimits,
  hints: Iterable<Hint>,
  broken: Set<string>,
  signal?: AbortSignal,
): Promise<void> {
  for (const hint of hints) {
    if (signal?.aborted) return;
    await withLogContext({ workOrderId: hint.id }, async () => {
      try {
        await reapOrder(ports, limits, hint);
        broken.delete(hint.id);
      } catch (error) {
        const text = "A run could not be checked; the next round tries again";
        // An order that does not fit its schema stays broken until a person fixes it: log it once, not every round.
        if (dispositionOf(error) !== "reject") ports.log.warn({ error }, text);
        else if (!broken.has(hint.id)) ports.log.error({ error }, text);
        if (dispositionOf(error) === "reject") broken.add(hint.id);
      }
    });
  }
}

async function reapOrder(ports: ReapPorts, limits: RunLimits, hint: Hint): Promise<void> {
  const { orders, clock } = ports;
  const order = await orders.get(hint.id);
  const step = order && runningStep(order);
  if (!order || !step) return;
  // The index lags behind a heartbeat.
  const silentMilliseconds = order.runCheckAt === hint.runCheckAt ? hint.silentMilliseconds : 0;
  for (const kind of kinds) {
    const taken = transition(order, step, { kind, now: clock.now(), silentMilliseconds, limits });
    if (taken) return reap(ports, order, step, taken, kind);
  }
}

/** A run that ends, and a scheduled start, whatever becomes of it, have a line in the audit. */
function auditOf(order: WorkOrder, step: StepName, to: StepStatus, now: number): AuditLine | undefined {
  const { scheduled, counters, ...before } = order.steps[step];
  if (!scheduled) return runEndLine(order.id, { runId: before.runId ?? "", step }, to, counters, now);
  const run = { runId: before.nextRunId ?? "", step };
  if (to === "working") return scheduledStartLine(order.id, run, scheduled.at, now);
  const due = judgeDue(order, step, now);
  return runEndLine(order.id, run, to, undefined, now, due?.verdict === "end" ? due.reason : undefined);
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
  const line = auditOf(order, step, taken.to, clock.now());
  // Adding a job again moves the run's clock like a heartbeat; no browser needs the event.
  const heartbeat = kind === "not-picked-up";
  const written = await orders.write(order.id, taken.write, { heartbeat, ...(line && { audit: line }) });
  if (!written) return;
  const lease = written.runLease;
  const failure = failureMetrics[taken.to];
  const report = failure ? log.error : kind === "lost" ? log.warn : log.info;
  report.call(log, { step, runId: runIdOf(before), to: taken.to, losses: written.losses }, `run: ${taken.title}`);
  if (kind === "lost") metrics.count("RunsTakenUp", 1, { step });
  if (failure) metrics.count(failure, 1, { step });
  if (taken.addsJob && lease)
    await queues.addStep(step, { workOrderId: order.id, runId: lease.runId, token: lease.token });
  // So that a frozen worker that wakes up learns at once that its run is over.
  else if (taken.to === "exception" && before.runId) await flags.raise(before.runId);
}
