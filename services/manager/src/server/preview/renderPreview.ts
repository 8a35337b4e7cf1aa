import { inboxLine } from "@email-agent/shared/domain/content/inboxLine.ts";
import { type HeaderValue, type Mail, message, messageHeaders } from "@email-agent/shared/domain/delivery/message.ts";
import { inertLinks } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import { renderFor } from "@email-agent/shared/domain/delivery/renderFor.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { Detail, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { compileContent, loadSurroundings, type StoredContent } from "@email-agent/shared/run/loadContent.ts";
import type { PreviewMail } from "../../api/preview.ts";
import type { Manager } from "../manager.ts";

export type RenderParts = Pick<Manager, "config" | "events" | "configTable" | "clock">;

interface RenderedPreview {
  readonly shown: PreviewMail;
  readonly html: string;
}

/** The outcome of compiling and rendering the content. */
export interface PreviewAttempt {
  readonly rendered?: RenderedPreview;
  /** Why there is no mail, in a sentence. */
  readonly problem?: string;
  /** Errors the content has with today's configuration. */
  readonly findings: readonly Detail[];
}

/**
 * The mail of one language for one person, made by the functions Send uses, but with links that open nothing.
 *
 * @throws AppError `storage`, `dependency`. What is wrong with configuration, content or person is the `problem`.
 */
export async function renderPreview(
  parts: RenderParts,
  order: WorkOrder,
  language: string,
  stored: StoredContent,
  participant: Participant,
): Promise<PreviewAttempt> {
  try {
    return await attempt(parts, order, language, stored, participant);
  } catch (error) {
    if (error instanceof AppError && error.disposition === "reject") return { problem: error.message, findings: [] };
    throw error;
  }
}

async function attempt(
  { config, events, configTable, clock }: RenderParts,
  order: WorkOrder,
  language: string,
  stored: StoredContent,
  participant: Participant,
): Promise<PreviewAttempt> {
  const [surroundings, account] = await Promise.all([
    loadSurroundings({ events, config: configTable }, { ...order, languages: [language] }),
    configTable.account(order.account),
  ]);
  if (!account) throw new AppError("configuration", `The account "${order.account}" of the order is not configured.`);
  const { mail, findings } = compileContent(config, surroundings, { order, isTest: false, account }, language, stored);
  if (!mail) return { problem: "The content has errors, so there is no mail to show. See its findings.", findings };
  const now = clock.now();
  const rendering = renderFor(mail, participant, inertLinks(config), now);
  if ("unrendered" in rendering) return { problem: rendering.unrendered, findings };
  const mailingKey = surroundings.loaded.mailingKeyOf(language);
  const email = (participant.email ?? "").trim();
  const source = { account, order, mailingKey, runId: "(id of the run)", isTest: false, participant, email };
  const made = message({ ...source, ...rendering }, config);
  return { rendered: { shown: shownMail(made, now), html: made.html }, findings };
}

function shownMail(mail: Mail, now: number): PreviewMail {
  const headers = messageHeaders(mail, now).map(([name, value]) => [name, readable(value)] as const);
  return {
    subject: mail.subject,
    previewLine: inboxLine(mail.html),
    from: readable({ mailbox: mail.from }),
    to: readable({ mailbox: mail.to }),
    replyTo: mail.replyTo,
    headers: [...headers, ["MIME-Version", "1.0"]],
    text: mail.text,
  };
}

/** A header as mail programs show it: decoded. */
function readable(value: HeaderValue): string {
  if ("text" in value) return value.text;
  if ("line" in value) return value.line;
  if ("address" in value) return value.address;
  const { name, address } = value.mailbox;
  return name ? `${name} <${address}>` : address;
}
