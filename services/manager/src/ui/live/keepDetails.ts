import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";

/**
 * Lists and large messages omit the `details` of steps (QA findings). Where `order` lacks those of a step and `other` has
 * them from the same run in the same state, they are copied. Returns the same object if there is nothing to copy.
 */
export function keepDetails(order: Order, other: Order): Order {
  const kept = stepNames.filter((name) => {
    const step = order.steps[name];
    const before = other.steps[name];
    return step.details === undefined && before.details !== undefined && isSameRun(step, before);
  });
  if (kept.length === 0) return order;
  const steps = { ...order.steps };
  for (const name of kept) steps[name] = { ...steps[name], details: other.steps[name].details };
  return { ...order, steps };
}

/** A reset keeps the run id but not the findings, so the status counts too; findings may change when a run ends. */
function isSameRun(one: StepRecord, other: StepRecord): boolean {
  return (
    one.status !== "ready" &&
    one.status === other.status &&
    one.runId === other.runId &&
    one.startedAt === other.startedAt &&
    one.endedAt === other.endedAt
  );
}
