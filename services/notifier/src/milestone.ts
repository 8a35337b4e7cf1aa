import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";

/**
 * What must reach the browser at once: the status of every step (terminal ones above all), the run behind it, and the
 * latest judgement. Two events of an order with equal milestones differ in progress or settings only.
 */
export function milestoneOf(event: StatusEvent): string {
  if (event.type === "work-order.deleted") return "deleted";
  const { steps, lastCommand } = event.order;
  const statuses = Object.entries(steps).map(([name, { status, runId }]) => [name, status, runId]);
  return JSON.stringify([statuses, lastCommand?.id]);
}
