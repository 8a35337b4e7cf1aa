import type { WorkOrder } from "../workOrder.ts";
import { peopleLeft } from "./forecastPeople.ts";
import { isHeldUp, waitingAhead } from "./waiting.ts";

/** A Send that works this long without an outcome is stalled. */
export const stalledMilliseconds = 10 * 60_000;

type StallFacts = Pick<WorkOrder, "languages" | "steps">;

// Not that of workOrder.ts, which would bring the schemas to the browser.
const nothing = { sent: 0, failed: 0, skipped: 0, inDoubt: 0 };

/**
 * A value that changes whenever a Send makes progress. Undefined for an order whose Send does not work now, or waits on
 * purpose: for a pause of its account, the next slot of a slow rate limit, or recipients whose servers greylist.
 */
export function sendOutcomes(order: StallFacts, now: number): string | undefined {
  const { Send } = order.steps;
  if (Send.status !== "working") return undefined;
  const { retries, ...account } = waitingAhead(Send.waiting);
  // An attempt that is overdue is no reason to keep waiting.
  const ahead = retries && retries.nextAt > now ? { ...account, retries } : account;
  if (isHeldUp(ahead, peopleLeft(order), now)) return undefined;
  const { sent, failed, skipped, inDoubt } = Send.counters ?? nothing;
  return [Send.runId, sent, failed, skipped, inDoubt].join(" ");
}
