import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";

/** What was sent of an order: the input of its rate limit. */
export interface SentStates {
  sentMilestone?: string;
  /** When the last messages went out, monotonic milliseconds, oldest first; 4 at most. */
  sentAt: number[];
}

export const perSecond = 4;
// Of the four messages in a second one is kept for a change of status, so that it never waits behind progress.
const perSecondProgress = perSecond - 1;
// A tenth longer than the second promised: what leaves evenly does not arrive evenly.
const windowMilliseconds = 1100;

/** Rate limit of one order, a sliding window: milliseconds until `event` may be sent. */
export function sendDelay({ sentMilestone, sentAt }: SentStates, event: StatusEvent, now: number): number {
  const recent = sentAt.filter((at) => at > now - windowMilliseconds);
  const last = recent.at(-1);
  if (last === undefined) return 0;
  const isUrgent = milestoneOf(event) !== sentMilestone;
  const limit = isUrgent ? perSecond : perSecondProgress;
  const delay = recent.length < limit ? 0 : (recent.at(-limit) as number) + windowMilliseconds - now;
  // Progress is spread over the second instead of leaving in bursts.
  return isUrgent ? delay : Math.max(delay, last + windowMilliseconds / perSecondProgress - now);
}

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
