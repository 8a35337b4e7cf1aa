import type { WorkOrder } from "../workOrder.ts";

/**
 * How many mails a Send would begin, over all enabled languages, as the last Dry-Run says; undefined while there is no
 * complete one. A person counts once per language.
 */
export function sendSize(order: Pick<WorkOrder, "languages" | "steps">): number | undefined {
  const { status, languages = {} } = order.steps["Dry-Run"];
  if (status !== "complete") return undefined;
  return order.languages.reduce((sum, code) => sum + (languages[code]?.sent ?? 0), 0);
}
