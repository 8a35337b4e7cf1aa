import { busyStep } from "@email-agent/shared/domain/lifecycle/busyStep.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import {
  isKnownStatus,
  isStepName,
  type KnownStatus,
  type StepName,
  stepNames,
} from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";
import { statusWord } from "../shell/statusLooks.ts";
import { waitingNote } from "../shell/waitingWords.ts";

/** An order in the list: its most urgent status, the step it belongs to, and words for both. */
export interface OrderStatus {
  readonly status: string;
  readonly step: string;
  readonly words: string;
  /** Until when it waits, with the words before the time; only while it sleeps, or works with recipients waiting. */
  readonly waits?: { readonly words: string; readonly at: string };
  /** Deliveries that need attention: `61 failed, 12 in doubt`. */
  readonly trouble?: string;
}

/** The most urgent first. */
const urgent: readonly KnownStatus[] = ["working", "sleeping", "exception", "error", "interrupted"];

/**
 * What a later release keeps busy; Working, Sleeping, Exception, Error, Interrupted, in this order; else Sent, else the first
 * step that is not complete. Mails that failed or are in doubt are named beside it, whatever the status.
 */
export function orderStatus(order: Pick<Order, "steps">, now = Date.now()): OrderStatus {
  const trouble = troubleOf(order);
  return { ...statusOf(order, now), ...(trouble && { trouble }) };
}

/** True if an operator must act: a step broke, or mails failed or are in doubt. */
export function needsAttention(order: Pick<Order, "steps">): boolean {
  const { status, trouble } = orderStatus(order);
  return status === "error" || status === "exception" || trouble !== undefined;
}

function troubleOf({ steps }: Pick<Order, "steps">): string | undefined {
  const { status, counters } = steps.Send;
  if (!counters || status === "ready") return undefined;
  const { failed, inDoubt } = counters;
  const parts = [failed > 0 && `${count(failed)} failed`, inDoubt > 0 && `${count(inDoubt)} in doubt`].filter(Boolean);
  return parts.length > 0 ? parts.join(", ") : undefined;
}

function statusOf(order: Pick<Order, "steps">, now: number): OrderStatus {
  const later = busyStep(order, ({ name, status }) => !isStepName(name) || !isKnownStatus(status));
  if (later) return { status: later.status, step: later.name, words: `${statusWord(later.status)}: ${later.name}` };
  for (const status of urgent) {
    const step = stepNames.find((name) => order.steps[name].status === status);
    if (!step) continue;
    const { nextRunAt, waiting } = order.steps[step];
    const wakes = nextRunAt && { words: "wakes", at: nextRunAt };
    const waits = status === "sleeping" ? wakes : status === "working" && waitingNote(waiting, now);
    return { status, step, words: `${statusWord(status)}: ${step}`, ...(waits && { waits }) };
  }
  const next = stepNames.find((name) => order.steps[name].status !== "complete");
  if (!next) return { status: "complete", step: stepNames.at(-1) as StepName, words: "Sent" };
  return { status: "ready", step: next, words: `Next: ${next}` };
}
