import { type ConfigKind, type ItemSchema, kindOf } from "./kinds.ts";

/** JSON Schema (draft 2020-12), as far as the schemas of Config use it; from `title` on they come from `.meta()`. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly pattern?: string;
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
  /** Of a switch that may be neither yes nor no: what that means. */
  readonly unset?: string;
  /** The value is the key of an item of this kind; of a map: its names are. */
  readonly refersTo?: ConfigKind;
  readonly orAll?: true;
  readonly whole?: true;
  readonly elsewhere?: true;
  readonly minimum?: number;
  /** The number is above `minimum`, not equal to it. */
  readonly above?: true;
  readonly maximum?: number;
  readonly of?: Field;
  readonly fields?: readonly Field[];
}

/** The fields of an item, those of its key first; undefined for a setting that does not exist. */
export function fieldsOfKind(kind: ConfigKind, key = ""): readonly Field[] | undefined {
  const schema = kindOf(kind).schemaOf(key);
  return schema && fieldsOf(schema);
}

function fieldsOf(schema: ItemSchema): readonly Field[] {
  const json: JsonSchema = schema.toJSONSchema({ io: "input", unrepresentable: "any" });
  return objectFields(json);
}

function objectFields({ properties = {}, required = [] }: JsonSchema): readonly Field[] {
  return Object.entries(properties).map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
}

function fieldOf(name: string, given: JsonSchema, required: boolean): Field {
  const schema = withoutNull(given);
  const text = { name, title: given.title ?? titleOf(name), help: (given.description ?? "").replaceAll("`", "") };
  const common = {
    ...text,
    required,
    ...(given.default !== undefined && { fallback: given.default }),
    ...(schema.refersTo && { refersTo: schema.refersTo }),
    ...(schema.orAll && { orAll: true as const }),
    ...(given.elsewhere && { elsewhere: true as const }),
    ...(given.section && { section: given.section }),
    ...(given.unit && { unit: given.unit }),
    ...(given.words && { words: given.words }),
    ...(given.suggestions && { suggestions: given.suggestions }),
    ...(given.unset && { unset: given.unset }),
  };
  if (given.secret) return { ...common, kind: "secret" };
  if (given.html) return { ...common, kind: "html" };
  if (given.lines) return { ...common, kind: "lines" };
  if (given.words && !schema.refersTo) return { ...common, kind: "choice", choices: Object.keys(given.words) };
  if (schema.enum) return { ...common, kind: "choice", choices: schema.enum };
  if (schema.properties) return { ...common, kind: "object", fields: objectFields(schema) };
  if (schema.type === "array") return { ...common, kind: "list", of: fieldOf("", schema.items ?? {}, true) };
  if (schema.propertyNames && schema.additionalProperties) {
    const { refersTo } = schema.propertyNames;
    const of = fieldOf("", schema.additionalProperties, true);
    return { ...common, kind: "map", of, ...(refersTo && { refersTo }) };
  }
  if (schema.type === "boolean") return { ...common, kind: "switch" };
  if (schema.type === "integer" || schema.type === "number") return { ...common, kind: "number", ...limitsOf(schema) };
  return { ...common, kind: "text" };
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
function titleOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** `null` counts as absent wherever it is allowed. */
function withoutNull(schema: JsonSchema): JsonSchema {
  if (Array.isArray(schema.type)) {
    const [type] = schema.type.filter((one) => one !== "null");
    return { ...schema, ...(type && { type }) };
  }
  const [only] = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
  return only ? { ...schema, ...only } : schema;
}
