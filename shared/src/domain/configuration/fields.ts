import { type ConfigKind, type ItemSchema, kindOf } from "./kinds.ts";

/** JSON Schema (draft 2020-12), as far as the schemas of Config use it; from `title` on they come from `.meta()`. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly title?: string;
  readonly refersTo?: ConfigKind;
  /** Beside the names of items, `*` is allowed: all of them. */
  readonly orAll?: boolean;
  readonly secret?: boolean;
  readonly html?: boolean;
  /** The other field that may be entered in place of this one. */
  readonly orElse?: string;
  /** Set by a control of its own, not in the form of the item. */
  readonly elsewhere?: boolean;
  /** A text of several lines. */
  readonly lines?: boolean;
  /** A part of the form begins with this field and has this title. */
  readonly section?: string;
  /** What a number counts: "messages". */
  readonly unit?: string;
  /** Value → words, of a choice. Beside a reference: the values that name no item. */
  readonly words?: Readonly<Record<string, string>>;
  /** Usual values of a text that may be any. */
  readonly suggestions?: readonly string[];
  /** What follows from an empty field, for a warning at it. */
  readonly whenEmpty?: string;
  /** What it means that neither yes nor no is said. */
  readonly unset?: string;
}

/** What a value is. `list`: of `of`; `map`: names, each with a value `of`; `object`: `fields`. */
type FieldKind = "text" | "lines" | "html" | "secret" | "number" | "switch" | "choice" | "list" | "map" | "object";

/** How a field of an item is entered. */
export interface Field {
  /** The name in the item; empty for the values of a list or map. */
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  /** The value that an absent field has. */
  readonly fallback?: unknown;
  readonly choices?: readonly string[];
  /** Value → words, of a choice. Beside a reference: the values that name no item. */
  readonly words?: Readonly<Record<string, string>>;
  readonly suggestions?: readonly string[];
  /** A part of the form begins here, with this title. */
  readonly section?: string;
  /** What a number counts. */
  readonly unit?: string;
  /** What follows from an empty field, for a warning at it. */
  readonly whenEmpty?: string;
  /** Of a switch that may be neither yes nor no: what that means. */
  readonly unset?: string;
  /** The value is the key of an item of this kind; of a map: its names are. */
  readonly refersTo?: ConfigKind;
  readonly orAll?: true;
  /** The other field that may be entered in place of this one. */
  readonly orElse?: string;
  readonly whole?: true;
  readonly elsewhere?: true;
  readonly minimum?: number;
  /** The number is above `minimum`, not equal to it. */
  readonly above?: true;
  readonly maximum?: number;
  readonly of?: Field;
  readonly fields?: readonly Field[];
  /** Of an object: it may hold other fields besides, which this product does not know. */
  readonly open?: true;
}

/** The fields of an item, those of its key first; undefined for a setting that does not exist. */
export function fieldsOfKind(kind: ConfigKind, key = ""): readonly Field[] | undefined {
  const schema = kindOf(kind).schemaOf(key);
  return schema && fieldsOf(schema);
}

/** Made once for each schema: a comparison of two configurations asks for them with every item. */
const known = new WeakMap<ItemSchema, readonly Field[]>();

function fieldsOf(schema: ItemSchema): readonly Field[] {
  const made = known.get(schema);
  if (made) return made;
  const json: JsonSchema = schema.toJSONSchema({ io: "input", unrepresentable: "any" });
  const fields = objectFields(json);
  known.set(schema, fields);
  return fields;
}

function objectFields({ properties = {}, required = [] }: JsonSchema): readonly Field[] {
  return Object.entries(properties).map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
}

function fieldOf(name: string, given: JsonSchema, required: boolean): Field {
  const schema = withoutNull(given);
  const text = { name, title: given.title ?? titleOf(name), help: helpOf(given.description) };
  return { ...text, required, ...factsOf(given, schema), ...kindOfValue(given, schema) };
}

/** Only the reference names what is in brackets and code alone, as a variable or a tag: forms have plain words. */
function helpOf(description = ""): string {
  return description.replace(/ \((?:`[^`]+`(?:, )?)+\)/g, "").replaceAll("`", "");
}

function factsOf(given: JsonSchema, schema: JsonSchema) {
  return {
    ...(given.default !== undefined && { fallback: given.default }),
    ...(schema.refersTo && { refersTo: schema.refersTo }),
    ...(schema.orAll && { orAll: true as const }),
    ...(given.orElse && { orElse: given.orElse }),
    ...(given.elsewhere && { elsewhere: true as const }),
    ...(given.section && { section: given.section }),
    ...(given.unit && { unit: given.unit }),
    ...(given.words && { words: given.words }),
    ...(given.suggestions && { suggestions: given.suggestions }),
    ...(given.whenEmpty && { whenEmpty: given.whenEmpty }),
    ...(given.unset && { unset: given.unset }),
  };
}

function kindOfValue(given: JsonSchema, schema: JsonSchema): Pick<Field, "kind"> & Partial<Field> {
  if (given.secret) return { kind: "secret" };
  if (given.html) return { kind: "html" };
  if (given.lines) return { kind: "lines" };
  if (given.words && !schema.refersTo) return { kind: "choice", choices: Object.keys(given.words) };
  if (schema.enum) return { kind: "choice", choices: schema.enum };
  if (schema.properties) {
    const isOpen = schema.additionalProperties !== undefined;
    return { kind: "object", fields: objectFields(schema), ...(isOpen && { open: true as const }) };
  }
  if (schema.type === "array") return { kind: "list", of: fieldOf("", schema.items ?? {}, true) };
  if (schema.propertyNames && schema.additionalProperties) {
    const { refersTo } = schema.propertyNames;
    const of = fieldOf("", schema.additionalProperties, true);
    return { kind: "map", of, ...(refersTo && { refersTo }) };
  }
  if (schema.type === "boolean") return { kind: "switch" };
  if (schema.type === "integer" || schema.type === "number") return { kind: "number", ...limitsOf(schema) };
  return { kind: "text" };
}

/** The limits of a number; those of safe integers are none. */
function limitsOf({ type, minimum, exclusiveMinimum, maximum }: JsonSchema) {
  const least = [minimum, exclusiveMinimum].find((one) => one !== undefined && one > Number.MIN_SAFE_INTEGER);
  return {
    ...(type === "integer" && { whole: true as const }),
    ...(least !== undefined && { minimum: least }),
    ...(exclusiveMinimum !== undefined && least === exclusiveMinimum && { above: true as const }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
  };
}

/** `fromAddress` → `From address`. */
export function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** The schema of a value that is there: `null` counts as absent wherever it is allowed. */
export function withoutNull(schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema.type)) {
    const [type] = schema.type.filter((one) => one !== "null");
    return { ...schema, ...(type && { type }) };
  }
  const [only] = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
  return only ? { ...schema, ...only } : schema;
}
