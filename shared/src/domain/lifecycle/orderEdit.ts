import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { type BusyStep, busyStep } from "./busyStep.ts";
import { endLease } from "./editLease.ts";
import { type Reset, resetSteps, resetWrite } from "./invalidation.ts";
import { type Condition, joinWrites, type OrderWrite } from "./orderWrite.ts";
import { endRun, only, sameValue, sayInStep, stepPath } from "./runWrites.ts";
import { sleepingEdit } from "./sleepingEdit.ts";

/** Neither working nor sleeping. Claims of an ended run may still be settled: that depends on no setting. */
const atRest: Condition = { path: ["runState"], absentOr: "settling" };

/**
 * No command waits to be judged, and the order is not archived. A start was confirmed for the order as it was then, also
 * where the edit lease had expired before the start and was renewed after it.
 */
const leftAlone: readonly Condition[] = [
  { path: ["pendingCommandAt"], exists: false },
  { path: ["archivedAt"], exists: false },
];

/** The step that keeps an order from being edited: one that works, or that a later release keeps busy. */
export function workingStep(order: Pick<WorkOrder, "steps">): BusyStep | undefined {
  return busyStep(order, ({ status }) => status !== "sleeping");
}

/** Changed fields as a write; `undefined` removes a field. */
function patchWrite(changes: Partial<WorkOrder>): OrderWrite {
  const entries = Object.entries(changes);
  return {
    set: entries.filter(([, value]) => value !== undefined).map(([field, value]) => [[field], value] as const),
    remove: entries.filter(([, value]) => value === undefined).map(([field]) => [field] as const),
    when: [],
  };
}

/**
 * A save: the changed fields and nothing else, the steps they reset, and the end of the edit lease, in one write under
 * its token, as long as no step works or sleeps and no command waits.
 */
export function saveWrite(order: WorkOrder, changes: Partial<WorkOrder>, reset: Reset, token: string): OrderWrite {
  return joinWrites(
    { ...patchWrite(changes), when: [atRest, ...leftAlone] },
    resetWrite(order, reset),
    endLease(token),
  );
}

/**
 * Sets steps back to ready because the settings changed, as long as no step works or sleeps and no command waits. A Send that is
 * scheduled has not begun: its start is cancelled, in error, so that its user sees it.
 */
export function settingsResetWrite(order: WorkOrder, steps: readonly string[], why: string, now: number): OrderWrite {
  const { scheduled, nextRunId } = order.steps.Send;
  if (scheduled) {
    const earlier = steps.filter((name) => name !== "Send");
    const message = `${why} The start scheduled for ${scheduled.at} was cancelled: run the steps that are ready again, then schedule it anew.`;
    return joinWrites(
      resetSteps(order, earlier, why),
      endRun(order, "Send", "error", now),
      sayInStep("Send", message),
      only({ path: stepPath("Send", "status"), equals: "sleeping" }),
      only(sameValue(stepPath("Send", "nextRunId"), nextRunId), ...leftAlone),
    );
  }
  return joinWrites({ set: [], remove: [], when: [atRest, ...leftAlone] }, resetSteps(order, steps, why));
}

/** A save while Send sleeps; see sleepingEdit.ts. */
export function sleepingSaveWrite(
  order: WorkOrder,
  changes: Partial<WorkOrder>,
  token: string,
  now: number,
): OrderWrite {
  return joinWrites(sleepingEdit(order, changes, now), endLease(token), { set: [], remove: [], when: leftAlone });
}

/** Hides the order from the main list; refused while a step works or sleeps. */
export function archiveWrite(userId: string, now: number): OrderWrite {
  const at = instant(now);
  return {
    set: [
      [["archived"], true],
      [["archivedAt"], at],
      [["archivedBy"], userId],
    ],
    remove: [],
    when: [atRest],
  };
}

/** Brings it back. */
export const restoreWrite: OrderWrite = {
  set: [[["archived"], false]],
  remove: [["archivedAt"], ["archivedBy"]],
  when: [],
};
