import type { StoredItem } from "@email-agent/shared/adapters/configStore.ts";
import { wholeItem } from "@email-agent/shared/domain/configuration/judgeItem.ts";
import { type ConfigKind, configKindNames } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { Configuration } from "@email-agent/shared/domain/configuration/references.ts";
import type { Manager } from "../manager.ts";

/** All items of all kinds as they are in the tables, also those that do not fit. */
export type StoredConfiguration = Readonly<Record<ConfigKind, ReadonlyMap<string, StoredItem>>>;

export async function readStored({ configStore }: Pick<Manager, "configStore">): Promise<StoredConfiguration> {
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
