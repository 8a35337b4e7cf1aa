import { counted } from "../numberWords.ts";
import type { WorkOrder } from "../workOrder.ts";
import type { OrderField, OrderFields } from "./orderFields.ts";
import { fieldsOf } from "./orderForm.ts";

/** What a copy of an order may take over. */
export interface CopyRules {
  /** Whether orders of this event may have the tester. */
  readonly isTester: (id: string, eventCode: string) => boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The form of a copy, and a sentence for everything that is not taken over. */
interface OrderCopy {
  readonly fields: OrderFields;
  readonly left: readonly string[];
}

/**
 * The settings of an order for another event, part or stage. Content, steps and ledger are no settings; a meeting, a
 * revision and an end that has passed belong to the first order and are left out.
 */
export function orderCopy(
  order: Pick<WorkOrder, OrderField | "zoomLink">,
  place: Partial<Pick<OrderFields, "eventCode" | "subEvent" | "stage">>,
  { isTester, now }: CopyRules,
): OrderCopy {
  const whole = { ...fieldsOf(order), ...place };
  const testers = whole.testers.filter((id) => isTester(id, whole.eventCode));
  const gone = whole.testers.length - testers.length;
  // Not by time.ts: pages load this module, and its schemas would bring zod along, 30 kB.
  const isOver = whole.sendContinuously && (order.sendUntil === undefined || Date.parse(order.sendUntil) <= now);
  const left = [
    order.zoomId !== undefined && "The Zoom ID is not copied: it leads to the meeting of the other work order.",
    order.revision !== undefined && "The revision is not copied: no one has received this mailing yet.",
    isOver && "Continuous sending is switched off: its end has passed.",
    gone > 0 &&
      `${counted(gone, "tester is", "testers are")} not copied: removed meanwhile, or typed for another event.`,
  ];
  return {
    fields: {
      ...whole,
      testers,
      zoomId: "",
      revision: null,
      ...((isOver || !whole.sendContinuously) && { sendContinuously: false, sendUntil: null }),
    },
    left: left.filter((sentence) => sentence !== false),
  };
}

/** The languages whose subject or preview text names one of `words`, such as the code or the name of the event it is copied from. */
export function languagesNaming(
  { subjects, previewTexts }: Pick<OrderFields, "subjects" | "previewTexts">,
  words: readonly string[],
): string[] {
  const wanted = words.map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  const names = (text: string | undefined) => wanted.some((word) => text?.toLowerCase().includes(word));
  const codes = new Set([...Object.keys(subjects), ...Object.keys(previewTexts)]);
  return [...codes].filter((code) => names(subjects[code]) || names(previewTexts[code])).sort();
}
