import { canonicalJson } from "../canonicalJson.ts";
import type { MessageConfig } from "../delivery/message.ts";
import { lostPasswords } from "./accountServer.ts";
import { comparable } from "./configurationFile.ts";
import { isAdministrator, isOfThisInstallationOnly } from "./invitations.ts";
import { judgeItem, wholeItem } from "./judgeItem.ts";
import { type ConfigKind, configKindNames, kindOf } from "./kinds.ts";
import { kindElsewhere } from "./maintainedElsewhere.ts";
import { mergeItem, valueAt } from "./mergeItem.ts";
import type { ConfigurationFile, FileFault } from "./readConfigurationFile.ts";
import { type Configuration, referencesOf } from "./references.ts";
import { withoutSecrets } from "./secrets.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A field that differs; `path`: `config.pool`. Lists are compared whole. Without `before` it is new, without `after` it goes. */
export interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface ItemChange {
  readonly kind: ConfigKind;
  readonly key: string;
  readonly change: "new" | "changed" | "removed";
  /** No secrets. */
  readonly fields: readonly FieldChange[];
  /** As it is to be stored, without the fields of the key, with the secrets that are kept; undefined removes it. */
  readonly after: Fields | undefined;
}

export interface Comparison {
  /** In the order in which they are written: what an item names is there before it, and goes after it. */
  readonly changes: readonly ItemChange[];
  readonly unchanged: number;
  /** Items that the file does not name although it has their section: an import can remove them if the file is complete. */
  readonly unnamed: number;
  readonly faults: readonly FileFault[];
  /** Accounts that lack a password or key after the import. `field`: its path. */
  readonly secretsToEnter: readonly { readonly key: string; readonly field: string }[];
}

/**
 * What an import of a file would change in a configuration (whole items, with their secrets), and what of it does not fit,
 * judged against all items as they would be then. `remove`: items that the sections of the file do not name are removed.
 */
export function compareConfiguration(
  before: Configuration,
  file: ConfigurationFile,
  { remove, defaults }: { readonly remove: boolean; readonly defaults: MessageConfig },
): Comparison {
  const named = new Set(file.items.map(({ kind, key }) => `${kind}/${key}`));
  const unnamed = [...file.sections].flatMap((kind) =>
    [...before[kind]]
      .filter(([key, item]) => !named.has(`${kind}/${key}`) && !isOfThisInstallationOnly(kind, key, item))
      .map(([key]) => ({ kind, key })),
  );
  const isRemoving = remove && file.isComplete;
  const removed = isRemoving ? unnamed : [];
  const written = file.items.map(({ kind, key, fields }) => {
    const stored = before[kind].get(key);
    const merged = mergeItem(kind, key, comparable(fields) as Fields, stored && withoutKey(kind, key, stored));
    return { kind, key, stored, after: merged };
  });
  const after = configurationAfter(before, written, removed);
  const changes = written.flatMap(({ kind, key, stored, after: fields }): ItemChange[] => {
    const old = stored && comparable(withoutSecrets(kind, key, withoutKey(kind, key, stored)));
    const differing = differences(old ?? {}, comparable(withoutSecrets(kind, key, fields)), []);
    if (stored && differing.length === 0) return [];
    return [{ kind, key, change: stored ? "changed" : "new", fields: differing, after: fields }];
  });
  const goes = removed.map(({ kind, key }): ItemChange => {
    const old = comparable(withoutSecrets(kind, key, withoutKey(kind, key, before[kind].get(key) ?? {})));
    return { kind, key, change: "removed", fields: differences(old, {}, []), after: undefined };
  });
  const faults = [
    ...file.faults,
    ...faultsAfter(before, after, file, named, defaults),
    ...elsewhereFaults(before, file, [...changes, ...goes]),
  ];
  return {
    changes: [...adminsFirst(namedFirst(changes, after)), ...namedFirst(goes, before).reverse()],
    unchanged: written.length - changes.length,
    unnamed: unnamed.length,
    faults: faults.sort(byLine),
    secretsToEnter: file.items
      .filter(({ kind }) => kind === "account")
      .flatMap(({ key, fields }) => {
        const account = after.account.get(key) ?? {};
        const lost = lostPasswords(before.account.get(key) ?? {}, comparable(fields) as Fields, account);
        return [...new Set([...missingSecrets(account), ...lost])].map((field) => ({ key, field }));
      }),
  };
}

interface Written {
  readonly kind: ConfigKind;
  readonly key: string;
  readonly after: Fields;
}

function configurationAfter(
  before: Configuration,
  written: readonly Written[],
  removed: readonly Pick<Written, "kind" | "key">[],
): Configuration {
  const after = Object.fromEntries(configKindNames.map((kind) => [kind, new Map(before[kind])]));
  for (const { kind, key, after: fields } of written) after[kind]?.set(key, wholeItem(kind, key, fields));
  for (const { kind, key } of removed) after[kind]?.delete(key);
  return after as unknown as Configuration;
}

