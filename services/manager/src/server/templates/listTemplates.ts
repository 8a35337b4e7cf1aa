import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import type { StoredTemplate } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { TemplateList, TemplateRow, TemplateUse } from "../../api/templates.ts";
import type { Manager } from "../manager.ts";
import { userNames } from "../sending/userNames.ts";
import { templateOf } from "./templateFor.ts";
import { templateUses } from "./templateUse.ts";

export type TemplatePorts = Pick<
  Manager,
  "configStore" | "configTable" | "config" | "orders" | "events" | "documents" | "clock" | "reportBadItem"
>;

/** Every template in the bucket of the user's events, deleted ones included, and what other content their orders have. */
export async function listTemplates(ports: TemplatePorts, user: User): Promise<TemplateList> {
  const templates = await visibleTemplates(ports, user);
  const { uses, elsewhere } = await templateUses(ports, user, templates);
  const nameOf = await userNames(
    ports,
    templates.map(({ changedBy }) => changedBy),
  );
  return { templates: templates.map((one) => templateRow(one, nameOf, uses.get(one.name))), elsewhere };
}

export async function visibleTemplates(
  { configStore, config, reportBadItem }: Pick<Manager, "configStore" | "config" | "reportBadItem">,
  user: User,
): Promise<StoredTemplate[]> {
  const found: StoredTemplate[] = [];
  for (const item of await configStore.list("template")) {
    try {
      const template = templateOf(item, config.CONFIG_TABLE);
      if (maySee(user, template.eventCode)) found.push(template);
    } catch (error) {
      reportBadItem(error, "a template cannot be read");
    }
  }
  return found;
}

export function templateRow(
  template: StoredTemplate,
  nameOf: (id: string) => string,
  usedBy: readonly TemplateUse[] = [],
): TemplateRow {
  const { name, eventCode, subEvent, stage, language, version, bytes, changedAt, changedBy, removed } = template;
  const place = { name, eventCode, subEvent, stage, language };
  return { ...place, version, bytes, changedAt, changedBy: nameOf(changedBy), removed: removed === true, usedBy };
}
