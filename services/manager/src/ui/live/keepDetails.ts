import { stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";

/**
 * Lists and large messages omit the `details` of steps (QA findings), messages also their numbers (`findings`). What
 * `order` lacks of a step and `other` has from the same run in the same state is copied. Returns the same object if there
 * is nothing to copy.
 */
export function keepDetails(order: Order, other: Order): Order {
  const kept = stepNames.flatMap((name) => {
    const step = order.steps[name];
    const before = other.steps[name];
    const lacks = (field: string) => step[field] === undefined && before[field] !== undefined;
    if (!isSameRun(step, before) || !(lacks("details") || lacks("findings"))) return [];
    const { details = before.details, findings = before["findings"] } = step;
    return [[name, { ...step, ...(details && { details }), ...(findings !== undefined && { findings }) }] as const];
  });
  return kept.length === 0 ? order : { ...order, steps: { ...order.steps, ...Object.fromEntries(kept) } };
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
