import type { Account, Pool } from "../configItems.ts";
import { ConfigurationError } from "../configurationError.ts";
import { accountFault } from "../delivery/accountFault.ts";
import type { MessageConfig } from "../delivery/message.ts";
import { checkPools } from "../recipients/pool.ts";
import { type Field, fieldsOfKind } from "./fields.ts";
import { type ConfigKind, keyOf, keyParts, kindOf } from "./kinds.ts";
import { type Configuration, referencesOf } from "./references.ts";

type Item = Readonly<Record<string, unknown>>;

/** Path of a field (`name`, `dkim.domain`, `attributes.0`) → one sentence that says what is wrong and what repairs it. */
export type ItemFaults = Readonly<Record<string, string>>;

/**
 * What is wrong with an item as it would be stored: by its schema, and with all other items around it. `item` holds the
 * fields of the key as well. Empty if it can be saved.
 */
export function judgeItem(
  configuration: Configuration,
  kind: ConfigKind,
  item: Item,
  defaults: MessageConfig,
): ItemFaults {
  const key = keyOf(kind, item);
  const fields = fieldsOfKind(kind, key);
  if (!fields) return { name: `There is no setting "${key}".` };
  const faults = { ...keyFaults(kind, item), ...schemaFaults(kind, key, item, fields) };
  for (const { path, kind: other, key: named } of referencesOf(kind, key, item)) {
    const isSelf = other === kind && named === key;
    if (!isSelf && !configuration[other].has(named)) faults[path] ??= `There is no ${kindOf(other).title} "${named}".`;
  }
  if (Object.keys(faults).length > 0) return faults;
  return ownFaults[kind]?.(configuration, item, defaults) ?? {};
}

function keyFaults(kind: ConfigKind, item: Item): Record<string, string> {
  const { keyFields, title } = kindOf(kind);
  const faults: Record<string, string> = {};
  for (const field of keyFields) {
    const value = item[field];
    if (typeof value !== "string" || value.trim() === "") faults[field] = `Enter the ${field} of the ${title}.`;
    else if (keyFields.length > 1 && value.includes("#")) faults[field] = "Remove the character #.";
    else if (value.length > 200) faults[field] = "Enter 200 characters at most.";
  }
  return faults;
}

function schemaFaults(kind: ConfigKind, key: string, item: Item, fields: readonly Field[]): Record<string, string> {
  const parsed = kindOf(kind).schemaOf(key)?.safeParse(item);
  const faults: Record<string, string> = {};
  for (const { path, message } of parsed?.error?.issues ?? []) {
    const at = path.map(String);
    faults[at.join(".")] ??= faultWords(fieldAt(fields, at), message);
  }
  return faults;
}

function fieldAt(fields: readonly Field[], [name, ...rest]: readonly string[]): Field | undefined {
  const field = fields.find((one) => one.name === name);
  return field && within(field, rest);
}

function within(field: Field, path: readonly string[]): Field | undefined {
  const [, ...rest] = path;
  if (path.length === 0) return field;
  if (field.of) return within(field.of, rest);
  return fieldAt(field.fields ?? [], path);
}

/** Sentences of our own end with a full stop; those of the schema library name types and do not help. */
function faultWords(field: Field | undefined, message: string): string {
  if (/^[A-Z].*\.$/s.test(message)) return message;
  switch (field?.kind) {
    case "number": {
      const number = field.whole ? "a whole number" : "a number";
      return field.minimum === undefined ? `Enter ${number}.` : `Enter ${number} from ${field.minimum} on.`;
    }
    case "switch":
      return "Choose yes or no.";
    case "choice":
      return `Choose one of ${field.choices?.join(", ")}.`;
    case "list":
      return "Enter a list.";
    default:
      return /received undefined|>=1 characters/.test(message) ? "Enter a value." : sentenceOf(`${message}.`);
  }
}

function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

type Judge = (configuration: Configuration, item: Item, defaults: MessageConfig) => ItemFaults;

/** What only a rule of the product knows of an item that fits its schema. */
const ownFaults: Partial<Record<ConfigKind, Judge>> = {
  pool({ pool }, item) {
    const name = keyOf("pool", item);
    const pools = new Map([...pool].map(([key, other]) => [key, { ...other, name: key } as unknown as Pool]));
    pools.set(name, item as unknown as Pool);
    try {
      checkPools(pools, [name]);
      return {};
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const [, number] = new RegExp(`^Pool "${RegExp.escape(name)}", attribute (\\d+)`).exec(error.message) ?? [];
      return { [number === undefined ? "attributes" : `attributes.${Number(number) - 1}`]: error.message };
    }
  },
  account(_, item, defaults) {
    const fault = accountFault(item as unknown as Account, defaults);
    if (fault === undefined) return {};
    const [field = "name"] = /^\w+(?= )/.exec(fault) ?? [];
    const named = Object.hasOwn(item, field)
      ? field
      : fault.startsWith("the DKIM selector")
        ? "dkim.selector"
        : undefined;
    return { [named ?? (fault.startsWith("the DKIM") ? "dkim.domain" : "fromAddress")]: sentenceOf(fault) };
  },
  event: (_, item) => {
    const names = [item["aid"], ...Object.keys((item["subEvents"] as object | undefined) ?? {})];
    const wrong = names.findIndex((name) => !/^[A-Za-z0-9-]+$/.test(String(name)));
    if (wrong < 0) return {};
    const sentence = "Use letters, digits and hyphens only: the name is a part of mailing keys.";
    return { [wrong === 0 ? "aid" : `subEvents.${names[wrong]}`]: sentence };
  },
};

/** An item with the fields of its key, as judgeItem takes it. */
export function wholeItem(kind: ConfigKind, key: string, fields: Item): Item {
  return { ...fields, ...keyParts(kind, key) };
}
