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
}

/**
 * One language after Send: eligible = sent + failed + skipped + in doubt + waiting (deferred, not skipped since) +
 * sending + not begun. Every person stands in one of them.
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
  /** Planned by the last run, without a delivery. */
  readonly notBegun: number;
  /** True if the ledger accounts for everybody the last run found eligible. */
  readonly agrees: boolean;
  /** Why it does not, in plain words. */
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
  if (!lastRun) return { ...counted, notBegun: 0, agrees: false, explanation: cleared };
  const { eligible } = lastRun;
  const missing = eligible - Object.values(counted).reduce((sum, people) => sum + people, 0);
  const told = { eligible, ...counted, notBegun: Math.max(0, missing) };
  if (missing === 0) return { ...told, agrees: true };
  const explanation = missing > 0 ? whyMissing(lastRun, missing) : whyMore(lastRun, -missing, counted.waiting);
  return { ...told, agrees: false, explanation };
}

const cleared =
  "The order was changed after this Send, which cleared the numbers of its last run. What the ledger holds stands.";

function whyMissing({ status }: LastRun, people: number): string {
  switch (status) {
    case "working":
      return `${persons(people, "is", "are")} still to be mailed by the run that works now.`;
    case "sleeping":
      return `${persons(people, "is", "are")} to be mailed by the next pass.`;
    case "complete":
      return `${persons(people, "was", "were")} planned by the last run, but nobody tried to mail them. Start Send again: it plans them anew.`;
    default:
      return `${persons(people, "was", "were")} not reached before the last run ended. The next start of Send mails them.`;
  }
}

function whyMore({ status }: LastRun, people: number, waiting: number): string {
  if (status === "working") return `The run works: the ledger is ${people} ahead of what it has reported so far.`;
  if (people <= waiting)
    return `${persons(people, "is", "are")} waiting since an earlier run, but the mailing does not concern them any more (unsubscribed since, for example).`;
  return `The ledger holds ${people} more than the last run could report when it ended. The ledger is right; the next run counts anew.`;
}

function persons(people: number, one: string, many: string): string {
  return people === 1 ? `1 person ${one}` : `${people} people ${many}`;
}
