import type { StepName } from "../steps.ts";
import { isStepName, terminalStatuses } from "../steps.ts";
import { instant } from "../time.ts";
import type { StepStatus, UnsettledRun, WorkOrder } from "../workOrder.ts";
import type { Condition, OrderWrite } from "./orderWrite.ts";
import { type LeaseClaim, settlingClock, stepPath, unchangedSince, underLease } from "./runWrites.ts";
import { saidIn } from "./saidInStep.ts";
import { claimPartitions, type UnsettledRuns } from "./settlement.ts";
import type { Said } from "./transitionRow.ts";

/**
 * The writes of a settler: the worker that settles what ended runs left `sending`. `runCheckAt` is its fencing token:
 * each write of a settler names the value it wrote last, so a start, another settler or a late outcome ends its right.
 */
function heldSince(seen: string): Condition[] {
  return [
    { path: ["runState"], equals: "settling" },
    { path: ["runCheckAt"], equals: seen },
  ];
}

/** The pick-up of a settlement, and each heartbeat after it. `seen`: the value of `runCheckAt` the settler knows. */
export function settlerWrite(seen: string, settler: string, now: number): OrderWrite {
  return {
    set: [
      [["settler"], settler],
      [["runCheckAt"], instant(now)],
    ],
    remove: [],
    when: heldSince(seen),
  };
}

/**
 * One run is settled. `said`: the numbers of its step, which the step takes only while it still shows this run's end.
 * The clock ends with the last run.
 */
export function settledWrite(
  order: WorkOrder,
  runId: string,
  said: Pick<Said, "counters" | "languages"> | undefined,
  { seen, now }: { readonly seen: string; readonly now: number },
): OrderWrite {
  const { [runId]: settled, ...left } = order.unsettled ?? {};
  const step = settled && isStepName(settled.step) ? settled.step : undefined;
  const numbers = step && said ? saidIn(step, said) : undefined;
  const isLast = Object.keys(left).length === 0;
  return {
    set: [
      ...(numbers?.set ?? []),
      ...(isLast
        ? []
        : ([
            [["unsettled"], left],
            [["runCheckAt"], instant(now)],
          ] as const)),
    ],
    remove: isLast ? [["unsettled"], ["settler"], ["runState"], ["runCheckAt"]] : [],
    when: [
      ...heldSince(seen),
      ...(settled && step && numbers
        ? [
            { path: stepPath(step, "runId"), equals: runId },
            { path: stepPath(step, "status"), equals: settled.status },
          ]
        : []),
    ],
  };
}

const ended: readonly StepStatus[] = terminalStatuses;

/**
 * A worker wrote outcomes after its run had ended, or had been counted: the run is settled once more, so that its numbers
 * hold them. A settler at work loses its right. Undefined if the step has moved on to another run, or works.
 */
export function settleAgainWrite(order: WorkOrder, step: StepName, runId: string, now: number): OrderWrite | undefined {
  const { runId: last, status, endedAt = instant(now) } = order.steps[step];
  if (last !== runId || !ended.includes(status) || isBusy(order)) return undefined;
  return settleLater(order, runId, lastRun(order, step, { runId, endedAt }), now);
}

/**
 * A user resolved a mail in doubt: the numbers of the last Send are recounted, or the list would show it as in doubt
 * permanently. Undefined while Send works or sleeps, which recounts itself, and if it never ran.
 */
export function recountWrite(order: WorkOrder, now: number): OrderWrite | undefined {
  const { runId, endedAt } = order.steps.Send;
  if (runId === undefined || endedAt === undefined || isBusy(order)) return undefined;
  const known = order.unsettled?.[runId];
  const run = known ?? { ...lastRun(order, "Send", { runId, endedAt }), keepsLine: true };
  return settleLater(order, runId, run, now);
}

/** A run works or sleeps, or is scheduled: its end will count. */
function isBusy({ runState = "settling" }: WorkOrder): boolean {
  return runState !== "settling";
}

function lastRun(
  order: WorkOrder,
  step: StepName,
  { runId, endedAt }: { runId: string; endedAt: string },
): UnsettledRun {
  const { status, counters } = order.steps[step];
  return { step, status, endedAt, partitions: claimPartitions(order, step, runId), ...(counters && { counters }) };
}

function settleLater(order: WorkOrder, runId: string, run: UnsettledRun, now: number): OrderWrite {
  return { ...settlingClock({ ...order.unsettled, [runId]: run }, now), when: unchangedSince(order) };
}

/** A Send has settled what earlier runs left in its own partitions. */
export function settledByRun(lease: LeaseClaim, left: UnsettledRuns): OrderWrite {
  const isEmpty = Object.keys(left).length === 0;
  return {
    set: isEmpty ? [] : [[["unsettled"], left]],
    remove: isEmpty ? [["unsettled"]] : [],
    when: underLease(lease),
  };
}
