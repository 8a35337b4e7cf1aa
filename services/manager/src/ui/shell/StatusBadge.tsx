import { isKnownStatus, type KnownStatus } from "@email-agent/shared/domain/steps.ts";
import { type Look, Sign } from "./Sign.tsx";

const looks: Readonly<Record<KnownStatus, Look>> = {
  ready: { word: "Ready", sign: "○", tone: "quiet" },
  working: { word: "Working", sign: "▶", tone: "wait" },
  complete: { word: "Complete", sign: "✓", tone: "good" },
  error: { word: "Error", sign: "✕", tone: "bad" },
  interrupted: { word: "Interrupted", sign: "Ⅱ", tone: "doubt" },
  exception: { word: "Exception", sign: "!", tone: "bad" },
  sleeping: { word: "Sleeping", sign: "☾", tone: "sleep" },
};
/** A status of a later release. */
const unknown: Look = { word: "Unknown", sign: "?", tone: "doubt" };

function lookOf(status: string): Look {
  return isKnownStatus(status) ? looks[status] : unknown;
}

/** The status of a step. `word` replaces the standard word. */
export function StatusBadge({ status, word }: { readonly status: string; readonly word?: string }) {
  const look = lookOf(status);
  return <Sign look={word === undefined ? look : { ...look, word }} />;
}

/** The word for a status, as it stands in the badge. */
export function statusWord(status: string): string {
  return lookOf(status).word;
}
