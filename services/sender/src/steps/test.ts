import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import type { Detail, LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";
import type { ContentConfig, ContentPorts } from "@email-agent/shared/service/loadContent.ts";
import type { StepHandler, StepResult, StepRun } from "@email-agent/shared/service/stepRun.ts";
import { loadRunContent, type RunContent } from "../content/loadRunContent.ts";
import { deliver } from "../delivery/deliver.ts";
import { type DeliveryPorts, type MailRun, mailRun, type RenderConfig, type Right } from "../delivery/mailRun.ts";
import type { DeliveryEnd } from "../delivery/person.ts";
import { chunkTally, sortPeople } from "../send/chunkResult.ts";
import { quotaWakeAt } from "../send/quotaSleep.ts";
import { sumCounters } from "../send/runCounters.ts";
import { settleAgain } from "../send/settleEndedRuns.ts";
import type { SendLimits } from "../sendLimits.ts";

export interface TestPorts extends DeliveryPorts, ContentPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly checkCredentials: (account: RunContent["account"]) => Promise<void>;
}

export type TestConfig = ContentConfig & RenderConfig;

/**
 * Test: the real mails of every language to every tester, subject behind `TEST: `, through the same engine and limits as
 * Send. Its deliveries are kept under the run, so it never marks anybody as reached. Pools, the language rule and earlier
 * mails do not count for testers. Any failed or in-doubt mail makes the step an error; the others are still tried.
 */
export function test(ports: TestPorts, config: TestConfig, limits: SendLimits): StepHandler {
  return async (run) => {
    await checkTesters(ports, run.order.testers);
    const content = await loadRunContent(ports, config, run.order, "Test", run.signal);
    await ports.checkCredentials(content.account);
    const languages: Record<string, LanguageCounters> = {};
    const failures: Detail[] = [];
    for (const code of content.languages.keys()) languages[code] = { total: run.order.testers.length, ...noneYet };
    for (const code of content.languages.keys()) {
      const mailing = { content, language: code, config, clock: ports.clock };
      const own = { order: run.order, runId: run.runId, isTest: true, userStarted: true };
      const inLanguage = mailRun(mailing, own, (mailingKey) => testPartition(mailingKey, run.runId));
      const end = await testLanguage({ ports, limits, run, inLanguage, languages, failures });
      if (end.kind === "quota" || end.kind === "daily-limit") return quotaResult(ports, content, languages, end.kind);
    }
    return testResult(languages, failures);
  };
}

const noneYet = { sent: 0, skipped: 0, failed: 0, inDoubt: 0 };

async function checkTesters({ participants }: TestPorts, testers: readonly string[]): Promise<void> {
  if (testers.length === 0)
    throw new AppError("configuration", "The order has no testers. Choose at least one in its form.");
  const people = await participants.getMany(testers);
  for (const id of testers) {
    const tester = people.get(id);
    if (!tester) throw new AppError("configuration", `The tester ${id} does not exist.`);
    if (mailAddress(tester.email) === undefined)
      throw new AppError("configuration", `The tester ${id} has no address.`);
  }
}

interface LanguageTest {
  readonly ports: TestPorts;
  readonly limits: SendLimits;
  readonly run: StepRun;
  readonly inLanguage: MailRun;
  readonly languages: Record<string, LanguageCounters>;
  readonly failures: Detail[];
}

