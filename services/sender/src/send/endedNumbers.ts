import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { SettleableRun } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import { stepNamed } from "@email-agent/shared/domain/steps.ts";
import type { Counters, LanguageCounters, UnsettledRun, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { LedgerCount } from "./countLedger.ts";
import {
  addHandled,
  addReasons,
  countReasons,
  languageCounters,
  nothingHandled,
  settledCounters,
  sumCounters,
} from "./runCounters.ts";

/** The numbers of a run that ended. `languages` only where its step still shows this end. */
export interface EndedNumbers {
  readonly counters: Counters;
  readonly languages?: Record<string, LanguageCounters>;
}

/**
 * What an ended run came to, from the ledger as it is now. Undefined for a run that never began: it reported no numbers and
 * has none.
 */
export async function endedNumbers(
  { runs }: { readonly runs: Pick<Runs, "plan" | "skipped"> },
  order: WorkOrder,
  runId: string,
  run: SettleableRun,
  counts: ReadonlyMap<string, LedgerCount>,
): Promise<EndedNumbers | undefined> {
  const record = order.steps[run.step];
  const isShown = record.runId === runId && record.status === run.status;
  if (!isShown) return run.counters && { counters: settledCounters(run.counters, reachedIn(run, counts)) };
  if (stepNamed(run.step).mails === "testers") return testNumbers(order, run, counts);
  const plan = await runs.plan(runId);
  if (!plan) return undefined;
  const languages: Record<string, LanguageCounters> = {};
  for (const language of order.languages) {
    const count = counts.get(mailingKey(order, language));
    if (!count) continue;
    const thisRun = { ...(count.byRun.get(runId) ?? nothingHandled), ...(await skippedIn(runs, runId, language)) };
    languages[language] = languageCounters(plan, language, thisRun, count.all);
  }
  return { counters: sumCounters(Object.values(languages)), languages };
}

/** Sent, failed and in doubt of all partitions of a run together. */
function reachedIn({ partitions }: UnsettledRun, counts: ReadonlyMap<string, LedgerCount>) {
  const all = partitions.map((partition) => counts.get(partition)?.all ?? nothingHandled);
  return all.reduce(addHandled, nothingHandled);
}

/** A Test keeps its testers apart itself; only the outcomes of its mails are counted again. */
function testNumbers(order: WorkOrder, run: SettleableRun, counts: ReadonlyMap<string, LedgerCount>) {
  const { languages: reported = {} } = order.steps[run.step];
  const languages = Object.fromEntries(
    Object.entries(reported).map(([language, before]) => {
      const key = mailingKey(order, language);
      const partition = run.partitions.find((one) => one.startsWith(`${key}~`)) ?? "";
      const { sent, failed, inDoubt } = counts.get(partition)?.all ?? before;
      return [language, { ...before, sent, failed, inDoubt }];
    }),
  );
  return { counters: sumCounters(Object.values(languages)), languages };
}

/** Whom the chunks of one language skipped. */
async function skippedIn(runs: Pick<Runs, "skipped">, runId: string, language: string) {
  let reasons: Record<string, number> = {};
  for await (const { chunks } of runs.skipped(runId, language, { limit: 250 }))
    for (const { skipped } of chunks) reasons = addReasons(reasons, countReasons(skipped));
  return { skipped: Object.values(reasons).reduce((sum, people) => sum + people, 0), reasons };
}
