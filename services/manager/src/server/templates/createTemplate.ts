import type { User } from "@email-agent/shared/domain/configItems.ts";
import { maySee } from "@email-agent/shared/domain/connection.ts";
import { type TemplatePlace, templateKey, templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { ulid } from "ulid";
import type { Manager } from "../manager.ts";
import { orderFor } from "../orders/orderFor.ts";
import { type SavePorts, storeText } from "./saveTemplate.ts";
import type { CreateBody } from "./templateBodies.ts";
import { templateFor, templateOf } from "./templateFor.ts";

export type CreatePorts = SavePorts & Pick<Manager, "events" | "orders">;

/**
 * Creates a template of a text, as a copy of another one, or of what an order has published (of Mailchimp, say).
 *
 * @returns its name
 * @throws AppError `invalid-input` with a sentence per field; `conflict` if there is one of this name; `not-found` for what
 *   it is copied from
 */
export async function createTemplate(ports: CreatePorts, user: User, body: CreateBody): Promise<{ name: string }> {
  const { from, ...place } = body;
  await refuseWrongPlace(ports, user, place);
  const name = templateName(place);
  const item = await ports.configStore.get("template", name);
  if (item) throw taken(ports, user, name, item);
  const stored = await storeText(ports, name, await textOf(ports, user, from));
  const now = ports.clock.now();
  const after = { ...place, ...stored };
  const change = { kind: "template" as const, key: name, before: undefined, after, by: user.id, now, id: ulid(now) };
  if (await ports.configStore.change(change)) return { name };
  throw new AppError("conflict", `The template ${name} was created meanwhile. Open it instead.`, {
    details: { reason: "taken", name },
  });
}

function taken(
  { config }: Pick<CreatePorts, "config">,
  user: User,
  name: string,
  item: Parameters<typeof templateOf>[0],
): AppError {
  const template = templateOf(item, config.CONFIG_TABLE);
  if (!maySee(user, template.eventCode))
    return new AppError("conflict", `The name ${name} is that of a template of another event.`);
  const repair = template.removed ? "It was deleted: open it and restore it." : "Open it instead.";
  return new AppError("conflict", `There is a template ${name} already. ${repair}`, {
    details: { reason: "taken", name },
  });
}

async function refuseWrongPlace(ports: CreatePorts, user: User, place: TemplatePlace): Promise<void> {
  const { eventCode, subEvent, stage, language } = place;
  const [event, configured, languages] = await Promise.all([
    maySee(user, eventCode) ? ports.events.get(eventCode) : undefined,
    ports.configTable.stage(stage),
    ports.configTable.languages(),
  ]);
  const fields = {
    ...(!event && { eventCode: `There is no event ${eventCode}, or you have no access to it. Choose another.` }),
    ...(event &&
      !Object.hasOwn(event.subEvents, subEvent) && {
        subEvent: `The event ${eventCode} has no sub-event ${subEvent}. Choose another.`,
      }),
    ...(!configured && { stage: `The stage ${stage} is not configured. Choose another.` }),
    ...(!languages.has(language) && { language: `The language ${language} is not configured. Choose another.` }),
  };
  const [first] = Object.values(fields);
  if (first !== undefined) throw new AppError("invalid-input", first, { details: { fields } });
}

async function textOf(ports: CreatePorts, user: User, from: CreateBody["from"]): Promise<string> {
  if ("html" in from) return from.html;
  if ("template" in from) {
    const { template } = await templateFor(ports, user, from.template);
    return ports.documents.getText(templateKey(template.name, template.hash));
  }
  const order = await orderFor(ports, user, from.orderId);
  const prepared = order.prepared[from.language];
  if (prepared) return ports.documents.getText(prepared.s3Key);
  throw new AppError("not-found", `The order has no published content in ${from.language} (any more).`);
}
