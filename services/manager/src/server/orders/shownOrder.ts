import type { User } from "@email-agent/shared/domain/configItems.ts";
import { seesAllEvents } from "@email-agent/shared/domain/connection.ts";
import { withoutParticipant } from "@email-agent/shared/domain/recipients/invalidRecords.ts";
import type { Detail, StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { FindingNumbers, Order } from "../../api/orders.ts";

/**
 * The part of an order that a browser gets: never the command, never the token of the edit lease (its holder may save),
 * and ids of people with broken records only for users who may see everyone.
 */
export function shownOrder(
  order: WorkOrder,
  user: Pick<User, "eventAccess">,
  details: "with details" | "without details",
): Order {
  const { command: _, editLease, ...shown } = order;
  const lease = editLease && { userId: editLease.userId, expiresAt: editLease.expiresAt };
  const steps = Object.entries(order.steps).map(([name, step]) => [name, shownStep(step, user, details)] as const);
  return {
    ...shown,
    steps: Object.fromEntries(steps) as WorkOrder["steps"],
    ...(lease && { editLease: lease }),
  };
}

function shownStep(step: StepRecord, user: Pick<User, "eventAccess">, shown: string): StepRecord {
  const { details, ...rest } = step;
  if (!details) return rest;
  if (shown === "without details") return details.length > 0 ? { ...rest, findings: numbersOf(details) } : rest;
  return seesAllEvents(user) ? step : { ...rest, details: details.map(withoutParticipant) };
}

function numbersOf(details: readonly Detail[]): FindingNumbers {
  const error = details.filter(({ severity }) => severity === "error").length;
  return { error, warning: details.length - error };
}
