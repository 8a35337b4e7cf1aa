import { busyStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import {
  isKnownStatus,
  isStepName,
  type KnownStatus,
  type StepName,
  stepNames,
} from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import { findingNumbers } from "../order/findings.ts";
import type { MomentStyle } from "../shell/momentText.ts";
import { statusWord, stepWord } from "../shell/statusLooks.ts";
import { waitingNote } from "../shell/waitingWords.ts";

/** An order in the list: its most urgent status, the step it belongs to, and words for both. */
export interface OrderStatus {
  readonly status: string;
  readonly step: string;
  readonly words: string;
  /** Until when it waits, with the words before the time; only while it sleeps, or works with recipients waiting. */
  readonly waits?: { readonly words: string; readonly at: string; readonly style?: MomentStyle };
  /** What needs attention: `61 failed, 12 in doubt`, or `Prepare: 3 errors` of its findings. */
  readonly trouble?: string;
  /** Findings that keep nothing from going on: `Prepare: 4 warnings`. Not once it is sent. */
  readonly warnings?: string;
}

/** The most urgent first. */
const urgent: readonly KnownStatus[] = ["working", "sleeping", "exception", "error", "interrupted"];

/**
 * What a later release keeps busy; Working, Sleeping, Exception, Error, Interrupted, in this order; else Sent, else the first
 * step that is not complete. Mails that failed or are in doubt are named beside it, whatever the status.
 */
export function orderStatus(order: Pick<Order, "steps">, now = Date.now()): OrderStatus {
  const trouble = [deliveryTrouble(order), ...findingWords(order, "error")].filter(Boolean).join("; ");
  const shown = statusOf(order, now);
  const warnings = shown.status === "complete" ? "" : findingWords(order, "warning").join("; ");
  return { ...shown, ...(trouble && { trouble }), ...(warnings && { warnings }) };
}

/** For sorting, the most urgent lowest: trouble first, then by status in the order of `urgent`, the sent ones last. */
export function urgency(order: Pick<Order, "steps">): number {
  const { status, step } = orderStatus(order);
  if (needsAttention(order)) return 0;
  if (status === "complete") return 100;
  const place = (urgent as readonly string[]).indexOf(status);
  // Of those that are ready, the furthest comes first.
  return place >= 0 ? 1 + place : 50 - (stepNames as readonly string[]).indexOf(step);
}

/** True if an operator must act: a step broke, or mails failed or are in doubt. */
export function needsAttention(order: Pick<Order, "steps">): boolean {
  const { status, trouble } = orderStatus(order);
  return status === "error" || status === "exception" || trouble !== undefined;
}

function deliveryTrouble({ steps }: Pick<Order, "steps">): string | undefined {
  const { status, counters } = steps.Send;
  if (!counters || status === "ready") return undefined;
  const { failed, inDoubt } = counters;
  const parts = [failed > 0 && `${count(failed)} failed`, inDoubt > 0 && `${count(inDoubt)} in doubt`].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : undefined;
}

/** `Prepare: 3 errors`, for each step with findings of its last run. */
function findingWords({ steps }: Pick<Order, "steps">, severity: "error" | "warning"): string[] {
  return stepNames.flatMap((name) => {
    const findings = findingNumbers(steps[name])?.[severity] ?? 0;
    return findings > 0 ? [`${name}: ${counted(findings, severity, `${severity}s`)}`] : [];
  });
}

function wakeWords(at: string, isScheduled: boolean): OrderStatus["waits"] {
  return isScheduled ? { words: "sends on", at, style: "start" } : { words: "wakes", at };
}

function statusOf(order: Pick<Order, "steps">, now: number): OrderStatus {
  const later = busyStep(order, ({ name, status }) => !isStepName(name) || !isKnownStatus(status));
  if (later) return { status: later.status, step: later.name, words: `${statusWord(later.status)}: ${later.name}` };
  for (const status of urgent) {
    const step = stepNames.find((name) => order.steps[name].status === status);
    if (!step) continue;
    const { nextRunAt, waiting, scheduled } = order.steps[step];
    const wakes = nextRunAt && wakeWords(nextRunAt, scheduled !== undefined);
    const waits = status === "sleeping" ? wakes : status === "working" && waitingNote(waiting, now);
    return { status, step, words: `${stepWord(order.steps[step])}: ${step}`, ...(waits && { waits }) };
  }
  const next = stepNames.find((name) => order.steps[name].status !== "complete");
  if (!next) return { status: "complete", step: stepNames.at(-1) as StepName, words: "Sent" };
  return { status: "ready", step: next, words: `Next: ${next}` };
}
