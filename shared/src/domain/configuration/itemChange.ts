import { sameContent } from "../lifecycle/invalidation.ts";
import type { Item } from "./itemFaults.ts";
import type { ConfigKind } from "./kinds.ts";
import { type Configuration, referencesOf } from "./references.ts";

/** A change of an item that is about to be saved. `before` and `after`: the item with the fields of its key; undefined: none. */
export interface ItemChange {
  readonly kind: ConfigKind;
  readonly key: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** Names of the fields that differ; of `config` its inner ones (`config.pool`), of sub-events that of the order only. */
export function fieldsNamed(
  { before = {}, after = {} }: Pick<ItemChange, "before" | "after">,
  subEvent: string,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [one, other] = [before[name], after[name]];
    if (same(one, other)) return [];
    if (name === "config") return innerNames(recordOf(one), recordOf(other)).map((inner) => `config.${inner}`);
    if (name === "subEvents") return same(recordOf(one)[subEvent], recordOf(other)[subEvent]) ? [] : [name];
    return [name];
  });
}

function innerNames(one: Item, other: Item): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => !same(one[name], other[name]));
}

/** Null, an empty list or map, no and an absent value mean the same to every rule. */
function same(one: unknown, other: unknown): boolean {
  return sameContent(present(one), present(other));
}

function present(value: unknown): unknown {
  if (value === null || value === false || value === "") return undefined;
  if (typeof value === "object" && Object.keys(value).length === 0) return undefined;
  return value;
}

function recordOf(value: unknown): Item {
  return typeof value === "object" && value !== null ? (value as Item) : {};
}

/** The names of the pools that questions to these pools reach, before or after the change. */
export function poolsReached(
  { pool }: Pick<Configuration, "pool">,
  { key, before, after }: Pick<ItemChange, "key" | "before" | "after">,
  names: readonly string[],
): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    const items = name === key ? [before, after] : [pool.get(name)];
    for (const item of items) if (item) for (const one of referencesOf("pool", name, item)) visit(one.key);
  };
  for (const name of names) visit(name);
  return reached;
}
