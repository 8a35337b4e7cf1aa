import type { ConfigTable } from "../adapters/configTable.ts";
import type { Documents } from "../adapters/documents.ts";
import type { Events } from "../adapters/events.ts";
import type { Account } from "../domain/account.ts";
import type { Prompt } from "../domain/configItems.ts";
import { type PreparedContent, preparedContentSchema, sidecarKey } from "../domain/content/preparedContent.ts";
import type { LinkConfig } from "../domain/delivery/personalLinks.ts";
import { type ReplyToConfig, replyToOf } from "../domain/delivery/replyTo.ts";
import type { SettingsThatReset } from "../domain/form/orderFields.ts";
import { compileMail } from "../domain/template/compileMail.ts";
import type { Audience, CompiledMail, CompileMail, MailSettings } from "../domain/template/mail.ts";
import { AppError } from "../kit/errors.ts";
import { configured, loadMailing, type OrderMailing } from "./loadMailing.ts";

export interface ContentPorts {
  readonly events: Pick<Events, "get">;
  readonly config: ConfigTable;
  readonly documents: Pick<Documents, "getText">;
}

export interface ContentConfig extends LinkConfig, ReplyToConfig {
  readonly DEFAULT_PREVIEW_TEXT: string;
}

/** What content is compiled with, the same in all its languages. */
export interface ContentSurroundings {
  readonly loaded: OrderMailing;
  /** Every prompt of the event and of `default`. */
  readonly prompts: readonly Prompt[];
}

/** Content as it lies in the bucket: the HTML and its metadata. */
export interface StoredContent {
  readonly html: string;
  readonly prepared: PreparedContent;
}

/** Reads what an order refers to and its prompts, and judges it; see loadMailing. */
export async function loadSurroundings(
  ports: Pick<ContentPorts, "events" | "config">,
  order: Parameters<typeof loadMailing>[1],
): Promise<ContentSurroundings> {
  const [loaded, prompts] = await Promise.all([loadMailing(ports, order), ports.config.prompts(order.eventCode)]);
  return { loaded, prompts };
}

/**
 * Reads stored HTML and the JSON beside it by the key of the HTML, which a content hash makes (preparedKey).
 *
 * @throws AppError `not-found`, `storage`; `content` if the JSON cannot be read.
 */
export async function readContent(
  documents: Pick<Documents, "getText">,
  htmlKey: string,
  signal?: AbortSignal,
): Promise<StoredContent> {
  const jsonKey = sidecarKey(htmlKey);
  const [html, json] = await Promise.all([documents.getText(htmlKey, signal), documents.getText(jsonKey, signal)]);
  const parsed = preparedContentSchema.safeParse(parseJson(json));
  if (parsed.success) return { html, prepared: parsed.data };
  throw new AppError("content", `The prepared content ${jsonKey} cannot be read. Run Prepare again.`, {
    cause: parsed.error,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One mailing of an order, as far as it decides how its content reads. */
export interface ContentUse {
  readonly order: SettingsThatReset<"every step" | "steps with content", "subEvent" | "subjects" | "previewTexts">;
  /** Puts `TEST: ` before the subject. */
  readonly isTest: boolean;
  /** Absent if it is not configured (any more): the general reply-to is used. */
  readonly account?: Account;
}

/** Compiles stored content in one language. Throws AppError `configuration` where the domain finds the configuration wrong. */
export function compileContent(
  config: ContentConfig,
  { loaded, prompts }: ContentSurroundings,
  { order, isTest, account }: ContentUse,
  language: string,
  { html, prepared }: StoredContent,
): ReturnType<CompileMail> {
  const subject = `${loaded.stage.prefix[language] ?? ""}${order.subjects[language] ?? ""}`;
  const source = {
    language,
    subject: isTest ? `TEST: ${subject}` : subject,
    previewText: order.previewTexts[language] || config.DEFAULT_PREVIEW_TEXT,
    html,
  };
  const settings = mailSettings(config, { loaded, prompts }, order.subEvent, account, prepared.audience);
  return configured(() => compileMail(source, settings));
}

/** The compiled mail, or AppError `content` with the first error: content with errors is never mailed. */
export function withoutErrors({ mail, findings }: ReturnType<CompileMail>, language: string): CompiledMail {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (mail && errors.length === 0) return mail;
  const first = errors[0];
  throw new AppError(
    "content",
    `The content for ${language} cannot be sent: ${first?.text ?? "unknown error"} (line ${first?.line ?? "?"}). Correct it and run Prepare again.`,
  );
}

/** What tags and macros of an order may refer to. Of links and hash only the presence of their configuration counts. */
export function mailSettings(
  config: ReplyToConfig & Pick<ContentConfig, "PUBLIC_BASE_URL" | "PROFILE_URL" | "REGISTRATION_HASH_SECRET">,
  { loaded: { event, settings, oathed }, prompts }: ContentSurroundings,
  subEvent: string,
  account?: Account,
  audience?: Audience,
): MailSettings {
  const hasPages = config.PUBLIC_BASE_URL !== "";
  return {
    event,
    subEvent,
    prompts,
    settings,
    ...(audience && { audience }),
    replyTo: replyToOf(account, config),
    configured: {
      unsubscribe: hasPages,
      archive: hasPages,
      profile: config.PROFILE_URL !== "",
      hash: config.REGISTRATION_HASH_SECRET !== "",
    },
    ...(oathed && { oathed }),
  };
}
