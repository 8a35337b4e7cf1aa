import type { StoredItem } from "@email-agent/shared/adapters/configStore.ts";
import { readItem } from "@email-agent/shared/adapters/items.ts";
import { fitsSortKey } from "@email-agent/shared/adapters/sortKey.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { type StoredTemplate, storedTemplateSchema } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";

/** A template with the item it is made of, which the next write needs. */
export interface FoundTemplate {
  readonly template: StoredTemplate;
  readonly item: StoredItem;
}

/** The template of an item. AppError `bad-item` if it does not fit. */
export function templateOf({ key, fields, ...stamp }: StoredItem, table: string): StoredTemplate {
  return readItem(table, `template/${key}`, storedTemplateSchema, { ...fields, ...stamp, name: key });
}

/** The template, also a deleted one, if the user may see its event; else AppError `not-found`, the same for both. */
export async function templateFor(
  { configStore, config }: Pick<Manager, "configStore" | "config">,
  user: User,
  name: string,
): Promise<FoundTemplate> {
  const item = fitsSortKey(name) ? await configStore.get("template", name) : undefined;
  const template = item && templateOf(item, config.CONFIG_TABLE);
  if (item && template && maySee(user, template.eventCode)) return { template, item };
  throw new AppError(
    "not-found",
    `There is no template ${name.slice(0, 300)}, or it belongs to an event you have no access to.`,
  );
}
