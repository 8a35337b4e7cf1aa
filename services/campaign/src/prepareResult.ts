import { type Counters, type Detail, detailsLimit, zeroCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { StepResult } from "@email-agent/shared/run/stepRun.ts";
import type { Published } from "./publish.ts";

const shownInMessage = 3;

/** How Prepare ends when the content may not be mailed: nothing is published, and every finding is listed. */
export function failedResult(findings: readonly Detail[], remarks: readonly string[]): StepResult {
  const errors = findings.filter(({ severity }) => severity === "error");
  const languages = [...new Set(errors.map(({ language }) => language))].join(", ");
  const first = errors.slice(0, shownInMessage).map(findingWords).join(" ");
  const more = errors.length > shownInMessage ? ` And ${errors.length - shownInMessage} more.` : "";
  return {
    kind: "error",
    message: [
      `The content of ${languages} has ${amount(errors.length, "error")}; nothing was published.`,
      `${first}${more}`,
      ...limited(findings),
      ...remarks,
    ].join(" "),
    details: findings.slice(0, detailsLimit),
  };
}

/** How Prepare ends when everything is published. */
export function publishedResult(
  published: Published,
  findings: readonly Detail[],
  remarks: readonly string[],
): StepResult {
  const languages = Object.keys(published);
  const warnings = findings.length > 0 ? ` with ${amount(findings.length, "warning")}` : "";
  return {
    kind: "complete",
    message: [`Published ${languages.join(", ")}${warnings}.`, ...limited(findings), ...remarks].join(" "),
    counters: publishedCounters(languages.length),
    languages: Object.fromEntries(languages.map((language) => [language, publishedCounters(1)])),
    details: findings.slice(0, detailsLimit),
    prepared: published,
  };
}

function publishedCounters(number: number): Counters {
  return { ...zeroCounters, total: number, sent: number };
}

function findingWords({ language, rule, line, column, text }: Detail): string {
  const place = line === undefined ? "" : `, line ${line}${column === undefined ? "" : `, column ${column}`}`;
  return `${language} ${rule}${place}: ${text}`;
}

function limited(findings: readonly Detail[]): string[] {
  return findings.length > detailsLimit
    ? [`Only the first ${detailsLimit} of ${findings.length} findings are listed.`]
    : [];
}

function amount(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
