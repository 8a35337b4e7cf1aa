import type { StoredConfiguration } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { Prompt } from "@email-agent/shared/domain/configItems.ts";
import { type ConfigKind, keyParts } from "@email-agent/shared/domain/configuration/kinds.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { ItemUse } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";
import { orderInsertsPrompt, templatesInserting } from "./promptUses.ts";

type Ports = Pick<Manager, "orders" | "reportBadItem" | "contentWords" | "configStore">;

/** The kinds of item that orders name themselves; pools they reach through events and stages. */
const namedBy: Partial<Record<ConfigKind, (order: WorkOrder) => readonly (string | undefined)[]>> = {
  account: ({ account }) => [account],
  event: ({ eventCode }) => [eventCode],
  stage: ({ stage }) => [stage],
  language: ({ languages }) => languages,
  tester: ({ testers }) => testers ?? [],
};

/**
 * The work orders that name an item, or whose published content inserts it; for a prompt the templates in the bucket, too. An
 * archived order does not count: it starts no step, and one that is restored says in its form what is missing.
 */
export async function ordersUsing(
  ports: Ports,
  stored: StoredConfiguration,
  kind: ConfigKind,
  key: string,
): Promise<ItemUse[]> {
  const names = namedBy[kind];
  const prompt = kind === "prompt" ? promptOf(stored, key) : undefined;
  if (!names && !prompt) return [];
  const uses: ItemUse[] = prompt ? await templatesInserting(ports, stored, prompt) : [];
  for await (const order of ports.orders.list((error) => ports.reportBadItem(error, "a work order cannot be read"))) {
    if (order.archived) continue;
    const isUsed = prompt ? await orderInsertsPrompt(ports, stored, order, prompt) : names?.(order).includes(key);
    if (!isUsed) continue;
    const { id, eventCode, subEvent, stage } = order;
    uses.push({ title: `work order ${eventCode} · ${subEvent} · ${stage}`, address: `/work-orders/${id}` });
  }
  return uses;
}

function promptOf(stored: StoredConfiguration, key: string): Prompt | undefined {
  const text = stored.prompt.get(key)?.fields["text"];
  if (typeof text !== "string") return undefined;
  const { event = "", key: name = "", language = "" } = keyParts("prompt", key);
  return { event, key: name, language, text };
}
