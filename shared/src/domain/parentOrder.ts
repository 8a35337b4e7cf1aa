import type { WorkOrder } from "./workOrder.ts";

type Part = Pick<WorkOrder, "eventCode" | "subEvent">;

/**
 * True if `parent` hands down languages, subjects and content to an order of `child`'s event and sub-event whose stage has
 * these parent stages. An order that was moved elsewhere is a mailing about something else, whoever inherited from it.
 */
export function isParentOf(
  parent: Part & Pick<WorkOrder, "stage">,
  child: Part,
  parentStages: readonly string[],
): boolean {
  return (
    parent.eventCode === child.eventCode && parent.subEvent === child.subEvent && parentStages.includes(parent.stage)
  );
}
