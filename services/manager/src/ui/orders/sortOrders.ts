import type { Order } from "../../api/orders.ts";
import { orderReach } from "./orderReach.ts";
import { urgency } from "./orderStatus.ts";
import type { MailingNames } from "./useOptions.ts";

/** What the value of a column is taken from. */
interface Names {
  readonly namesOf: (order: Order) => MailingNames;
  /** Name of a user. */
  readonly nameOf: (userId: string) => string;
}

type Key = string | number | undefined;

/** The columns of the list that can be sorted, in their order; what sorts each, lowest first. */
export const sortColumns = {
  status: { label: "Status", key: (order) => urgency(order) },
  event: { label: "Event", key: ({ eventCode }) => eventCode },
  subEvent: { label: "Sub-event", key: ({ subEvent }) => subEvent },
  stage: { label: "Stage", key: ({ stage }) => stage },
  subject: { label: "Subject", key: (order) => subjectOf(order) },
  reached: { label: "Reached", key: (order) => shareReached(order) },
  languages: { label: "Languages", key: ({ languages }) => languages.join(" ") },
  account: { label: "Account", key: ({ account }) => account },
  place: { label: "Zoom / Type", key: ({ inPerson, zoomId }) => (inPerson ? "In-Person" : zoomId) },
  creator: { label: "Created by", key: ({ createdBy }, { nameOf }) => nameOf(createdBy) },
  updated: { label: "Updated", key: ({ updatedAt }) => updatedAt },
} as const satisfies Record<string, { label: string; key: (order: Order, names: Names) => Key }>;
type SortColumn = keyof typeof sortColumns;
export const sortNames = Object.keys(sortColumns) as readonly SortColumn[];

/** `ascending` as aria-sort has it. */
export interface Sort {
  readonly column: SortColumn;
  readonly direction: "ascending" | "descending";
}

/** By event, sub-event and stage. */
export const usualSort: Sort = { column: "event", direction: "ascending" };

/** The subject in the first language, which is that of the order's first mails. */
export function subjectOf({ languages, subjects }: Pick<Order, "languages" | "subjects">): string | undefined {
  return subjects[languages[0] ?? ""] || undefined;
}

function shareReached(order: Order): number | undefined {
  const reach = orderReach(order);
  return reach && (reach.eligible === 0 ? 0 : reach.reached / reach.eligible);
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** A copy in the wanted order. What has no value comes last in both directions; equal ones by event, sub-event and stage. */
export function sortOrders(orders: readonly Order[], { column, direction }: Sort, names: Names): Order[] {
  const { key }: { key: (order: Order, names: Names) => Key } = sortColumns[column];
  const sign = direction === "ascending" ? 1 : -1;
  return orders
    .map((order) => ({ order, key: key(order, names) }))
    .sort((one, other) => compareKeys(one.key, other.key, sign) || byKey(one.order, other.order))
    .map(({ order }) => order);
}

function compareKeys(one: Key, other: Key, sign: number): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  if (typeof one === "number" && typeof other === "number") return sign * (one - other);
  return sign * compareTexts(String(one), String(other));
}

/** The same text, the usual case in a column of codes, costs no collation. */
function compareTexts(one: string, other: string): number {
  return one === other ? 0 : collator.compare(one, other);
}

function byKey(one: Order, other: Order): number {
  return (
    compareTexts(one.eventCode, other.eventCode) ||
    compareTexts(one.subEvent, other.subEvent) ||
    compareTexts(one.stage, other.stage) ||
    compareTexts(one.id, other.id)
  );
}
