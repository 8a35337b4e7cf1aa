import type { Account } from "@email-agent/shared/domain/account.ts";
import { preparedKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import { accountEventFault } from "@email-agent/shared/domain/delivery/accountEvents.ts";
import type { Mailing } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { CompiledMail } from "@email-agent/shared/domain/template/mail.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import {
  type ContentConfig,
  type ContentPorts,
  compileContent,
  loadSurroundings,
  readContent,
  withoutErrors,
} from "@email-agent/shared/run/loadContent.ts";
import type { OrderMailing } from "@email-agent/shared/run/loadMailing.ts";

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
  const surroundings = await loadSurroundings(ports, order);
  const { loaded } = surroundings;
  refuseClosedRegistration(order, loaded);
  const hashes = pinnedHashes(order, step);
  const account = await usableAccount(ports, order);
  const use = { order, isTest: step === "Test", account };
  const languages = new Map<string, LanguageContent>();
  for (const language of loaded.languages) {
    const { code } = language;
    const contentHash = hashes.get(code) as string;
    const stored = await readContent(ports.documents, htmlKey(order, code, contentHash), signal);
    const mail = withoutErrors(compileContent(config, surroundings, use, code, stored), code);
    languages.set(code, { mailing: loaded.mailing(language), contentHash, mail });
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

/** The content hashes the run pinned when it began: a later Prepare does not change them. */
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
  const foreign = accountEventFault(account, order.eventCode);
  if (foreign) throw new AppError("configuration", foreign);
  return account;
}

function htmlKey(order: WorkOrder, language: string, hash: string): string {
  const prepared = order.prepared[language];
  return prepared?.hash === hash ? prepared.s3Key : preparedKey(order, language, hash);
}

/** Content of the runs this process is sending, loaded once per run. */
export interface ContentCache {
  of(order: WorkOrder, runId: string): Promise<RunContent>;
}

const runsKept = 50;

/** `load` is called once per run; a failed load is not kept, so that the next chunk tries again. */
export function contentCache(load: (order: WorkOrder) => Promise<RunContent>): ContentCache {
  const byRun = new Map<string, Promise<RunContent>>();
  return {
    of(order, runId) {
      const known = byRun.get(runId);
      if (known) return known;
      const loading = load(order);
      byRun.set(runId, loading);
      loading.catch(() => byRun.delete(runId));
      const [oldest] = byRun.keys();
      if (byRun.size > runsKept && oldest !== undefined) byRun.delete(oldest);
      return loading;
    },
  };
}
