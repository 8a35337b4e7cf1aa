import type { Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { type Counters, type LanguageCounters, zeroCounters } from "@email-agent/shared/domain/workOrder.ts";

/** Counters without `total`, as chunks and ledger give them. */
export type Handled = Omit<Counters, "total">;
export const nothingHandled: Handled = Object.freeze({ sent: 0, skipped: 0, failed: 0, inDoubt: 0 });

/** The sum over the chunks of one language, and why people were skipped in them. */
export interface ChunkSum extends Handled {
  readonly reasons: Readonly<Record<string, number>>;
}

export function addHandled(one: Handled, other: Handled): Handled {
  return {
    sent: one.sent + other.sent,
    skipped: one.skipped + other.skipped,
    failed: one.failed + other.failed,
    inDoubt: one.inDoubt + other.inDoubt,
  };
}

export function addReasons(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...one };
  for (const [reason, people] of Object.entries(other)) sum[reason] = (sum[reason] ?? 0) + people;
  return sum;
}

export function countReasons(skipped: Readonly<Record<string, string>>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of Object.values(skipped)) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

/**
 * The counters of one language while the run goes on: what the mailing key had before the run, plus the counts of its chunks.
 * `total` adds those still to be mailed.
 */
export function liveCounters(plan: Plan, language: string, sum: ChunkSum): LanguageCounters {
  const before = plan.before[language] ?? zeroCounters;
  return languageCounters(plan, language, sum, addHandled(before, sum));
}

/** `all`: sent, failed and in-doubt of the mailing key in all runs; `thisRun` those of this run alone. */
export function languageCounters(plan: Plan, language: string, thisRun: ChunkSum, all: Handled): LanguageCounters {
  const { reasons, ...handled } = thisRun;
  const planned = plan.planned[language] ?? 0;
  const left = Math.max(0, planned - handledPeople(handled));
  // A run for a selection leaves all others as the run before it left them.
  const everyone = plan.everyone?.[language] ?? { total: 0, skipped: 0, reasons: {} };
  const skipped = handled.skipped + everyone.skipped;
  return {
    ...all,
    skipped,
    total: Math.max(everyone.total, all.sent + all.failed + all.inDoubt + skipped + left),
    thisRun: { ...handled, total: handledPeople(handled) + left },
    reasons: addReasons(addReasons(everyone.reasons, plan.skipped[language] ?? {}), reasons),
  };
}

/** The numbers a run reported at its end, corrected by the ledger: a run that was cut off reported fewer than it mailed. */
export function settledCounters(reported: Counters, { sent, failed, inDoubt }: Omit<Handled, "skipped">): Counters {
  const handled = { ...reported, sent, failed, inDoubt };
  return { ...handled, total: Math.max(reported.total, handledPeople(handled)) };
}

export function handledPeople({ sent, skipped, failed, inDoubt }: Handled): number {
  return sent + skipped + failed + inDoubt;
}

export function sumCounters(languages: readonly Counters[]): Counters {
  return languages.reduce<Counters>(
    (sum, one) => ({ ...addHandled(sum, one), total: sum.total + one.total }),
    zeroCounters,
  );
}
