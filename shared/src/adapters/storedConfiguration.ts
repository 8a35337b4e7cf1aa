import { ulid } from "ulid";
import type { ItemChange } from "../domain/configuration/compareConfiguration.ts";
import { wholeItem } from "../domain/configuration/judgeItem.ts";
import { type ConfigKind, configKindNames } from "../domain/configuration/kinds.ts";
import type { Configuration } from "../domain/configuration/references.ts";
import type { ConfigStore, StoredItem } from "./configStore.ts";
import type { OrderReset } from "./pendingResets.ts";

/** All items of all kinds as they are in the tables, also those that do not fit. */
export type StoredConfiguration = Readonly<Record<ConfigKind, ReadonlyMap<string, StoredItem>>>;

export async function readStored(configStore: Pick<ConfigStore, "list">): Promise<StoredConfiguration> {
  const kinds = await Promise.all(
    configKindNames.map(async (kind) => {
      const items = await configStore.list(kind);
      return [kind, new Map(items.map((item) => [item.key, item]))] as const;
    }),
  );
  return Object.fromEntries(kinds) as unknown as StoredConfiguration;
}

/** The same for the rules: whole items by key. */
export function configurationOf(stored: StoredConfiguration): Configuration {
  const kinds = configKindNames.map((kind) => {
    const items = [...stored[kind]].map(([key, { fields }]) => [key, wholeItem(kind, key, fields)] as const);
    return [kind, new Map(items)] as const;
  });
  return Object.fromEntries(kinds) as unknown as Configuration;
}

type ItemName = Pick<ItemChange, "kind" | "key">;

/** What became of changes. `conflict`: the item that has another version by now, and with it the end. */
export interface Written {
  readonly written: readonly (ItemName & { readonly id: string })[];
  readonly conflict?: ItemName;
}

/**
 * Writes the changes of a comparison with what was stored, each in a transaction of its own, in their order. It ends at the
 * first item that was changed meanwhile: what comes later may name it. A new comparison then shows what is left, and so it does
 * after a crash. `by`: a user id. `resets`: the work orders that a change makes stale, for `pendingResets` under the `id` of what was written.
 */
export async function writeChanges(
  configStore: Pick<ConfigStore, "change">,
  stored: StoredConfiguration,
  changes: readonly ItemChange[],
  {
    by,
    clock,
    resets = () => [],
  }: {
    readonly by: string;
    readonly clock: { now(): number };
    readonly resets?: (change: ItemName) => readonly OrderReset[];
  },
): Promise<Written> {
  const written: (ItemName & { readonly id: string })[] = [];
  for (const { kind, key, after } of changes) {
    const now = clock.now();
    const before = stored[kind].get(key);
    const id = ulid(now);
    const change = { kind, key, before, after, by, now, id, resets: resets({ kind, key }) };
    if (!(await configStore.change(change))) return { written, conflict: { kind, key } };
    written.push({ kind, key, id });
  }
  return { written };
}
