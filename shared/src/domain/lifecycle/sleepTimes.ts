import { opensAt } from "../delivery/windowTimes.ts";
import type { WorkOrder } from "../workOrder.ts";
import { quotaMinimumMilliseconds } from "./schedule.ts";

const minuteMilliseconds = 60_000;
const retryCapMinutes = 60;
/** Random share by which a wait is shortened or stretched, so that orders that failed together do not come back together. */
const jitter = 0.2;

/**
 * Exponential backoff after the nth consecutive failed pass (from 1): 1, 2, 4, 8, 16 … minutes, at most 60, ± 20 % jitter.
 * `random` is a number from 0 up to 1.
 */
export function retryWaitMilliseconds(failedPasses: number, random: number): number {
  const minutes = Math.min(retryCapMinutes, 2 ** (failedPasses - 1));
  return Math.round(minutes * minuteMilliseconds * (1 - jitter + 2 * jitter * random));
}

/** Why a Send goes to sleep, with what says for how long. */
export type SleepCause =
  | { readonly kind: "next-pass" }
  /** `wakeAt`: epoch milliseconds at which enough of the quota is free. */
  | { readonly kind: "quota"; readonly wakeAt: number }
  /** No mail may begin outside the sending window. */
  | { readonly kind: "window" }
  /** The nth consecutive failed pass, from 1. */
  | { readonly kind: "retry"; readonly failedPasses: number };

type Timing = Pick<WorkOrder, "sendInterval" | "sendUntil" | "sendingWindow">;

/**
 * When a Send that falls asleep wakes, in epoch milliseconds: after `sendInterval`, after the backoff, or when the
 * quota is free but at least 60 s ahead; then not before its sending window is open. Never later than `sendUntil`.
 */
export function nextRunAt(order: Timing, cause: SleepCause, now: number, random: number = Math.random()): number {
  const wakeAt = inWindow(order, wishedWakeAt(order, cause, now, random));
  return order.sendUntil === undefined ? wakeAt : Math.min(wakeAt, Date.parse(order.sendUntil));
}

/** The first instant from `at` on within the sending window of the order, if it has one. */
export function inWindow({ sendingWindow }: Pick<WorkOrder, "sendingWindow">, at: number): number {
  return sendingWindow === undefined ? at : (opensAt(sendingWindow, at) ?? at);
}

function wishedWakeAt(order: Pick<WorkOrder, "sendInterval">, cause: SleepCause, now: number, random: number): number {
  switch (cause.kind) {
    case "next-pass":
      return now + order.sendInterval * 1000;
    case "quota":
      return Math.max(cause.wakeAt, now + quotaMinimumMilliseconds);
    case "window":
      return now;
    case "retry":
      return now + retryWaitMilliseconds(cause.failedPasses, random);
  }
}
