import type { Stage, User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { type StoredTemplate, templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { ForeignTemplate, TemplateUse } from "../../api/templates.ts";
import type { Manager } from "../manager.ts";

export interface TemplateUses {
  /** By the template's name. */
  readonly uses: ReadonlyMap<string, readonly TemplateUse[]>;
  readonly elsewhere: readonly ForeignTemplate[];
}

/**
 * Which orders of the user's events take which templates, archived ones apart: by the lookup of Prepare (the own stage's
 * name, then that of the first parent stage; a parent order with content goes before both), and by what is published.
 */
export async function templateUses(
  { orders, configTable, reportBadItem }: Pick<Manager, "orders" | "configTable" | "reportBadItem">,
  user: User,
  templates: readonly Pick<StoredTemplate, "name" | "removed">[],
): Promise<TemplateUses> {
  const onBadItem = (error: unknown) => reportBadItem(error, "a work order cannot be read");
  const all = (await Array.fromAsync(orders.list(onBadItem))).filter(({ archived }) => !archived);
  const stages = new Map((await configTable.stages()).map((stage) => [stage.name, stage]));
  const inBucket = new Set(templates.filter(({ removed }) => !removed).map(({ name }) => name));
  const byId = new Map(all.map((order) => [order.id, order]));
  const uses = new Map<string, TemplateUse[]>();
  const elsewhere: ForeignTemplate[] = [];
  for (const order of all.filter(({ eventCode }) => maySee(user, eventCode))) {
    const parent = byId.get(order.parentOrderId ?? "");
    const takesParents = parent !== undefined && Object.keys(parent.prepared).length > 0;
    for (const language of order.languages) {
      const next = takesParents ? undefined : nextTemplate(order, language, stages.get(order.stage), inBucket);
      const source = order.prepared[language]?.source;
      for (const name of new Set([next, source?.from === "bucket" ? source.template : undefined]))
        if (name !== undefined) uses.set(name, [...(uses.get(name) ?? []), oneUse(order, name === next, name, source)]);
      if (source && ["Mailchimp", "folder"].includes(source.from)) elsewhere.push(foreign(order, language, source));
    }
  }
  return { uses, elsewhere };
}

function nextTemplate(
  { eventCode, subEvent, stage }: WorkOrder,
  language: string,
  configured: Stage | undefined,
  inBucket: ReadonlySet<string>,
): string | undefined {
  const stages = [stage, ...(configured?.parentStages.slice(0, 1) ?? [])];
  const names = stages.map((name) => templateName({ eventCode, subEvent, stage: name, language }));
  return names.find((name) => inBucket.has(name));
}

type Source = WorkOrder["prepared"][string]["source"];

function oneUse(
  { id, eventCode, subEvent, stage }: WorkOrder,
  isNext: boolean,
  name: string,
  source: Source,
): TemplateUse {
  const preparedVersion = source?.from === "bucket" && source.template === name ? source.version : undefined;
  return { orderId: id, eventCode, subEvent, stage, isNext, ...(preparedVersion !== undefined && { preparedVersion }) };
}

function foreign(
  { id, eventCode, subEvent, stage }: WorkOrder,
  language: string,
  { template, from }: NonNullable<Source>,
): ForeignTemplate {
  return { name: template, from, orderId: id, eventCode, subEvent, stage, language };
}
