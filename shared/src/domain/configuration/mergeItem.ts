import { withoutOtherPasswords } from "./accountServer.ts";
import { fieldsOfKind } from "./fields.ts";
import { type ConfigKind, keyParts } from "./kinds.ts";
import { secretPaths } from "./secrets.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields to store of an item: what was entered of its own fields; what is stored of all others, which something else
 * writes (the end of sessions, published content); secrets that were not entered, for they never leave the server, unless they
 * are for another mail server (accountServer.ts). A secret that is null or empty is removed. `before`: the fields as they are stored, without those of the key.
 */
export function mergeItem(kind: ConfigKind, key: string, entered: Fields, before: Fields | undefined): Fields {
  const fields = (fieldsOfKind(kind, key) ?? []).filter(({ elsewhere }) => !elsewhere);
  const own = new Set(fields.map(({ name }) => name).filter((name) => !(name in keyParts(kind, key))));
  const sent = Object.entries(entered).filter(([name]) => own.has(name));
  const others = Object.entries(before ?? {}).filter(([name]) => !own.has(name));
  const after: Record<string, unknown> = structuredClone(Object.fromEntries([...others, ...sent]));
  for (const path of secretPaths(fields)) {
    const parent = valueAt(after, path.slice(0, -1));
    if (typeof parent !== "object" || parent === null) continue;
    const holder = parent as Record<string, unknown>;
    const name = path.at(-1) ?? "";
    const kept = before && valueAt(before, path);
    if (holder[name] === null || holder[name] === "") delete holder[name];
    else if (holder[name] === undefined && kept !== undefined) holder[name] = kept;
  }
  return kind === "account" && before ? withoutOtherPasswords(before, entered, after) : after;
}

/** The value at a path within an item. */
export function valueAt(fields: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], fields);
}
