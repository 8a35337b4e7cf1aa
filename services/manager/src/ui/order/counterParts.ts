import { mailsRecipients, type StepName, type StepNumber, stepNamed } from "@email-agent/shared/domain/steps.ts";
import type { Counters, StepRecord } from "@email-agent/shared/domain/workOrder.ts";

/** One number of a step, with what it means there. */
export interface CounterPart {
  readonly name: StepNumber;
  readonly label: string;
  readonly people: number;
}

/** True where a Send has just begun: its numbers are those of all runs, and not counted yet. */
export function isUncounted(step: StepName, { status, languages }: StepRecord): boolean {
  return mailsRecipients(step) && status === "working" && !languages;
}

/** True where the numbers per language are older than the totals: only the totals of a stopped Send are counted again. */
export function isOutdated({ counters, languages = {} }: StepRecord): boolean {
  if (!counters) return false;
  const all = Object.values(languages);
  return (["sent", "failed", "inDoubt"] as const).some(
    (name) => all.reduce((sum, one) => sum + one[name], 0) !== counters[name],
  );
}

/** The parts that make up `total`, in the order in which a bar shows them. `retries`: people who wait for another attempt. */
export function counterParts(step: StepName, counters: Counters, retries = 0): CounterPart[] {
  const { total, sent, failed, inDoubt, skipped } = counters;
  const left = Math.max(0, total - sent - failed - inDoubt - skipped);
  const waiting = Math.min(left, retries);
  const people = { sent, failed, inDoubt, skipped, waiting, open: left - waiting };
  return (Object.entries(stepNamed(step).numbers) as [StepNumber, string][]).map(([name, label]) => ({
    name,
    label,
    people: people[name],
  }));
}

/** The bar in words, for screen readers: `1,204 sent, 3 failed, 293 still to be mailed`. */
export function partsText(parts: readonly CounterPart[], write: (people: number) => string): string {
  const shown = parts.filter(({ name, people }) => people > 0 || name === "sent");
  return shown.map(({ label, people }) => `${write(people)} ${label}`).join(", ");
}

/** True for a step that was cut short and does not know how much was left: its numbers are partial. */
export function isPartial(step: StepName, { status }: StepRecord): boolean {
  return stepNamed(step).numbers.open === undefined && (status === "interrupted" || status === "exception");
}

/** True while it is unknown how much is left: the bar is indeterminate. */
export function isUnmeasured(step: StepName, { status, counters }: StepRecord): boolean {
  if (status !== "working") return false;
  return !counters || counters.total === 0 || stepNamed(step).numbers.open === undefined;
}
