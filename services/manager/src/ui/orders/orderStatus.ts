import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";

/** What the list says of an order: its most telling status, the step it belongs to, and words for both. */
export interface OrderStatus {
  readonly status: StepStatus;
  readonly step: StepName;
  readonly words: string;
  /** Only while sleeping. */
  readonly wakesAt?: string;
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
export function orderStatus(order: Pick<Order, "steps">): OrderStatus {
  for (const status of telling) {
    const step = stepNames.find((name) => order.steps[name].status === status);
    if (!step) continue;
    const wakesAt = order.steps[step].nextRunAt;
    return { status, step, words: `${wordOf[status]}: ${step}`, ...(status === "sleeping" && wakesAt && { wakesAt }) };
  }
  const next = stepNames.find((name) => order.steps[name].status !== "complete");
  if (!next) return { status: "complete", step: "Send", words: "Sent" };
  return { status: "ready", step: next, words: `Next: ${next}` };
}
