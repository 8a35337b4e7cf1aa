import type { WorkOrder } from "../workOrder.ts";
import type { FieldRow } from "./fieldRow.ts";
import {
  formFields,
  type InheritedField,
  inheritedFields,
  type OrderField,
  type OrderFields,
  rowOf,
  type SleepingField,
  sleepingFields,
} from "./orderFields.ts";

/** The form of an order that is not there yet. */
export const emptyForm: OrderFields = Object.freeze(
  Object.fromEntries(formFields.map((name) => [name, emptyOf(name)])),
) as unknown as OrderFields;

function emptyOf(name: OrderField): unknown {
  const row: FieldRow = rowOf(name);
  return row.kind === "derived" ? undefined : row.empty;
}

type Editable = Pick<WorkOrder, OrderField | "zoomLink">;

/** What the form of an order shows: the fields as they are stored, and a Zoom link in place of the id read from it. */
export function fieldsOf(order: Editable): OrderFields {
  const stored = formFields.map((name) => [name, order[name] ?? emptyForm[name]]);
  return { ...Object.fromEntries(stored), ...(order.zoomLink !== undefined && { zoomId: order.zoomLink }) };
}

/**
 * The form of an order after a patch. A stage that wants registration links wants them by default, so the switch is on
 * again where only the stage changes.
 */
export function patchedFields(order: Editable, patch: Partial<OrderFields>): OrderFields {
  const before = fieldsOf(order);
  const staysInStage = patch.stage === undefined || patch.stage === order.stage;
  return { ...before, ...(!staysInStage && { regLinkPresent: true }), ...patch };
}

/** The part of a form that may change while Send sleeps. */
export function onlySleeping(fields: OrderFields): Pick<OrderFields, SleepingField> {
  return picked(fields, sleepingFields);
}

/** What other orders inherit from their parent. */
export function inheritedFrom(parent: WorkOrder): Pick<WorkOrder, InheritedField> {
  return picked(parent, inheritedFields);
}

function picked<Whole, Name extends keyof Whole>(whole: Whole, names: readonly Name[]): Pick<Whole, Name> {
  return Object.fromEntries(names.map((name) => [name, whole[name]])) as Pick<Whole, Name>;
}
