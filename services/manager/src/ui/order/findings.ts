import type { Detail, StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { FindingNumbers } from "../../api/orders.ts";

/** Errors first, otherwise in the step's order. */
export function inOrderOfWeight(details: readonly Detail[]): Detail[] {
  const weight = ({ severity }: Detail) => (severity === "error" ? 0 : 1);
  return [...details].sort((one, other) => weight(one) - weight(other));
}

/** `12:7`, `12`, or nothing: line and column in the template, both from 1. */
export function placeOf({ line, column }: Detail): string {
  if (line === undefined) return "";
  return column === undefined ? `${line}` : `${line}:${column}`;
}

/** How many findings the last run of a step has; lists have the numbers in place of the findings. */
export function findingNumbers(step: StepRecord): FindingNumbers | undefined {
  const { status, details, findings } = step;
  if (status === "ready") return undefined;
  if (!details) return findings as FindingNumbers | undefined;
  const error = details.filter(({ severity }) => severity === "error").length;
  return { error, warning: details.length - error };
}
