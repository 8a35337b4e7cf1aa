import type { OrderSetting, WorkOrder } from "../workOrder.ts";
import type { EnteredValues, FieldKind, FieldRow, Resets } from "./fieldRow.ts";

/**
 * The table of order fields: one row for everything a user sets on an order, in the order of the form. Lists of fields
 * (patches, resets, edits while Send sleeps, inheritance, titles) are derived from it.
 */
const table = {
  eventCode: { title: "event", kind: "name", empty: "", resets: "every step", inMailingKey: true },
  subEvent: { title: "sub-event", kind: "name", empty: "", resets: "every step", inMailingKey: true },
  stage: { title: "stage", kind: "name", empty: "", resets: "every step", inMailingKey: true },
  /** Copied from the event at each save. */
  inPerson: { title: "in-person setting of the event", kind: "derived", resets: "steps with content" },
  /** Codes in the order of processing. */
  languages: { title: "languages", kind: "names", empty: [], resets: "every step", inherited: true },
  /** Follows from the stage. */
  parentOrderId: { title: "parent order", kind: "derived", resets: "every step" },
  subjects: {
    title: "subjects",
    label: "Subject",
    kind: "texts",
    empty: {},
    resets: "steps with content",
    inherited: true,
  },
  previewTexts: {
    title: "preview texts",
    label: "Preview text",
    kind: "texts",
    empty: {},
    resets: "steps with content",
    inherited: true,
  },
  account: { title: "account", kind: "name", empty: "", resets: "steps that mail" },
  /** In the form an id or a pasted link. */
  zoomId: { title: "Zoom ID", kind: "text", empty: "", resets: "steps with content" },
  /** The link `zoomId` was read from. It may hold the password of the meeting, and `zoomId` says what it leads to. */
  zoomLink: { title: "Zoom link", kind: "derived", resets: "nothing", whileSleeping: false, secret: true },
  salutationByName: { title: "salutation by name", kind: "switch", empty: true, resets: "steps with content" },
  regLinkPresent: {
    title: "registration link",
    label: "Registration link present",
    kind: "switch",
    empty: true,
    resets: "steps with content",
  },
  /** Participant ids. */
  testers: { title: "testers", kind: "names", empty: [], resets: "nothing", whileSleeping: true },
  sendContinuously: {
    title: "continuous sending",
    kind: "switch",
    empty: false,
    resets: "nothing",
    whileSleeping: true,
  },
  sendUntil: { title: "send until", kind: "time", empty: null, resets: "nothing", whileSleeping: true },
  /** Seconds. */
  sendInterval: {
    title: "interval",
    label: "Again every",
    kind: "number",
    empty: 3600,
    resets: "nothing",
    whileSleeping: true,
  },
  /** Outside it no mail begins. */
  sendingWindow: { title: "sending window", kind: "window", empty: null, resets: "nothing", whileSleeping: true },
  /** What becomes of a scheduled start that was missed. */
  missedStart: {
    title: "missed start",
    label: "If a scheduled start is missed",
    kind: "name",
    empty: "ask",
    resets: "nothing",
    whileSleeping: true,
  },
  revision: { title: "revision", kind: "optional number", empty: null, resets: "every step", inMailingKey: true },
} as const satisfies Record<OrderSetting, FieldRow>;

type Rows = typeof table;
type FieldsWhere<Part> = { [F in OrderSetting]: Rows[F] extends Part ? F : never }[OrderSetting];

/** A field of the form; the other settings are derived at each save. */
export type OrderField = FieldsWhere<{ readonly kind: FieldKind }>;
type TextsField = FieldsWhere<{ readonly kind: "texts" }>;
export type SleepingField = OrderField & FieldsWhere<{ readonly whileSleeping: true }>;
export type InheritedField = OrderField & FieldsWhere<{ readonly inherited: true }>;

/** Settings that a step depends on, by what their change must reset: a setting that resets less does not compile. */
export type SettingsThatReset<Reset extends Resets, Names extends FieldsWhere<{ readonly resets: Reset }>> = Pick<
  WorkOrder,
  Names
>;

/** The form of an order as a browser sends it. Texts may be blank, lists empty: `judgeForm` says what is missing. */
export type OrderFields = { readonly [F in OrderField]: EnteredValues[Rows[F]["kind"]] };

export const orderFields: Readonly<Record<OrderSetting, FieldRow>> = table;
export const orderSettings = Object.keys(orderFields) as readonly OrderSetting[];
export const formFields = orderSettings.filter((name): name is OrderField => orderFields[name].kind !== "derived");
export const sleepingFields = formFields.filter(
  (name): name is SleepingField => orderFields[name].whileSleeping === true,
);
export const inheritedFields = formFields.filter(
  (name): name is InheritedField => orderFields[name].inherited === true,
);

/** The kind of a field that is entered. */
export function kindOf(name: OrderField): FieldKind {
  return table[name].kind;
}

export function isTextsField(name: OrderSetting): name is TextsField {
  return orderFields[name].kind === "texts";
}

/** The row of a field; undefined for fields of an order that no user sets. */
export function rowOf(field: OrderSetting): FieldRow;
export function rowOf(field: string): FieldRow | undefined;
export function rowOf(field: string): FieldRow | undefined {
  return Object.hasOwn(orderFields, field) ? orderFields[field as OrderSetting] : undefined;
}

/** What a field of an order is called in sentences; fields that no user sets have their name. */
export function fieldTitle(field: string): string {
  return rowOf(field)?.title ?? field;
}

/** What a field is called at its control. */
export function fieldLabel(field: OrderField): string {
  const { label, title } = rowOf(field);
  return label ?? `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
}
