import type { MessageConfig } from "../delivery/message.ts";
import { type Field, fieldsOfKind } from "./fields.ts";
import { judgeUser } from "./invitations.ts";
import type { Faults, Item, ItemFaults } from "./itemFaults.ts";
import { judgeAccount } from "./judgeAccount.ts";
import { judgeEvent } from "./judgeEvent.ts";
import { judgePool } from "./judgePool.ts";
import { judgeSetting } from "./judgeSetting.ts";
import { judgeLanguage, judgePrompt, judgeStage } from "./judgeTexts.ts";
import { type ConfigKind, keyOf, keyParts, kindOf } from "./kinds.ts";
import { type Configuration, referencesOf } from "./references.ts";

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
  const broken = schemaFaults(kind, key, item, fields);
  const isBroken = Object.keys(broken).length > 0;
  const faults: Faults = { ...broken, ...keyFaults(kind, item, fields) };
  for (const { path, kind: other, key: named } of referencesOf(kind, key, item)) {
    const isSelf = other === kind && named === key;
    if (!isSelf && !configuration[other].has(named)) faults[path] ??= `There is no ${kindOf(other).title} "${named}".`;
  }
  // A rule of the product may rely on what the schema says, but not on the field that breaks it.
  if (isBroken) return faults;
  return { ...ownRules[kind]?.(configuration, item, defaults), ...faults };
}

function keyFaults(kind: ConfigKind, item: Item, fields: readonly Field[]): Faults {
  const { keyFields } = kindOf(kind);
  const faults: Faults = {};
  for (const field of keyFields) {
    const value = item[field];
    if (typeof value !== "string" || value.trim() === "")
      faults[field] = missingName(kind, fields.find(({ name }) => name === field)?.title ?? field);
    else if (keyFields.length > 1 && value.includes("#")) faults[field] = "Remove the character #.";
    else if (value.length > 200) faults[field] = "Enter 200 characters at most.";
  }
  return faults;
}

function missingName(kind: ConfigKind, title: string): string {
  if (kind === "user") return "Enter the user id, or the mail address below.";
  return `Enter the ${title.toLowerCase()} of the ${kindOf(kind).title}.`;
}

function schemaFaults(kind: ConfigKind, key: string, item: Item, fields: readonly Field[]): Faults {
  const parsed = kindOf(kind).schemaOf(key)?.safeParse(item);
  const faults: Faults = {};
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
    case "number":
      return numberWords(field);
    case "switch":
      return "Choose yes or no.";
    case "choice":
      return `Choose one of ${field.choices?.map((choice) => field.words?.[choice] ?? choice).join(", ")}.`;
    case "list":
      return "Enter a list.";
    case "object":
      return `Enter its fields, each by its name: ${field.fields?.map(({ name }) => name).join(", ")}.`;
    case "map":
      return "Enter its entries, each by its name.";
    default:
      if (/received undefined|>=1 characters/.test(message)) return "Enter a value.";
      return /expected string/.test(message) ? "Enter a text." : sentenceOf(`${message}.`);
  }
}

function numberWords({ whole, minimum, maximum, above }: Field): string {
  const number = whole ? "a whole number" : "a number";
  if (minimum === undefined) return `Enter ${number}.`;
  if (above) return `Enter ${number} above ${minimum}.`;
  return maximum === undefined
    ? `Enter ${number} from ${minimum} on.`
    : `Enter ${number} from ${minimum} to ${maximum}.`;
}

function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

type Rule = (configuration: Configuration, item: Item, defaults: MessageConfig) => ItemFaults;

/** What only a rule of the product knows of an item that fits its schema. */
const ownRules: Partial<Record<ConfigKind, Rule>> = {
  account: (_, item, defaults) => judgeAccount(item, defaults),
  event: judgeEvent,
  stage: judgeStage,
  pool: judgePool,
  language: judgeLanguage,
  prompt: (_, item) => judgePrompt(item),
  user: ({ user }, item) => judgeUser(user, item),
  setting: (_, item) => judgeSetting(item),
};

/** An item with the fields of its key, as judgeItem takes it. */
export function wholeItem(kind: ConfigKind, key: string, fields: Item): Item {
  return { ...fields, ...keyParts(kind, key) };
}
