import type { SkipReason } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { Counters, LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";

/** Running numbers of one language. */
export interface Tally {
  willSend: number;
  readonly skipped: Map<SkipReason, number>;
}

export function openTally(): Tally {
  return { willSend: 0, skipped: new Map() };
}

/** Adds one judged participant; without a reason they would be mailed. */
export function note(tally: Tally, reason: SkipReason | undefined): void {
  if (reason === undefined) tally.willSend += 1;
  else tally.skipped.set(reason, (tally.skipped.get(reason) ?? 0) + 1);
}

export function alreadyReceived(tally: Tally): number {
  return tally.skipped.get("already-received") ?? 0;
}

/**
 * The numbers as a step keeps them. The mailing concerns those it has reached (`skipped`) and those it would reach
 * (`sent`), `total` is their sum; everyone else is counted in `reasons` only.
 */
export function languageCounters(tally: Tally): LanguageCounters {
  return { ...countersOf([tally]), reasons: Object.fromEntries(tally.skipped) };
}

/** Sum over languages: a person counts once per language they would be mailed in. */
export function countersOf(tallies: Iterable<Tally>): Counters {
  let sent = 0;
  let skipped = 0;
  for (const tally of tallies) {
    sent += tally.willSend;
    skipped += alreadyReceived(tally);
  }
  return { total: sent + skipped, sent, skipped, failed: 0, inDoubt: 0 };
}
