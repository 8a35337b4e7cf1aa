import type { Settings } from "../configItems.ts";
import type { WorkOrder } from "../workOrder.ts";

/**
 * How many mails a Send would send, as the last Dry-Run counted them: the sum of its `sent` over the enabled languages, 0
 * without one. This is the number the go/no-go shows and the one a large Send is confirmed with; both take it from here.
 */
export function sendSize(order: Pick<WorkOrder, "languages" | "steps">): number {
  const counted = order.steps["Dry-Run"].languages ?? {};
  return order.languages.reduce((sum, code) => sum + (counted[code]?.sent ?? 0), 0);
}

/** True if so large a Send is started only with its number typed. */
export function isNumberAsked(
  order: Pick<WorkOrder, "languages" | "steps">,
  { confirmSendAbove }: Pick<Settings, "confirmSendAbove">,
): boolean {
  return sendSize(order) > confirmSendAbove;
}
