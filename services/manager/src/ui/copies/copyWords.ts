import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { CopyOutcome, CopyRow } from "../../api/copies.ts";
import type { Look } from "../shell/statusLooks.ts";

/** The badge of each outcome. */
export const outcomeLooks: Readonly<Record<CopyOutcome, Look>> = {
  creates: { word: "Is created", sign: "+", tone: "wait" },
  created: { word: "Created", sign: "✓", tone: "good" },
  exists: { word: "There already", sign: "=", tone: "quiet" },
  unfit: { word: "Does not fit", sign: "✕", tone: "bad" },
  left: { word: "Left out", sign: "–", tone: "quiet" },
};

const words: Readonly<Record<CopyOutcome, string>> = {
  creates: "to create",
  created: "created",
  exists: "there already",
  unfit: "that does not fit",
  left: "left out",
};

export function numberOf(rows: readonly CopyRow[], outcome: CopyOutcome): number {
  return rows.filter((row) => row.outcome === outcome).length;
}

/** `5 created, 2 there already, 1 that does not fit.` */
export function copyWords(rows: readonly CopyRow[]): string {
  if (rows.length === 0) return "The event has no work orders.";
  const parts = (Object.keys(words) as CopyOutcome[])
    .map((outcome) => [numberOf(rows, outcome), words[outcome]] as const)
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${count(number)} ${word}`);
  return `${parts.join(", ")}.`;
}
