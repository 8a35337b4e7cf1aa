import type { StoredConfiguration } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { Prompt } from "@email-agent/shared/domain/configItems.ts";
import { keyParts } from "@email-agent/shared/domain/configuration/kinds.ts";
import { storedTemplateSchema } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { type EventRecord, eventSchema } from "@email-agent/shared/domain/event.ts";
import { insertsPrompt } from "@email-agent/shared/domain/template/macroWords.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { ItemUse } from "../../api/settings.ts";
import type { Manager } from "../manager.ts";

export type PromptPorts = Pick<Manager, "contentWords" | "configStore">;

/** A prompt as the rules need it; a text that is about to be saved in place of the stored one. */
function promptsOf(stored: StoredConfiguration, more: readonly Prompt[] = []): readonly Prompt[] {
  const known = [...stored.prompt].map(([key, { fields }]) => {
    const { event = "", key: name = "", language = "" } = keyParts("prompt", key);
    return { event, key: name, language, text: typeof fields["text"] === "string" ? fields["text"] : "" };
  });
  return [...known, ...more];
}

/** True if the published content of an order inserts this very prompt in one of its languages. */
export async function orderInsertsPrompt(
  { contentWords }: Pick<Manager, "contentWords">,
  stored: StoredConfiguration,
  order: Pick<WorkOrder, "eventCode" | "languages" | "prepared">,
  prompt: Prompt,
): Promise<boolean> {
  const event = eventOf(stored, order.eventCode);
  const prompts = promptsOf(stored, [prompt]);
  for (const language of order.languages) {
    const prepared = order.prepared[language];
    if (!prepared || !mayInsert(prompt, event, language)) continue;
    if (insertsPrompt(await contentWords.ofPrepared(prepared.s3Key), prompt, { event, language, prompts })) return true;
  }
  return false;
}

/** The templates in the bucket that insert this very prompt. */
export async function templatesInserting(
  { contentWords, configStore }: PromptPorts,
  stored: StoredConfiguration,
  prompt: Prompt,
): Promise<ItemUse[]> {
  const prompts = promptsOf(stored);
  const uses = (await configStore.list("template")).map(async ({ key, fields }): Promise<ItemUse[]> => {
    const template = storedTemplateSchema.safeParse({
      ...fields,
      name: key,
      version: 1,
      changedAt: noTime,
      changedBy: "",
    }).data;
    if (!template) return [];
    const { language, eventCode, hash } = template;
    const event = eventOf(stored, eventCode);
    if (!mayInsert(prompt, event, language)) return [];
    const words = await contentWords.ofTemplate(key, hash);
    if (!insertsPrompt(words, prompt, { event, language, prompts })) return [];
    return [{ title: `template ${key}`, address: `/templates/${encodeURIComponent(key)}` }];
  });
  return (await Promise.all(uses)).flat();
}

/** The stamp of a version is no part of the fields, and the schema asks for one. */
const noTime = "2026-01-01T00:00:00.000Z";

/** Without reading the content. */
function mayInsert({ event: of, language: ofLanguage }: Prompt, { aid }: EventRecord, language: string): boolean {
  return (of === "default" || of === aid) && (ofLanguage === "universal" || ofLanguage === language);
}

function eventOf(stored: StoredConfiguration, aid: string): EventRecord {
  const fields = stored.event.get(aid)?.fields ?? {};
  return eventSchema.safeParse({ ...fields, aid }).data ?? { aid, name: aid, subEvents: {}, config: {} };
}
