import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { InvalidRecordReport } from "@email-agent/shared/domain/recipients/invalidRecords.ts";
import type { Detail } from "@email-agent/shared/domain/workOrder.ts";
import type { Progress, StepResult } from "@email-agent/shared/run/stepRun.ts";
import { alreadyReceived, countersOf, languageCounters, type Tally } from "./tally.ts";

/** Tallies by language code, in the order of the languages. */
type Tallies = ReadonlyMap<string, Tally>;

/** What Count reports while it reads. */
export function progressOf(tallies: Tallies, read: number): Progress {
  return { message: `${count(read)} participants read`, ...numbers(tallies) };
}

/**
 * How Count ends: the numbers, three groups of `LANG: n`, and a sentence if no one would be mailed. Too many invalid
 * records make it an error.
 */
export function countResult(
  tallies: Tallies,
  read: number,
  warnings: readonly Detail[],
  shared: readonly Detail[],
  invalid: InvalidRecordReport,
): StepResult {
  const groups = [
    `Already received – ${perLanguage(tallies, alreadyReceived)}`,
    `will send – ${perLanguage(tallies, (tally) => tally.willSend)}`,
    `total – ${perLanguage(tallies, (tally) => alreadyReceived(tally) + tally.willSend)}`,
  ];
  const remarks = [
    ...(read === 0 ? ["There are no participants at all."] : []),
    ...(read > 0 && countersOf(tallies.values()).sent === 0 ? ["No one would receive this mailing now."] : []),
    ...warnings.map(({ text }) => text),
    ...shared.slice(0, 1).map(({ text }) => text),
    ...(invalid.remark !== undefined ? [invalid.remark] : []),
  ];
  return {
    kind: invalid.isError ? "error" : "complete",
    message: [`${groups.join("; ")}.`, ...remarks].join(" "),
    ...numbers(tallies),
    details: [...warnings, ...invalid.details, ...shared],
  };
}

function numbers(tallies: Tallies) {
  return {
    counters: countersOf(tallies.values()),
    languages: Object.fromEntries([...tallies].map(([code, tally]) => [code, languageCounters(tally)])),
  };
}

function perLanguage(tallies: Tallies, number: (tally: Tally) => number): string {
  return [...tallies].map(([code, tally]) => `${code}: ${count(number(tally))}`).join(", ");
}
