import { stringify } from "yaml";
import { type Field, fieldsOfKind } from "./fields.ts";
import { isOfThisInstallationOnly } from "./invitations.ts";
import { type ConfigKind, configKindNames, keyParts } from "./kinds.ts";
import type { Configuration } from "./references.ts";
import { withoutSecrets } from "./secrets.ts";

/** The whole configuration as one YAML file: a section for each kind, in it the items by name. No secrets, no versions. */

type Fields = Readonly<Record<string, unknown>>;

/** The first line of a file says what it is: `emailAgentConfiguration: 1`. */
export const fileVersion = { field: "emailAgentConfiguration", value: 1 } as const;
/** The section of a kind. */
export const sectionOf = (kind: ConfigKind) => `${kind}s`;
/** Items of these kinds are one value in the file. */
export const valueFields: Partial<Record<ConfigKind, string>> = { setting: "value", prompt: "text" };

const head = ` The configuration of an email-agent: all items that its pages of Settings show. Passwords and keys are not in it.
 Import it by the page Settings, Import and export, which first shows what would change, or by: npm run ops -- config import FILE
 complete: true  the sections below hold all there is, so that an import may also remove what they do not name`;

/** The file of a configuration. Its order is stable, so that two exports compare line by line. */
export function configurationFile(configuration: Configuration): string {
  const sections = configKindNames.map((kind) => {
    const items = [...configuration[kind]]
      .filter(([key, item]) => !isOfThisInstallationOnly(kind, key, item))
      .sort(byName);
    const section: Section = new Map();
    for (const [key, item] of items) put(section, Object.values(keyParts(kind, key)), fileValue(kind, key, item));
    return [sectionOf(kind), section] as const;
  });
  const whole = { [fileVersion.field]: fileVersion.value, complete: true, ...Object.fromEntries(sections) };
  const text = stringify(whole, { lineWidth: 120, blockQuote: "literal", aliasDuplicateObjects: false });
  return `${head.replaceAll(/^/gm, "#")}\n${text}`;
}

/** Maps, for an item may be called `constructor`. */
type Section = Map<string, unknown>;

function put(section: Section, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    section.set(name, value);
    return;
  }
  const inner = (section.get(name) as Section | undefined) ?? new Map();
  section.set(name, inner);
  put(inner, rest, value);
}

/** An item as the file has it: its own fields in their order, no secrets, nothing that counts as absent. */
function fileValue(kind: ConfigKind, key: string, item: Fields): unknown {
  const fields = itemFields(kind, key);
  const own = ordered(fields, comparable(withoutSecrets(kind, key, item)) as Fields, false);
  const only = valueFields[kind];
  return only === undefined ? own : (own[only] ?? null);
}

/** The fields of an item without those of its key and those that something else writes. */
export function itemFields(kind: ConfigKind, key: string): readonly Field[] {
  const inKey = keyParts(kind, key);
  return (fieldsOfKind(kind, key) ?? []).filter(({ name, elsewhere }) => !elsewhere && !Object.hasOwn(inKey, name));
}

function ordered(fields: readonly Field[], value: Fields, isOpen: boolean): Fields {
  const known = fields.filter(({ name }) => Object.hasOwn(value, name));
  const names = new Set(known.map(({ name }) => name));
  const others = isOpen ? Object.keys(value).filter((name) => !names.has(name)) : [];
  return Object.fromEntries([
    ...known.map((field) => [field.name, orderedValue(field, value[field.name])] as const),
    ...others.sort().map((name) => [name, value[name]] as const),
  ]);
}

function orderedValue(field: Field, value: unknown): unknown {
  const { of, fields } = field;
  if (Array.isArray(value)) return of ? value.map((one) => orderedValue(of, one)) : value;
  if (typeof value !== "object" || value === null) return value;
  if (fields) return ordered(fields, value as Fields, true);
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, of ? orderedValue(of, (value as Fields)[name]) : value]));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** A value without what counts as absent. */
export function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const present = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
  return Object.fromEntries(present.map(([name, inner]) => [name, comparable(inner)]));
}
