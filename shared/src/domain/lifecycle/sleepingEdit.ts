import { type SleepingField, sleepingFields } from "../form/orderFields.ts";
import { epochMilliseconds, instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import type { OrderWrite } from "./orderWrite.ts";
import { stepPath } from "./runWrites.ts";
import { inWindow } from "./sleepTimes.ts";

/** The only settings that may change while Send sleeps: none of them touches what is mailed. */
export type SleepingEdit = Partial<Pick<WorkOrder, SleepingField>>;

/** The fields of a save that must wait until Send no longer sleeps; empty if the save may go through. */
export function refusedWhileSleeping(patch: Record<string, unknown>): string[] {
  return Object.keys(patch).filter((field) => !(sleepingFields as readonly string[]).includes(field));
}

/**
 * A save while Send sleeps, conditional on the same sleep. If it ends or shortens the sleep, or changes the sending window, the
 * order is due now or as soon as the window is open: with continuous sending switched off the pass that follows is the last. A key with value `undefined` removes the field.
 */
export function sleepingEdit(order: WorkOrder, patch: SleepingEdit, now: number): OrderWrite {
  const { nextRunId } = order.steps.Send;
  const wakeAt = wakesAt(order, patch, now);
  const entries = Object.entries(patch);
  return {
    set: [
      ...entries.filter(([, value]) => value !== undefined).map(([field, value]) => [[field], value] as const),
      ...(wakeAt === undefined
        ? []
        : ([
            [stepPath("Send", "nextRunAt"), instant(wakeAt)],
            [["runCheckAt"], instant(wakeAt)],
          ] as const)),
    ],
    remove: entries.filter(([, value]) => value === undefined).map(([field]) => [field] as const),
    when: [
      { path: stepPath("Send", "status"), equals: "sleeping" },
      { path: stepPath("Send", "nextRunId"), equals: nextRunId ?? "" },
    ],
  };
}

/** When a sleep ends that an edit shortens or that has another window from now on; undefined if it stays as it is. */
function wakesAt(order: WorkOrder, patch: SleepingEdit, now: number): number | undefined {
  // A scheduled start keeps its time.
  if (order.steps.Send.scheduled) return undefined;
  const hasWindow = "sendingWindow" in patch;
  if (!hasWindow && !endsSleep(order, patch)) return undefined;
  const { sendUntil, sendingWindow } = { ...order, ...patch };
  const wakeAt = inWindow({ sendingWindow }, now);
  return sendUntil === undefined ? wakeAt : Math.max(now, Math.min(wakeAt, epochMilliseconds(sendUntil)));
}

function endsSleep(order: WorkOrder, patch: SleepingEdit): boolean {
  const nextRunAt = order.steps.Send.nextRunAt;
  const switchedOff = order.sendContinuously && patch.sendContinuously === false;
  const shorter = patch.sendInterval !== undefined && patch.sendInterval < order.sendInterval;
  const endsBeforeWaking =
    patch.sendUntil !== undefined &&
    nextRunAt !== undefined &&
    epochMilliseconds(patch.sendUntil) < epochMilliseconds(nextRunAt);
  return switchedOff || shorter || endsBeforeWaking;
}
