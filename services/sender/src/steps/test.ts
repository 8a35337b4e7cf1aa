import type { Participants } from "@email-agent/shared/adapters/participants.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { whyWaiting } from "@email-agent/shared/domain/delivery/waiting.ts";
import { mailAddress } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { testerPeople } from "@email-agent/shared/domain/recipients/tester.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { ContentConfig, ContentPorts } from "@email-agent/shared/run/loadContent.ts";
import type { StepHandler, StepRun } from "@email-agent/shared/run/stepRun.ts";
import { loadRunContent, type RunContent } from "../content/loadRunContent.ts";
import { deliver } from "../delivery/deliver.ts";
import { type DeliveryPorts, type MailRun, mailRun, type RenderConfig, type Right } from "../delivery/mailRun.ts";
import type { DeliveryEnd, PersonResult } from "../delivery/person.ts";
import { chunkTally, sortPeople } from "../send/chunkResult.ts";
import { quotaWakeAt } from "../send/quotaSleep.ts";
import { settleAgain } from "../send/settleEndedRuns.ts";
import type { SendLimits } from "../sendLimits.ts";
import { failuresOf, quotaResult, type TestState, testProgress, testResult, waitingOf } from "./testResult.ts";

export interface TestPorts extends DeliveryPorts, ContentPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly checkCredentials: (account: RunContent["account"]) => Promise<void>;
}

export type TestConfig = ContentConfig & RenderConfig;

/**
 * Test: the real mails of every language to every tester, subject behind `TEST: `, through the same engine and limits as
 * Send. Its deliveries are kept under the run, so it never marks anybody as reached. Pools, the language rule and earlier
 * mails do not count for testers. A tester who is no participant gets links that open nothing. While one tester is greylisted or deferred, the others and the other languages go on.
 * Any failed or in-doubt mail makes the step an error; the others are still tried.
 */
export function test(given: TestPorts, config: TestConfig, limits: SendLimits): StepHandler {
  return async (run) => {
    const outsiders = testerPeople(await given.config.testers(), run.order.testers);
    const ports = { ...given, participants: withOutsiders(given.participants, outsiders) };
    await checkTesters(ports, run.order.testers);
    const content = await loadRunContent(ports, config, run.order, "Test", run.signal);
    await ports.checkCredentials(content.account);
    const own = { order: run.order, runId: run.runId, isTest: true, userStarted: true, outsiders };
    const tests = [...content.languages.keys()].map((code): LanguageTest => {
      const mailing = { content, language: code, config, clock: ports.clock };
      const inLanguage = mailRun(mailing, own, (mailingKey) => testPartition(mailingKey, run.runId));
      const counters = { total: run.order.testers.length, sent: 0, skipped: 0, failed: 0, inDoubt: 0 };
      return { ports, limits, run, inLanguage, tests: () => tests, next: 0, counters, waiting: [], failures: [] };
    });
    // An earlier worker of this run may have died in the middle: what became of its claims is unknown.
    for (const { inLanguage } of tests)
      await ports.deliveries.settleAbandoned(inLanguage.partition, "all", instant(ports.clock.now()), run.signal);
    for (;;) {
      const now = ports.clock.now();
      for (const language of tests.filter(({ next = Number.POSITIVE_INFINITY }) => next <= now)) {
        const end = await testLanguage(language);
        if (end.kind !== "quota" && end.kind !== "daily-limit") continue;
        const { counters } = testProgress(tests);
        const wakeAt = await quotaWakeAt(ports, content.account, counters.total - counters.sent, end.kind);
        return quotaResult(tests, content.account.name, wakeAt);
      }
      const due = tests.flatMap(({ next }) => next ?? []);
      if (due.length === 0) return testResult(tests);
      await ports.clock.sleep(Math.max(0, Math.min(...due) - ports.clock.now()), run.signal);
    }
  };
}

/** Testers who are no participants are read from Config, as they were when the Test began. */
function withOutsiders(participants: Participants, outsiders: ReadonlyMap<string, Participant>): Participants {
  return {
    ...participants,
    async getMany(ids) {
      const others = await participants.getMany(ids.filter((id) => !outsiders.has(id)));
      for (const id of ids) {
        const outsider = outsiders.get(id);
        if (outsider) others.set(id, outsider);
      }
      return others;
    },
    suppress: async (id, suppression) => (outsiders.has(id) ? undefined : participants.suppress(id, suppression)),
  };
}

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

interface LanguageTest extends TestState {
  readonly ports: TestPorts;
  readonly limits: SendLimits;
  readonly run: StepRun;
  readonly inLanguage: MailRun;
  /** All languages of this Test. */
  readonly tests: () => readonly TestState[];
  /** When to try again (epoch ms); absent once every tester of this language has a result. */
  next?: number;
}

/** Tries every tester of one language who has no result yet, once. */
async function testLanguage(test: LanguageTest): Promise<DeliveryEnd> {
  const { ports, limits, run, inLanguage } = test;
  const { testers } = run.order;
  const { partition } = inLanguage;
  run.signal.throwIfAborted();
  const tally = chunkTally(testers.length);
  const reasons = new Map<string, string>();
  const open = new Set(testers);
  const now = ports.clock.now();
  const ledger = await ports.deliveries.getMany(partition, testers);
  const record = (id: string, result: PersonResult) => {
    tally.record(id, result);
    open.delete(id);
  };
  const candidates = sortPeople(testers, ledger, { runId: run.runId, now }, { ...tally, record });
  const end = await deliver(ports, inLanguage, candidates, rightOf(ports, run), limits, (id, result) => {
    record(id, result);
    if (result.kind === "failed" || result.kind === "skipped") reasons.set(id, result.reason);
    test.counters = tally.counts();
    run.report(testProgress(test.tests()));
  });
  // What was on the wire when it was stopped is settled now.
  if (run.signal.aborted) await settleAgain(ports, run.order.id, "Test", run.runId);
  run.signal.throwIfAborted();
  const { retry } = tally.result();
  const next = nextTry(end, Object.values(retry), now);
  const after = await ports.deliveries.getMany(partition, testers);
  test.counters = tally.counts();
  test.waiting = waitingOf(
    inLanguage.language,
    retry,
    after,
    end.kind === "waited" ? { open, until: end.until, because: whyWaiting(end) } : undefined,
  );
  if (next === undefined) delete test.next;
  else test.next = next;
  if (end.kind === "done" && next === undefined) test.failures = failuresOf(inLanguage.language, after, reasons);
  run.report(testProgress(test.tests()));
  return end;
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
        // An unproven lease is a result here, not a failure: the delivery engine ends with it.
        return false;
      }
    },
    async stillWorking() {
      const order = await orders.get(run.order.id);
      return order?.steps.Test.status === "working" && order.runLease?.token === run.token;
    },
  };
}
