import { isKnownStatus, type KnownStatus } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { RecipientStatus } from "../../api/recipients.ts";

/** How a badge looks: sign and word say the status, and `tone` colours them, for colour never speaks alone. */
export interface Look {
  readonly word: string;
  readonly sign: string;
  readonly tone: "good" | "bad" | "doubt" | "wait" | "sleep" | "quiet";
}

/** The badge of each status of a step. */
export const statusLooks: Readonly<Record<KnownStatus, Look>> = {
  ready: { word: "Ready", sign: "○", tone: "quiet" },
  working: { word: "Working", sign: "▶", tone: "wait" },
  complete: { word: "Complete", sign: "✓", tone: "good" },
  error: { word: "Error", sign: "✕", tone: "bad" },
  interrupted: { word: "Interrupted", sign: "Ⅱ", tone: "doubt" },
  exception: { word: "Exception", sign: "!", tone: "bad" },
  sleeping: { word: "Sleeping", sign: "☾", tone: "sleep" },
};

/** The badge of a status that a later release wrote. */
export const unknownLook: Look = { word: "Unknown", sign: "?", tone: "doubt" };

export function lookOf(status: string): Look {
  return isKnownStatus(status) ? statusLooks[status] : unknownLook;
}

/** The word for a status, as its badge has it. */
export function statusWord(status: string): string {
  return lookOf(status).word;
}

/** The word for the status of a step: a sleep before a scheduled start has a word of its own. */
export function stepWord({ status, scheduled }: Pick<StepRecord, "status" | "scheduled">): string {
  return scheduled && status === "sleeping" ? "Scheduled" : statusWord(status);
}

/** The badge of each status of a mail or person in the lists of recipients. */
export const recipientLooks: Readonly<Record<RecipientStatus, Look>> = {
  sent: { word: "Sent", sign: "✓", tone: "good" },
  failed: { word: "Failed", sign: "✕", tone: "bad" },
  "in-doubt": { word: "In doubt", sign: "?", tone: "doubt" },
  deferred: { word: "Waiting", sign: "↻", tone: "wait" },
  sending: { word: "Sending", sign: "▶", tone: "wait" },
  ok: { word: "Would be sent", sign: "✓", tone: "good" },
  error: { word: "Cannot be rendered", sign: "✕", tone: "bad" },
  skipped: { word: "Skipped", sign: "–", tone: "quiet" },
  "bounced-hard": { word: "Bounced, hard", sign: "↩", tone: "bad" },
  "bounced-soft": { word: "Bounced, soft", sign: "↩", tone: "doubt" },
  complained: { word: "Complained", sign: "!", tone: "bad" },
};
