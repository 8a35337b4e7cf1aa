import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Order } from "../../api/orders.ts";

/** What of an order goes to a browser: never the command, never the token of the edit lease (who has it may save). */
export function shownOrder(order: WorkOrder, details: "with details" | "without details"): Order {
  const { command: _, editLease, ...shown } = order;
  const lease = editLease && { userId: editLease.userId, expiresAt: editLease.expiresAt };
  const steps = details === "with details" ? order.steps : withoutDetails(order.steps);
  return { ...shown, steps, ...(lease && { editLease: lease }) };
}

function withoutDetails(steps: WorkOrder["steps"]): WorkOrder["steps"] {
  const entries = Object.entries(steps).map(([name, { details: _, ...step }]) => [name, step] as const);
  return Object.fromEntries(entries) as WorkOrder["steps"];
}
