import { type JsonSchema, withoutNull } from "@email-agent/shared/domain/configuration/fields.ts";
import { instantSchema } from "@email-agent/shared/domain/time.ts";
import { z } from "zod";
import { type ConfigurationItem, configurationItems, type ItemSchema } from "./configurationItems.ts";

/** One row of a table: a field of an item, at any depth (`dkim.domain`, `attributes[].type`, `programs.*.join`). */
export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly fallback: string;
  /** Undefined if the schema has no `.describe()` for it. */
  readonly meaning: string | undefined;
}

/** Every field of an item, nested ones behind the field that holds them. */
export function fieldsOf(schema: Pick<ItemSchema, "toJSONSchema">): FieldRow[] {
  return rowsOf(jsonSchema(schema), "");
}

/** `docs/configuration.md`: every item of Config, Events and Participants. Throws for a field without a meaning. */
export function configurationPage(): string {
  return [
    "# Configuration",
    "",
    "Made by `npm run fix` from the schemas in `shared/src/domain` (`configItems.ts`, `account.ts`, `settings.ts`, `event.ts`,",
    "`recipients/participant.ts`); do not edit. What is in the tables Config, Events and Participants. Administrators enter Config and events on",
    "the pages of Settings, or import them as one file ([manager.md](manager.md#settings)); other applications may write the tables as well. Variables of",
    "processes are in [environment.md](environment.md), pool types with their parameters in [reference.md](reference.md#pool-types).",
    "",
    "No change needs a restart: a step reads these items when it starts, the Email Manager at each request, and secrets are read again",
    "after five minutes. Fields that are not listed are kept and ignored. An item that does not fit is logged at `error` with table, key",
    "and field, and what needs it ends with that sentence; lists show the others. In paths `*` is any name, `[]` each entry of a list.",
    "",
    ...configurationItems.flatMap(section),
  ].join("\n");
}

function section(item: ConfigurationItem): string[] {
  const rows = fieldsOf(item.schema).map(({ path, type, fallback, meaning }) => {
    if (!meaning) throw new Error(`${item.title}: the field ${path} has no meaning. Add .describe() to its schema.`);
    const place = item.inKey.includes(path) ? "in `sk`" : fallback;
    return `| ${[`\`${path}\``, type, place, meaning].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return [
    `## ${item.title}`,
    "",
    item.about,
    "",
    "| Field | Type | Default | Meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
    "```json",
    ...item.stored(item.example).map((stored) => json(stored)),
    "```",
    "",
  ];
}

/** The input side of a schema: what is written, before defaults. */
function jsonSchema(schema: Pick<ItemSchema, "toJSONSchema">): JsonSchema {
  return schema.toJSONSchema({ io: "input", unrepresentable: "any" });
}

function rowsOf({ properties = {}, required = [] }: JsonSchema, prefix: string): FieldRow[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix + name;
    const isRequired = required.includes(name);
    const own: FieldRow = {
      path,
      type: typeOf(field),
      fallback: isRequired ? "required" : field.default === undefined ? "–" : `\`${JSON.stringify(field.default)}\``,
      meaning: field.description,
    };
    return [own, ...nested(field, path)];
  });
}

/** Rows of what a field holds: an object, the objects of a list, or those of a map. */
function nested(field: JsonSchema, path: string): FieldRow[] {
  const shape = withoutNull(field);
  if (shape.properties) return rowsOf(shape, `${path}.`);
  if (shape.type === "array") return nested(shape.items ?? {}, `${path}[]`);
  const value = valueOfMap(shape);
  return value ? nested(value, `${path}.*`) : [];
}

/** Types whose pattern says less than their name. */
const instantPattern = jsonSchema(instantSchema).pattern;
const datePattern = z.toJSONSchema(z.iso.date()).pattern;

function typeOf(given: JsonSchema): string {
  const field = withoutNull(given);
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(", ");
  if (field.type === "array") return `list of ${plural(field.items ?? {})}`;
  if (field.properties) return "object";
  const value = valueOfMap(field);
  if (value) return `map of ${plural(value)}`;
  if (field.type === "string") return stringType(field);
  if (field.type === "integer" || field.type === "number") return field.type + limits(field);
  return typeof field.type === "string" ? field.type : "any";
}

function plural(field: JsonSchema): string {
  const type = typeOf(field);
  return /^(?:string|object|boolean|number|integer|map)\b/.test(type) ? type.replace(/^\w+/, "$&s") : type;
}

function stringType({ pattern, minLength }: JsonSchema): string {
  if (pattern === instantPattern) return "instant, as `2026-11-23T08:00:00.000Z`";
  if (pattern === datePattern) return "date, as `2026-11-23`";
  if (pattern) return `string, \`${pattern}\``;
  return minLength === 1 ? "string, not empty" : minLength ? `string of ${minLength} characters at least` : "string";
}

function limits({ minimum, exclusiveMinimum }: JsonSchema): string {
  if (exclusiveMinimum !== undefined) return ` > ${exclusiveMinimum}`;
  return minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? ` ≥ ${minimum}` : "";
}

function valueOfMap({ properties, propertyNames, additionalProperties }: JsonSchema): JsonSchema | undefined {
  return !properties && propertyNames ? additionalProperties : undefined;
}

/** JSON in which what fits into a line stays on one. */
function json(value: unknown, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(
    ([key, inner]) => (isList ? "" : `${JSON.stringify(key)}: `) + json(inner, `${indent}  `),
  );
  const [open, close] = isList ? ["[", "]"] : ["{ ", " }"];
  const line = open + entries.join(", ") + close;
  if (indent.length + line.length <= 110 && !line.includes("\n")) return line;
  return `${open.trim()}\n${entries.map((entry) => `${indent}  ${entry}`).join(",\n")}\n${indent}${close.trim()}`;
}
