import { mailingKey, testPartition } from "../delivery/mailingKey.ts";
import { isStepName, type StepName, stepNamed } from "../steps.ts";
import { instant } from "../time.ts";
import type { Counters, StepStatus, UnsettledRun, WorkOrder } from "../workOrder.ts";

/** Runs that ended while deliveries of theirs may still be `sending`, by run id. */
export type UnsettledRuns = Readonly<Record<string, UnsettledRun>>;

type Claiming = Pick<WorkOrder, "eventCode" | "subEvent" | "stage" | "revision" | "languages">;

/** True for the steps whose runs claim deliveries. */
export function claims(step: StepName): boolean {
  return stepNamed(step).mails !== undefined;
}

/** The partitions of the ledger in which a run claims deliveries; none for a step that mails no one. */
export function claimPartitions(order: Claiming, step: StepName, runId: string): string[] {
  const { mails } = stepNamed(step);
  if (!mails) return [];
  const keys = order.languages.map((language) => mailingKey(order, language));
  return mails === "recipients" ? keys : keys.map((key) => testPartition(key, runId));
}

/** An ended run of a step of this release; a later release settles its own. */
export type SettleableRun = UnsettledRun & { readonly step: StepName };

function isSettleable(run: UnsettledRun): run is SettleableRun {
  return isStepName(run.step);
}

export function settleableRuns(unsettled: UnsettledRuns = {}): (readonly [runId: string, run: SettleableRun])[] {
  return Object.entries(unsettled).flatMap(([runId, run]) => (isSettleable(run) ? [[runId, run] as const] : []));
}

/** True if a Send over `partitions` settles what the other run left: it begins with that. */
export function isCovered(run: UnsettledRun, partitions: readonly string[]): run is SettleableRun {
  return isSettleable(run) && run.partitions.every((partition) => partitions.includes(partition));
}

/** How a run ends, for what it leaves behind. */
interface RunEnd {
  readonly status: StepStatus;
  readonly now: number;
  /** The last numbers, if they are newer than those of the order. */
  readonly counters?: Counters | undefined;
  /** `order` was read when the run was picked up, so it still lists what the run has settled since. */
  readonly byWorker?: boolean;
}

/**
 * What is left to settle when a run of `step` ends. A run that completes, or sleeps after a whole pass, has settled its
 * claims itself. Any other end may come while a worker is dead or has messages on the wire.
 */
export function unsettledAfter(order: WorkOrder, step: StepName, end: RunEnd): UnsettledRuns {
  const { runId, status, counters } = order.steps[step];
  const before = order.unsettled ?? {};
  if (status !== "working" || runId === undefined) return before;
  const partitions = claimPartitions(order, step, runId);
  const isSettledBy = (run: UnsettledRun) => end.byWorker === true && isCovered(run, partitions);
  const left = Object.fromEntries(Object.entries(before).filter(([, run]) => !isSettledBy(run)));
  if (end.status === "complete" || partitions.length === 0) return left;
  const last = end.counters ?? counters;
  return {
    ...left,
    [runId]: { step, status: end.status, endedAt: instant(end.now), partitions, ...(last && { counters: last }) },
  };
}
