import { formFields, type OrderField, type OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { emptyForm } from "@email-agent/shared/domain/form/orderForm.ts";

/** What the inputs of the form hold. Times are local, the interval is in minutes; both as typed. */
export interface FormValues extends Omit<OrderFields, "sendUntil" | "sendInterval" | "revision"> {
  /** `2026-11-25` and `18:00`, or blank. */
  readonly untilDate: string;
  readonly untilTime: string;
  readonly intervalMinutes: string;
  readonly revision: string;
}

const twoDigits = (number: number) => String(number).padStart(2, "0");

/** The stored fields as inputs show them, times in the zone of this browser. */
export function valuesOf({ sendUntil, sendInterval, revision, ...same }: OrderFields): FormValues {
  const until = typeof sendUntil === "string" ? new Date(sendUntil) : undefined;
  return {
    ...same,
    untilDate: until ? `${until.getFullYear()}-${twoDigits(until.getMonth() + 1)}-${twoDigits(until.getDate())}` : "",
    untilTime: until ? `${twoDigits(until.getHours())}:${twoDigits(until.getMinutes())}` : "",
    intervalMinutes: String(sendInterval / 60),
    revision: revision === null ? "" : String(revision),
  };
}

export const emptyValues: FormValues = valuesOf(emptyForm);

/** The fields as the server takes them; text that is not a number becomes 0, which no rule accepts. */
export function fieldsFrom(values: FormValues, zone: string): OrderFields {
  const { untilDate, untilTime, intervalMinutes, revision, ...same } = values;
  return {
    ...same,
    sendUntil: untilDate === "" && untilTime === "" ? null : { local: `${untilDate}T${untilTime}`, zone },
    sendInterval: Math.round(numberFrom(intervalMinutes) * 60),
    revision: revision.trim() === "" ? null : numberFrom(revision),
  };
}

function numberFrom(text: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text.trim().replace(",", "."));
  return Number.isFinite(number) ? number : 0;
}

/** The inputs of a field; most have one of their own name. */
const inputsElsewhere: { readonly [F in OrderField]?: readonly (keyof FormValues)[] } = {
  sendUntil: ["untilDate", "untilTime"],
  sendInterval: ["intervalMinutes"],
};
function inputsOf(field: OrderField): readonly (keyof FormValues)[] {
  return inputsElsewhere[field] ?? [field as keyof FormValues];
}

/** The fields whose inputs differ from `base`: what a save sends. */
export function patchOf(values: FormValues, base: FormValues, zone: string): Partial<OrderFields> {
  const whole = fieldsFrom(values, zone);
  const changed = formFields.filter((name) => inputsOf(name).some((input) => !isSame(values[input], base[input])));
  return Object.fromEntries(changed.map((name) => [name, whole[name]])) as Partial<OrderFields>;
}

/**
 * Three-way merge of the form with a newer state of its order: what was typed stays, the rest follows the order.
 * `conflicts` are fields that changed in both.
 */
export function rebased(
  values: FormValues,
  base: FormValues,
  newer: FormValues,
): { readonly values: FormValues; readonly conflicts: readonly OrderField[] } {
  const names = Object.keys(values) as (keyof FormValues)[];
  const typed = names.filter((name) => !isSame(values[name], base[name]));
  const conflicts = formFields.filter((field) =>
    inputsOf(field).some((name) => isContested(values[name], base[name], newer[name])),
  );
  const kept = Object.fromEntries(typed.map((name) => [name, mergedValue(values[name], base[name], newer[name])]));
  return { values: { ...newer, ...kept }, conflicts };
}

/** Both sides changed it, to different values. */
function isContested(value: unknown, base: unknown, newer: unknown): boolean {
  if (isTexts(value) && isTexts(base) && isTexts(newer))
    return Object.keys(value).some((code) => isContested(value[code], base[code], newer[code]));
  return !isSame(value, base) && !isSame(base, newer) && !isSame(value, newer);
}

/** Of texts per language only those that were typed are kept. */
function mergedValue(value: unknown, base: unknown, newer: unknown): unknown {
  if (!isTexts(value) || !isTexts(base) || !isTexts(newer)) return value;
  const typed = Object.entries(value).filter(([code, text]) => text !== base[code]);
  return { ...newer, ...Object.fromEntries(typed) };
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSame(one: unknown, other: unknown): boolean {
  if (isTexts(one) && isTexts(other)) {
    const codes = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...codes].every((code) => isSame(one[code] ?? "", other[code] ?? ""));
  }
  return JSON.stringify(one) === JSON.stringify(other);
}