/** Every item of the file is judged; of the others what the import breaks. */
function faultsAfter(
  before: Configuration,
  after: Configuration,
  file: ConfigurationFile,
  named: ReadonlySet<string>,
  defaults: MessageConfig,
): FileFault[] {
  const faults = file.items.flatMap(({ kind, key }) => {
    const item = after[kind].get(key) ?? {};
    // A file holds no secrets: those that are missing are entered afterwards.
    const toEnter = kind === "account" ? missingSecrets(item) : [];
    return Object.entries(judgeItem(after, kind, item, defaults))
      .filter(([path]) => !toEnter.includes(path))
      .map(([path, sentence]) => file.faultAt({ kind, key }, path, sentence));
  });
  const broken = configKindNames.flatMap((kind) =>
    [...after[kind]]
      .filter(([key]) => !named.has(`${kind}/${key}`))
      .flatMap(([key, item]) => {
        const known = new Set(Object.values(judgeItem(before, kind, item, defaults)));
        const fresh = Object.entries(judgeItem(after, kind, item, defaults)).filter(([, text]) => !known.has(text));
        return fresh.map(([path, sentence]) => {
          const what = `${kindOf(kind).title} ${key}, ${path}`;
          return { what, sentence: `The import would break it: ${sentence} Change it in the file too.` };
        });
      }),
  );
  return [...faults, ...broken, ...adminFaults(before, after)];
}

/** What the setting says before the import counts: an import that ends the refusal changes nothing else that it refuses. */
function elsewhereFaults(before: Configuration, file: ConfigurationFile, changes: readonly ItemChange[]): FileFault[] {
  return changes.flatMap(({ kind, key, change }) => {
    const sentence = kindElsewhere(before, kind);
    if (sentence === undefined) return [];
    if (change !== "removed") return [file.faultAt({ kind, key }, "", sentence)];
    return [{ what: `${kindOf(kind).title} ${key}, which would be removed`, sentence }];
  });
}

function adminFaults(before: Configuration, after: Configuration): FileFault[] {
  const admins = ({ user }: Configuration) => [...user].filter(([key, item]) => isAdministrator(key, item)).length;
  if (admins(before) === 0 || admins(after) > 0) return [];
  return [{ what: "users", sentence: "No administrator would be left. Keep the role admin for one user at least." }];
}

function missingSecrets(account: Fields): string[] {
  const has = (...path: string[]) => (valueAt(account, path) ?? "") !== "";
  return [
    ...(has("username") && !has("password") && !has("secretArn") ? ["password"] : []),
    ...(has("bounceMailbox") && !has("bounceMailbox", "password") && !has("bounceMailbox", "secretArn")
      ? ["bounceMailbox.password"]
      : []),
    ...(has("dkim") && !has("dkim", "privateKey") && !has("dkim", "secretArn") ? ["dkim.privateKey"] : []),
  ];
}

function withoutKey(kind: ConfigKind, key: string, item: Fields): Fields {
  const inKey = wholeItem(kind, key, {});
  return Object.fromEntries(Object.entries(item).filter(([name]) => !Object.hasOwn(inKey, name)));
}

/** Where two values differ, down to the fields of objects. */
function differences(before: unknown, after: unknown, path: readonly string[]): FieldChange[] {
  const sides = [before, after].filter((side) => side !== undefined);
  if (sides.every(isFields) && sides.some((side) => Object.keys(side).length > 0)) {
    const [old, now] = [before ?? {}, after ?? {}] as [Fields, Fields];
    const names = new Set([...Object.keys(now), ...Object.keys(old)]);
    const within = [...names].flatMap((name) => differences(own(old, name), own(now, name), [...path, name]));
    if (within.length > 0 || sides.length === 2) return within;
  }
  if (canonicalJson(before) === canonicalJson(after)) return [];
  return [
    {
      path: path.join("."),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ];
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Faults without a line come last. */
function byLine(
  { line: one = Number.MAX_SAFE_INTEGER }: FileFault,
  { line: other = Number.MAX_SAFE_INTEGER }: FileFault,
) {
  return one - other;
}

/** An administrator is there before another one stops being one. */
function adminsFirst(changes: readonly ItemChange[]): ItemChange[] {
  const isLess = ({ kind, after, change }: ItemChange) =>
    kind === "user" && change === "changed" && after?.["role"] !== "admin";
  return [...changes.filter((change) => !isLess(change)), ...changes.filter(isLess)];
}

/** Items after those they name. Of items that name each other in a circle, one comes first all the same. */
function namedFirst(changes: readonly ItemChange[], configuration: Configuration): ItemChange[] {
  const waiting = new Map(changes.map((change) => [`${change.kind}/${change.key}`, change]));
  const sorted: ItemChange[] = [];
  const take = (change: ItemChange) => {
    const { kind, key } = change;
    if (!waiting.delete(`${kind}/${key}`)) return;
    for (const reference of referencesOf(kind, key, configuration[kind].get(key) ?? {})) {
      const other = waiting.get(`${reference.kind}/${reference.key}`);
      if (other) take(other);
    }
    sorted.push(change);
  };
  for (const change of changes) take(change);
  return sorted;
}
