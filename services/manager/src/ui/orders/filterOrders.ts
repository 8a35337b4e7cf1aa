import type { Order } from "../../api/orders.ts";
import { needsAttention, orderStatus } from "./orderStatus.ts";
import type { MailingNames } from "./useOptions.ts";

/** What an operator picks in the list's status filter. */
export const statusFilters = [
  { value: "working", label: "Working" },
  { value: "sleeping", label: "Sleeping" },
  { value: "scheduled", label: "Scheduled" },
  { value: "attention", label: "Needs attention" },
  { value: "trouble", label: "Error or Exception" },
  { value: "interrupted", label: "Interrupted" },
  { value: "complete", label: "Sent" },
  { value: "ready", label: "Not sent yet" },
] as const;
export type StatusFilter = (typeof statusFilters)[number]["value"];

interface Filter {
  readonly archived: boolean;
  readonly text: string;
  readonly status?: StatusFilter;
  /** Names shown beside the codes, which are searched too. */
  readonly namesOf?: (order: Order) => MailingNames;
}

/** The orders of the main list (or of the archive) that contain every word of `text` and have the wanted status. */
export function filterOrders(
  orders: readonly Order[],
  { archived, text, status, namesOf = () => ({}) }: Filter,
): Order[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  return orders
    .filter((order) => order.archived === archived && hasStatus(order, status))
    .filter((order) => {
      // Most of the time there is no text, and to fold that of a thousand orders takes longer than all the rest.
      if (words.length === 0) return true;
      const { event, stage } = namesOf(order);
      const content = folded([searchable(order), event, stage].join(" "));
      return words.every((word) => content.includes(word));
    });
}

function hasStatus(order: Order, wanted: StatusFilter | undefined): boolean {
  if (wanted === undefined) return true;
  if (wanted === "attention") return needsAttention(order);
  const isScheduled = order.steps.Send.scheduled !== undefined;
  if (wanted === "scheduled" || isScheduled) return isScheduled && wanted === "scheduled";
  const { status } = orderStatus(order);
  return wanted === "trouble" ? status === "error" || status === "exception" : status === wanted;
}

function searchable(order: Order): string {
  const { eventCode, subEvent, stage, account, languages, zoomId, createdBy, updatedBy, id } = order;
  const subjects = Object.values(order.subjects);
  return [eventCode, subEvent, stage, account, languages.join(" "), zoomId, createdBy, updatedBy, id, ...subjects].join(
    " ",
  );
}

/** Without case and accents, so that `jose` finds `José`. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
