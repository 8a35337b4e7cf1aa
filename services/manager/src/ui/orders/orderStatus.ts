import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";
import { waitingNote } from "../shell/waitingWords.ts";

/** What the list says of an order: its most telling status, the step it belongs to, and words for both. */
export interface OrderStatus {
  readonly status: StepStatus;
  readonly step: StepName;
  readonly words: string;
  /** Until when it waits, with the words before the time; only while it sleeps, or works and somebody waits. */
  readonly waits?: { readonly words: string; readonly at: string };
}

/** From the most urgent: who works, who waits, what failed. */
const telling: readonly StepStatus[] = ["working", "sleeping", "exception", "error", "interrupted"];
const wordOf: Partial<Record<StepStatus, string>> = {
  working: "Working",
  sleeping: "Sleeping",
  exception: "Exception",
  error: "Error",
  interrupted: "Interrupted",
};

/** Working, Sleeping, Exception, Error, Interrupted, in this order; else Sent, else the first step that is not complete. */
export function orderStatus(order: Pick<Order, "steps">, now = Date.now()): OrderStatus {
  for (const status of telling) {
    const step = stepNames.find((name) => order.steps[name].status === status);
    if (!step) continue;
    const { nextRunAt, waiting } = order.steps[step];
    const wakes = nextRunAt && { words: "wakes", at: nextRunAt };
    const waits = status === "sleeping" ? wakes : status === "working" && waitingNote(waiting, now);
    return { status, step, words: `${wordOf[status]}: ${step}`, ...(waits && { waits }) };
  }
  const next = stepNames.find((name) => order.steps[name].status !== "complete");
  if (!next) return { status: "complete", step: "Send", words: "Sent" };
  return { status: "ready", step: next, words: `Next: ${next}` };
}
