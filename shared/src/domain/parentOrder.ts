import type { WorkOrder } from "./workOrder.ts";

type Part = Pick<WorkOrder, "eventCode" | "subEvent">;

/**
 * True if an order of `child`'s event and sub-event, whose stage has these parent stages, inherits languages, subjects and
 * content from `parent`. A parent that was moved to another event or sub-event is no parent any more.
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
