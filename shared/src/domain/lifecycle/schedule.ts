import type { WorkOrder } from "../workOrder.ts";

const minuteMilliseconds = 60_000;
/** A sleep for quota is never shorter. */
export const quotaMinimumMilliseconds = minuteMilliseconds;

/** Consecutive failed passes after which a continuous Send gives up. */
export const passAttempts = 6;

type Timing = Pick<WorkOrder, "sendUntil">;

/** True at or after the end of sending: no message begins then. Without `sendUntil` there is no end. */
export function isSendOver(order: Timing, now: number): boolean {
  return order.sendUntil !== undefined && now >= Date.parse(order.sendUntil);
}