/** Tries every tester of one language until each has a result; whoever was refused for a while is tried again. */
async function testLanguage(test: LanguageTest): Promise<DeliveryEnd> {
  const { ports, limits, run, inLanguage, languages, failures } = test;
  const { partition, language } = inLanguage;
  // An earlier worker of this run may have died in the middle: nobody knows what became of what it had claimed.
  await ports.deliveries.settleAbandoned(partition, "all", instant(ports.clock.now()), run.signal);
  for (;;) {
    run.signal.throwIfAborted();
    const tally = chunkTally(run.order.testers.length);
    const told = new Map<string, string>();
    const ledger = await ports.deliveries.getMany(partition, run.order.testers);
    const now = ports.clock.now();
    const candidates = sortPeople(run.order.testers, ledger, { runId: run.runId, now }, tally);
    const end = await deliver(ports, inLanguage, candidates, rightOf(ports, run), limits, (id, result) => {
      tally.record(id, result);
      if (result.kind === "failed" || result.kind === "skipped") told.set(id, result.reason);
      languages[language] = tally.counts();
      run.report(progressOf(languages));
    });
    // What was on the wire when it was stopped is settled now.
    if (run.signal.aborted) await settleAgain(ports, run.order.id, "Test", run.runId);
    run.signal.throwIfAborted();
    languages[language] = tally.counts();
    const { retry } = tally.result();
    const next = nextTry(end, Object.values(retry), now);
    if (next === undefined) {
      if (end.kind === "done")
        failures.push(...failuresOf(language, await ports.deliveries.getMany(partition, run.order.testers), told));
      return end;
    }
    run.report({ ...progressOf(languages), message: `Waiting until ${instant(next)} to try again.` });
    await ports.clock.sleep(Math.max(0, next - ports.clock.now()), run.signal);
  }
}

/** When to go on (epoch ms); undefined if this language is over. Throws what ends the run. */
function nextTry(end: DeliveryEnd, retries: readonly string[], now: number): number | undefined {
  switch (end.kind) {
    case "run-error":
      throw new AppError(end.code, end.message);
    case "ended":
      throw new AppError("lease-lost", "The Test lost its right to go on.");
    case "waited":
      return Math.max(end.until, now);
    case "done":
      return retries.length > 0 ? Math.min(...retries.map(epochMilliseconds)) : undefined;
    default:
      return undefined;
  }
}

function rightOf({ orders }: TestPorts, run: StepRun): Right {
  return {
    signal: run.signal,
    proven() {
      try {
        run.proveLease();
        return true;
      } catch {
        // Not proven is an answer here, not a failure: the engine ends and says so.
        return false;
      }
    },
    async stillWorking() {
      const order = await orders.get(run.order.id);
      return order?.steps.Test.status === "working" && order.runLease?.token === run.token;
    },
  };
}

function failuresOf(
  language: string,
  ledger: ReadonlyMap<string, Delivery>,
  told: ReadonlyMap<string, string>,
): Detail[] {
  const details: Detail[] = [];
  for (const [id, { status, smtpResponse }] of ledger) {
    if (status !== "failed" && status !== "in-doubt") continue;
    const text = `Tester ${id}: ${status}, ${smtpResponse ?? "no answer"}`;
    details.push({ language, rule: "test", severity: "error", text });
  }
  for (const [id, reason] of told)
    if (!ledger.has(id)) details.push({ language, rule: "test", severity: "error", text: `Tester ${id}: ${reason}` });
  return details;
}

function progressOf(languages: Record<string, LanguageCounters>) {
  const counters = sumCounters(Object.values(languages));
  return { message: `${counters.sent} of ${counters.total} test mails sent`, counters, languages: { ...languages } };
}

/** A Test does not sleep: the kit makes an error of it. */
async function quotaResult(
  ports: TestPorts,
  { account }: RunContent,
  languages: Record<string, LanguageCounters>,
  cause: "quota" | "daily-limit",
): Promise<StepResult> {
  const { counters, languages: told } = progressOf(languages);
  const wakeAt = await quotaWakeAt(ports, account, counters.total - counters.sent, cause);
  const message = `The quota of account "${account.name}" is used up: ${counters.sent} of ${counters.total} test mails were sent. It frees at ${instant(wakeAt)}; start again then.`;
  return { kind: "sleep", cause: "quota", wakeAt, message, counters, languages: told };
}

function testResult(languages: Record<string, LanguageCounters>, failures: readonly Detail[]): StepResult {
  const { counters, languages: told } = progressOf(languages);
  if (counters.sent === counters.total)
    return { kind: "complete", message: `${counters.sent} test mails sent.`, counters, languages: told, details: [] };
  const first = failures[0] ? ` ${failures[0].language}: ${failures[0].text}` : "";
  const message = `${counters.total - counters.sent} of ${counters.total} test mails were not sent.${first}`;
  return { kind: "error", message, counters, languages: told, details: failures };
}
