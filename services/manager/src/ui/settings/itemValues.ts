import type { Field } from "@email-agent/shared/domain/configuration/fields.ts";

export type Values = Readonly<Record<string, unknown>>;
type Named = Pick<Field, "name" | "fallback">;

/** What a form begins with: absent fields have their defaults, so that the form shows what counts. */
export function withDefaults(fields: readonly Named[], values: Values): Values {
  const filled = fields.map(({ name, fallback }) => [name, values[name] ?? fallback]);
  return { ...values, ...Object.fromEntries(filled.filter(([, value]) => value !== undefined && value !== null)) };
}

/** An empty value of a field that was just added. */
export function emptyOf(field: Field): unknown {
  if (field.fallback !== undefined) return field.fallback;
  switch (field.kind) {
    case "switch":
      return false;
    case "list":
      return [];
    case "map":
      return {};
    case "object":
      return Object.fromEntries(
        (field.fields ?? []).filter(({ required }) => required).map((inner) => [inner.name, emptyOf(inner)]),
      );
    case "choice":
      return field.choices?.[0] ?? "";
    default:
      return "";
  }
}

/** What goes to the server: numbers as numbers, fields left empty absent. A number that is none stays text, and the server says so. */
export function sentValues(fields: readonly Field[], values: Values): Values {
  const known = fields.map((field) => [field.name, sentValue(field, values[field.name])] as const);
  const names = new Set(fields.map(({ name }) => name));
  const others = Object.entries(values).filter(([name]) => !names.has(name));
  return Object.fromEntries([...others, ...known].filter(([, value]) => value !== undefined));
}

function sentValue(field: Field, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (value === "" && !field.required) return undefined;
  if (field.kind === "number" && typeof value === "string") {
    const number = Number(value.trim().replace(",", "."));
    return value.trim() === "" || Number.isNaN(number) ? value : number;
  }
  const { of, fields } = field;
  if (Array.isArray(value) && of?.whole) {
    // As people write them, and as the help of the field does: with commas, too.
    const written = value.flatMap((entry) => (typeof entry === "string" ? entry.split(/[\s,;]+/) : [entry]));
    return written.filter((entry) => entry !== "").map((entry) => sentValue({ ...of, required: true }, entry));
  }
  if (Array.isArray(value) && of) {
    const entries = value.map((entry) => sentValue({ ...of, required: true }, entry));
    return of.kind === "text" ? entries.filter((entry) => entry !== "") : entries;
  }
  if (typeof value !== "object" || value === null) return value;
  if (fields) return sentValues(fields, value as Values);
  if (!of) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, entry]) => [name, sentValue({ ...of, required: true }, entry)]),
  );
}

/** The value with another one at a path. */
export function withValue(value: unknown, [name, ...rest]: readonly string[], next: unknown): unknown {
  if (name === undefined) return next;
  if (Array.isArray(value))
    return value.map((entry, index) => (String(index) === name ? withValue(entry, rest, next) : entry));
  const inner = (value ?? {}) as Values;
  return { ...inner, [name]: withValue(inner[name], rest, next) };
}

/** JSON with sorted names and without what counts as absent: the table does not keep the order of a map. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === null || inner === "") return undefined;
    if (typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** The names of the fields that differ between two states of an item; an absent field has its default. */
export function changedNames(fields: readonly Named[], one: Values, other: Values): readonly string[] {
  const [before, after] = [withDefaults(fields, one), withDefaults(fields, other)];
  return fields.map(({ name }) => name).filter((name) => stable(before[name]) !== stable(after[name]));
}

/** A newer state with the entries that were made in an older one. */
export function mergedValues(fields: readonly Field[], older: Values, newer: Values, entries: Values): Values {
  const mine = new Set(changedNames(fields, older, entries));
  const names = fields.map(({ name }) => name).filter((name) => mine.has(name));
  return { ...newer, ...Object.fromEntries(names.map((name) => [name, entries[name]])) };
}

/** True if a secret was entered: a form sends those only. */
export function holdsSecret(fields: readonly Field[], sent: Values): boolean {
  return fields.some(({ name, kind, fields: inner = [] }) => {
    const value = sent[name];
    if (kind === "secret") return typeof value === "string" || value === null;
    return typeof value === "object" && value !== null && holdsSecret(inner, value as Values);
  });
}
