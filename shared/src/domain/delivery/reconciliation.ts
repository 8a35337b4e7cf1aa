import { count } from "../numberWords.ts";
import type { StepStatus } from "../workOrder.ts";

/** What the ledger holds of one mailing key now. */
export interface LedgerCounts {
  readonly sending: number;
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly deferred: number;
}

/** What the last run of Send says of one language: `eligible` is its `total`. */
export interface LastRun {
  readonly status: StepStatus;
  readonly eligible: number;
  readonly skipped: number;
  /** Eligible people it left out because more were eligible than its user confirmed; only such a run has any. */
  readonly notConfirmed?: number;
}

/**
 * One language after Send: eligible = sent + failed + skipped + in doubt + waiting (deferred, not skipped since) +
 * sending + not begun. Every person is counted in exactly one of them, or is left out.
 */
export interface Reconciled {
  /** Absent when the numbers of the last run were cleared by a change of the order. */
  readonly eligible?: number;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  readonly inDoubt: number;
  readonly waiting: number;
  readonly sending: number;
  /** Waiting since an earlier run, and left out by the filter of the last one: not eligible, so no part of the sum. */
  readonly leftOut: number;
  /** Planned by the last run, without a delivery. */
  readonly notBegun: number;
  /** True if the ledger accounts for every person the last run found eligible. */
  readonly agrees: boolean;
  /** Why it does not, or whom it leaves out, in plain words. */
  readonly explanation?: string;
}

/**
 * Compares what the ledger holds now with what the last run found. `skippedWaiting`: people who are deferred and were
 * skipped by the last run; they count as skipped.
 */
export function reconcile(ledger: LedgerCounts, lastRun: LastRun | undefined, skippedWaiting: number): Reconciled {
  const { sent, failed, inDoubt, sending, deferred } = ledger;
  const skipped = lastRun?.skipped ?? 0;
  const counted = { sent, failed, skipped, inDoubt, waiting: deferred - skippedWaiting, sending };
  if (!lastRun) return { ...counted, leftOut: 0, notBegun: 0, agrees: false, explanation: cleared };
  const { eligible } = lastRun;
  const missing = eligible - Object.values(counted).reduce((sum, people) => sum + people, 0);
  const numbers = { eligible, ...counted, leftOut: 0, notBegun: Math.max(0, missing) };
  if (missing === 0)
    return {
      ...numbers,
      agrees: true,
      ...(lastRun.status === "complete" && counted.waiting > 0 && { explanation: whyStillWaiting(counted.waiting) }),
    };
  if (missing > 0) return { ...numbers, agrees: false, explanation: whyMissing(lastRun, missing) };
  const leftOut = -missing;
  // It plans all others and ends in an error with the number of these.
  const isLimited = leftOut <= Math.min(counted.waiting, lastRun.notConfirmed ?? 0);
  if (isLimited)
    return { ...numbers, waiting: counted.waiting - leftOut, leftOut, agrees: true, explanation: whyLimited(leftOut) };
  // A pass that ran to its end tried every eligible person: others who wait were left out by its filter.
  const isWhole = lastRun.status === "complete" || lastRun.status === "sleeping";
  if (isWhole && leftOut <= counted.waiting)
    return { ...numbers, waiting: counted.waiting - leftOut, leftOut, agrees: true, explanation: whyLeftOut(leftOut) };
  return { ...numbers, agrees: false, explanation: whyMore(lastRun, leftOut) };
}

/** A mailing the order has sent before its present one: nothing of its runs is left but the ledger, which is whole. */
export function reconcileEarlier({ sent, failed, inDoubt, sending, deferred }: LedgerCounts): Reconciled {
  const eligible = sent + failed + inDoubt + sending + deferred;
  const counted = { sent, failed, skipped: 0, inDoubt, waiting: deferred, sending };
  const waits = deferred > 0 ? ` ${persons(deferred, "waits", "wait")} for a retry that will not come.` : "";
  const explanation = `An earlier mailing of this order: everyone it tried to mail.${waits}`;
  return { eligible, ...counted, leftOut: 0, notBegun: 0, agrees: true, explanation };
}

const cleared =
  "The order was changed after this Send, which cleared the numbers of its last run. The ledger is unaffected.";

function whyStillWaiting(people: number): string {
  return `${persons(people, "waits", "wait")} for the next start of Send, which mails them.`;
}

function whyMissing({ status }: LastRun, people: number): string {
  switch (status) {
    case "working":
      return `${persons(people, "is", "are")} still to be mailed by the run that works now.`;
    case "sleeping":
      return `${persons(people, "is", "are")} to be mailed by the next pass.`;
    case "complete":
      return `${persons(people, "was", "were")} planned by the last run but not tried. Start Send again to mail them.`;
    default:
      return `${persons(people, "was", "were")} not reached before the last run ended. The next start of Send mails them.`;
  }
}

function whyLeftOut(people: number): string {
  return `${persons(people, "was", "were")} not reached by an earlier run and ${people === 1 ? "is" : "are"} not counted: the mailing does not concern them any more (unsubscribed since, for example).`;
}

function whyLimited(people: number): string {
  return `${persons(people, "waits", "wait")} since an earlier run and ${people === 1 ? "is" : "are"} not counted: more were eligible than confirmed. The next start of Send includes them.`;
}

function whyMore({ status }: LastRun, people: number): string {
  if (status === "working")
    return `The run works: the ledger is ${count(people)} ahead of what it has reported so far.`;
  return `The ledger holds ${count(people)} more than the last run could report when it ended. The ledger is right; the next run counts again.`;
}

function persons(people: number, one: string, many: string): string {
  return people === 1 ? `1 person ${one}` : `${count(people)} people ${many}`;
}
