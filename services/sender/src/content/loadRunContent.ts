import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Documents } from "@email-agent/shared/adapters/documents.ts";
import type { Events } from "@email-agent/shared/adapters/events.ts";
import type { Account, Prompt } from "@email-agent/shared/domain/configItems.ts";
import {
  type PreparedContent,
  preparedContentSchema,
  preparedKey,
} from "@email-agent/shared/domain/content/preparedContent.ts";
import type { LinkConfig } from "@email-agent/shared/domain/delivery/personalLinks.ts";
import type { Mailing } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { compileMail } from "@email-agent/shared/domain/template/compileMail.ts";
import type { CompiledMail, MailSettings } from "@email-agent/shared/domain/template/mail.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import { configured, loadMailing, type OrderMailing } from "@email-agent/shared/service/loadMailing.ts";

export interface ContentPorts {
  readonly events: Pick<Events, "get">;
  readonly config: ConfigTable;
  readonly documents: Pick<Documents, "getText">;
}

export interface ContentConfig extends LinkConfig {
  readonly DEFAULT_PREVIEW_TEXT: string;
  readonly MAILCHIMP_REPLY_TO: string;
}

/** One language of an order with its pinned content, compiled once. */
export interface LanguageContent {
  readonly mailing: Mailing;
  readonly contentHash: string;
  readonly mail: CompiledMail;
}

/** Everything a run mails from, read fresh and checked. */
export interface RunContent {
  readonly loaded: OrderMailing;
  readonly account: Account;
  /** In the order's order of languages. */
  readonly languages: ReadonlyMap<string, LanguageContent>;
}

/**
 * Loads and checks, in this order: event, stage, pools, prompts; whether registration is open; the prepared content of
 * every language; the account. Then compiles the content the run has pinned.
 *
 * @throws AppError `configuration` or `content`, naming what is wrong and what repairs it.
 */
export async function loadRunContent(
  ports: ContentPorts,
  config: ContentConfig,
  order: WorkOrder,
  step: Extract<StepName, "Dry-Run" | "Test" | "Send">,
  signal?: AbortSignal,
): Promise<RunContent> {
  const [loaded, prompts] = await Promise.all([loadMailing(ports, order), ports.config.prompts(order.eventCode)]);
  refuseClosedRegistration(order, loaded);
  const hashes = pinnedHashes(order, step);
  const account = await usableAccount(ports, order);
  const languages = new Map<string, LanguageContent>();
  for (const language of loaded.languages) {
    const mailing = loaded.mailing(language);
    const contentHash = hashes.get(language.code) as string;
    const source = await readContent(ports.documents, order, language.code, contentHash, signal);
    const mail = compile({ config, order, step, loaded, prompts, account }, language.code, source);
    languages.set(language.code, { mailing, contentHash, mail });
  }
  return { loaded, account, languages };
}

function refuseClosedRegistration(order: WorkOrder, { event }: OrderMailing): void {
  if (order.regLinkPresent && event.subEvents[order.subEvent]?.regLinkAvailable === false)
    throw new AppError(
      "configuration",
      `Registration links of ${order.eventCode}, ${order.subEvent} are not available yet. Open registration for the sub-event, or switch off "Registration link present".`,
    );
}

/** The hashes the run pinned when it began: what Prepare does meanwhile does not concern it. */
function pinnedHashes(order: WorkOrder, step: StepName): Map<string, string> {
  const pinned = new Map(Object.entries(order.steps[step].pinned ?? {}));
  const missing = order.languages.filter((code) => !pinned.has(code));
  if (missing.length > 0)
    throw new AppError("content", `No prepared content for ${missing.join(", ")}. Run Prepare again.`);
  return pinned;
}

async function usableAccount({ config }: ContentPorts, order: WorkOrder): Promise<Account> {
  const account = await config.account(order.account);
  if (!account) throw new AppError("configuration", `The account "${order.account}" of the order is not configured.`);
  if (!account.enabled) throw new AppError("configuration", `The account "${order.account}" is disabled.`);
  return account;
}

interface ContentSource {
  readonly html: string;
  readonly prepared: PreparedContent;
}

async function readContent(
  documents: ContentPorts["documents"],
  order: WorkOrder,
  language: string,
  hash: string,
  signal?: AbortSignal,
): Promise<ContentSource> {
  const prepared = order.prepared[language];
  const key = prepared?.hash === hash ? prepared.s3Key : preparedKey(order, language, hash);
  const jsonKey = key.replace(/\.html$/, ".json");
  const [html, json] = await Promise.all([documents.getText(key, signal), documents.getText(jsonKey, signal)]);
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

interface CompileContext {
  readonly config: ContentConfig;
  readonly order: WorkOrder;
  readonly step: StepName;
  readonly loaded: OrderMailing;
  readonly prompts: readonly Prompt[];
  readonly account: Account;
}

function compile(context: CompileContext, language: string, { html, prepared }: ContentSource): CompiledMail {
  const { config, order, step, loaded } = context;
  const subject = `${loaded.stage.prefix[language] ?? ""}${order.subjects[language] ?? ""}`;
  const source = {
    language,
    subject: step === "Test" ? `TEST: ${subject}` : subject,
    previewText: order.previewTexts[language] || config.DEFAULT_PREVIEW_TEXT,
    html,
  };
  const settings = mailSettings(context, prepared);
  const { mail, findings } = configured(() => compileMail(source, settings));
  const errors = findings.filter(({ severity }) => severity === "error");
  if (mail && errors.length === 0) return mail;
  const first = errors[0];
  throw new AppError(
    "content",
    `The content for ${language} cannot be sent: ${first?.text ?? "unknown error"} (line ${first?.line ?? "?"}). Correct it and run Prepare again.`,
  );
}

function mailSettings(
  { config, order, loaded, prompts, account }: CompileContext,
  prepared: PreparedContent,
): MailSettings {
  const { event, settings, oathed } = loaded;
  const hasPages = config.PUBLIC_BASE_URL !== "";
  return {
    event,
    subEvent: order.subEvent,
    prompts,
    settings,
    ...(prepared.audience && { audience: prepared.audience }),
    replyTo: account.replyTo || config.MAILCHIMP_REPLY_TO,
    configured: {
      unsubscribe: hasPages,
      archive: hasPages,
      profile: config.PROFILE_URL !== "",
      hash: config.REGISTRATION_HASH_SECRET !== "",
    },
    ...(oathed && { oathed }),
  };
}
