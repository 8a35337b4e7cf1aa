import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import { type Look, Sign } from "./Sign.tsx";

const looks: Readonly<Record<StepStatus, Look>> = {
  ready: { word: "Ready", sign: "○", tone: "quiet" },
  working: { word: "Working", sign: "▶", tone: "wait" },
  complete: { word: "Complete", sign: "✓", tone: "good" },
  error: { word: "Error", sign: "✕", tone: "bad" },
  interrupted: { word: "Interrupted", sign: "Ⅱ", tone: "doubt" },
  exception: { word: "Exception", sign: "!", tone: "bad" },
  sleeping: { word: "Sleeping", sign: "☾", tone: "sleep" },
};

/** The status of a step. `word` replaces the standard word. */
export function StatusBadge({ status, word }: { readonly status: StepStatus; readonly word?: string }) {
  const look = looks[status];
  return <Sign look={word === undefined ? look : { ...look, word }} />;
}

/** The word for a status, as it stands in the badge. */
export function statusWord(status: StepStatus): string {
  return looks[status].word;
}
