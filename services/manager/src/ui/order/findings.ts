import type { Detail } from "@email-agent/shared/domain/workOrder.ts";

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
