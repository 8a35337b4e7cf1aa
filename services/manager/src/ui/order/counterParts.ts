import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { Counters, StepRecord } from "@email-agent/shared/domain/workOrder.ts";

type PartName = "sent" | "failed" | "inDoubt" | "skipped" | "waiting" | "open";

/** One number of a step, with what it means there. */
export interface CounterPart {
  readonly name: PartName;
  readonly label: string;
  readonly people: number;
}

const mailWords = {
  sent: "sent",
  failed: "failed",
  inDoubt: "in doubt",
  skipped: "skipped",
  waiting: "waiting for another attempt",
  open: "still to be mailed",
} as const;

/** The numbers a step keeps, and their words; numbers that stand nowhere here are always zero in that step. */
const words: Readonly<Record<StepName, Partial<Record<PartName, string>>>> = {
  Count: { sent: "would be mailed", skipped: "already received it" },
  Prepare: { sent: "languages published" },
  "Dry-Run": { sent: "would be mailed", failed: "cannot be rendered", skipped: "already received it" },
  Test: mailWords,
  Send: mailWords,
};

/** True where a Send has just begun: its numbers are those of all runs, and nobody has told them yet. */
export function isUntold(step: StepName, { status, languages }: StepRecord): boolean {
  return step === "Send" && status === "working" && !languages;
}

/** True where the numbers per language are older than the whole ones: of a Send that was stopped only these are counted again. */
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
  return (Object.entries(words[step]) as [PartName, string][]).map(([name, label]) => ({
    name,
    label,
    people: people[name],
  }));
}

/** A sentence for those who do not see the bar: `1,204 sent, 3 failed, 293 still to be mailed`. */
export function partsText(parts: readonly CounterPart[], write: (people: number) => string): string {
  const told = parts.filter(({ name, people }) => people > 0 || name === "sent");
  return told.map(({ label, people }) => `${write(people)} ${label}`).join(", ");
}

/** True of a step that was cut short and cannot say how much was left: its numbers are those so far. */
export function isPartial(step: StepName, { status }: StepRecord): boolean {
  return words[step].open === undefined && (status === "interrupted" || status === "exception");
}

/** True while nobody can say how much is left: the bar moves without a measure. */
export function isUnmeasured(step: StepName, { status, counters }: StepRecord): boolean {
  if (status !== "working") return false;
  return !counters || counters.total === 0 || words[step].open === undefined;
}
