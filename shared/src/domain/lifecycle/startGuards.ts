import { isKnownStatus, mailsRecipients, predecessorOf, type StepName, stepNamed } from "../steps.ts";
import type { WorkOrder } from "../workOrder.ts";
import { busyStep, busyWords, unknownHere } from "./busyStep.ts";
import { heldAfterRestore } from "./restoreHold.ts";
import { isSendOver } from "./schedule.ts";

/** The verdict of the guards on a start. `predecessor` is refused too, and ends the step in error. */
export type StartVerdict =
  | { readonly verdict: "granted" }
  | { readonly verdict: "ignored" | "rejected" | "predecessor"; readonly reason: string };

/** What the guards need; also fits a browser's order, which lacks the token of the edit lease. */
export type Startable = Pick<WorkOrder, "archived" | "steps" | "sendContinuously" | "sendUntil" | "restored"> & {
  readonly editLease?: Pick<NonNullable<WorkOrder["editLease"]>, "expiresAt"> | undefined;
};

interface Guard {
  readonly refusedAs: "ignored" | "rejected" | "predecessor";
  /** The reason to refuse, in plain words. */
  readonly refuses: (order: Startable, step: StepName, now: number) => string | undefined;
}

/** A user has the form open: a start now would run with settings that are about to change. */
function isBeingEdited({ editLease }: Startable, now: number): boolean {
  return editLease !== undefined && Date.parse(editLease.expiresAt) > now;
}

/** Checked in this order; the first that refuses gives the reason. That order and step exist is checked before. */
const guards: readonly Guard[] = [
  {
    refusedAs: "rejected",
    refuses: (order) => (order.archived ? "The work order is archived. Restore it first." : undefined),
  },
  {
    refusedAs: "rejected",
    refuses: (order, _, now) =>
      isBeingEdited(order, now) ? "The work order is being edited. Save or close the form first." : undefined,
  },
  {
    refusedAs: "rejected",
    refuses: (order, step) => {
      const other = busyStep(order, ({ name }) => name !== step);
      return other && busyWords(other, "Stop it or wait for its end first.");
    },
  },
  {
    refusedAs: "rejected",
    refuses: (order, step) => {
      const { status } = order.steps[step];
      return isKnownStatus(status) ? undefined : `${step} is "${status}", ${unknownHere}.`;
    },
  },
  {
    refusedAs: "ignored",
    refuses: (order, step) => (order.steps[step].status === "working" ? `${step} is already working.` : undefined),
  },
  {
    refusedAs: "predecessor",
    refuses: (order, step) => {
      const predecessor = predecessorOf(step);
      if (!predecessor || order.steps[predecessor].status === "complete") return undefined;
      return `${step} needs ${predecessor} to be complete, but ${predecessor} is ${order.steps[predecessor].status}. Run ${predecessor} first.`;
    },
  },
  {
    refusedAs: "rejected",
    refuses: ({ restored }, step) => (mailsRecipients(step) && restored ? heldAfterRestore(restored) : undefined),
  },
  {
    refusedAs: "rejected",
    refuses: (order, step, now) => {
      if (!stepNamed(step).sleeps || !order.sendContinuously) return undefined;
      if (!order.sendUntil) return "Continuous sending needs an end. Set send until first.";
      return isSendOver(order, now)
        ? `Continuous sending ended at ${order.sendUntil}. Move send until into the future first.`
        : undefined;
    },
  },
];

/**
 * Why Send cannot be started for a selection of mails now; undefined if it can. All guards of a start apply, and it does not
 * take the place of a run that sleeps.
 */
export function retryFault(order: Startable, step: StepName, now: number): string | undefined {
  if (!mailsRecipients(step)) return `${step} cannot be started for a selection: only Send can.`;
  const verdict = judgeStart(order, step, now);
  if (verdict.verdict !== "granted") return verdict.reason;
  return order.steps[step].status === "sleeping"
    ? `${step} sleeps and goes on by itself. Stop it first to send only some mails again.`
    : undefined;
}

/**
 * Judges a start by the guards in order: not archived, not being edited, no other step runs, not already working, the
 * predecessor is complete, a continuous Send has its end in the future. `now`: epoch milliseconds.
 */
export function judgeStart(order: Startable, step: StepName, now: number): StartVerdict {
  for (const guard of guards) {
    const reason = guard.refuses(order, step, now);
    if (reason === undefined) continue;
    // A sleeping Send goes on sleeping: the refused start must not end it in error.
    const spared = guard.refusedAs === "predecessor" && order.steps[step].status === "sleeping";
    return { verdict: spared ? "rejected" : guard.refusedAs, reason };
  }
  return { verdict: "granted" };
}
