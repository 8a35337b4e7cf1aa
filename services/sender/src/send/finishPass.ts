import { compareIds } from "@email-agent/shared/domain/delivery/idOrder.ts";
import type { LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import { countLedger, type LedgerCount } from "./countLedger.ts";
import { notSkipped, recount } from "./finishRun.ts";
import { putPlan } from "./planRun.ts";
import { languageCounters, nothingHandled } from "./runCounters.ts";
import { roomIn } from "./sendCeiling.ts";
import type { SendRun } from "./sendRun.ts";

/**
 * Closes a pass under the lease: claims nobody holds become in-doubt and the counters are recounted from the ledger. In a
 * pass that ran to its end, whoever became deferred meanwhile (a claim that turned out never to have been sent) goes into
 * the retries; then the answer is undefined and the pass goes on.
 */
export async function finishPass(
  sendRun: SendRun,
  ranToEnd: boolean,
): Promise<Record<string, LanguageCounters> | undefined> {
  const { run, mailings, ports } = sendRun;
  const counted = new Map<string, LedgerCount>();
  for (const { language, mailingKey } of mailings) counted.set(language.code, await recount(ports, run, mailingKey));
  if (ranToEnd && (await retryDeferred(sendRun, counted))) return undefined;
  return Object.fromEntries([...counted].map(([language, count]) => [language, countersOf(sendRun, language, count)]));
}

function countersOf({ run, board, plan }: SendRun, language: string, { all, byRun }: LedgerCount): LanguageCounters {
  const { skipped, reasons } = board.sum(language);
  const thisRun = byRun.get(run.runId) ?? nothingHandled;
  return languageCounters(plan, language, { ...thisRun, skipped, reasons }, all);
}

const lookMilliseconds = 100;

/**
 * What a run came to that is stopped or ends in an error, from the ledger: chunks tell their numbers now and then only.
 * Its workers know that it ends, and finish what is on the wire; they are given `patienceMilliseconds` for it. What takes
 * longer is counted when the run is settled.
 */
export async function lastCounters(
  sendRun: SendRun,
  patienceMilliseconds: number,
): Promise<Record<string, LanguageCounters>> {
  const { run, ports, board, mailings } = sendRun;
  for (let waited = 0; waited < patienceMilliseconds; waited += lookMilliseconds) {
    const states = await ports.runs.states(run.runId, [...board.issued.keys()]);
    for (const state of states) {
      if (state.status === "issued") continue;
      board.close(state);
      if (state.status === "planned") board.plan(state);
    }
    if (states.every(({ status, worker }) => status !== "issued" || worker === undefined)) break;
    await ports.clock.sleep(lookMilliseconds);
  }
  const languages: Record<string, LanguageCounters> = {};
  for (const { language, mailingKey } of mailings)
    languages[language.code] = countersOf(sendRun, language.code, await countLedger(ports.deliveries, mailingKey));
  return languages;
}

/** Whom this run deferred, and whom others deferred since it began: participant id → instant of the next attempt. */
function deferredSince({ runId, order }: SendRun["run"], { deferred }: LedgerCount): Record<string, string> {
  const startedAt = order.steps.Send.startedAt ?? "";
  const since = deferred.filter(
    (one) => one.runId === runId || (one.endedAt !== undefined && one.endedAt >= startedAt),
  );
  return Object.fromEntries(
    since.map(({ participantId, nextAttemptAt, endedAt }) => [participantId, nextAttemptAt ?? endedAt ?? startedAt]),
  );
}

async function retryDeferred(sendRun: SendRun, counted: ReadonlyMap<string, LedgerCount>): Promise<boolean> {
  const { ports, run, retries, plan } = sendRun;
  const planned = { ...plan.planned };
  const found: [string, Record<string, string>][] = [];
  let room = roomIn(plan);
  for (const [language, count] of counted) {
    // Beyond what was confirmed they wait for the next start.
    const left = firstOf(await notSkipped(ports.runs, run.runId, language, deferredSince(run, count)), room);
    const people = Object.keys(left).length;
    if (people === 0) continue;
    room -= people;
    found.push([language, left]);
    // They were not among those planned: somebody else's claim held them then, or counted them.
    planned[language] = (planned[language] ?? 0) + people;
    run.log.info({ people, language }, "people became free to be tried again; the pass goes on");
  }
  if (found.length === 0) return false;
  const withThem = { ...plan, planned };
  await putPlan(ports.runs, withThem);
  sendRun.plan = withThem;
  for (const [language, left] of found) retries.add(language, left);
  return true;
}

/** The first `limit` in the order of ids. */
function firstOf(deferred: Readonly<Record<string, string>>, limit: number): Record<string, string> {
  const people = Object.entries(deferred);
  if (people.length <= limit) return { ...deferred };
  return Object.fromEntries(people.sort(([one], [other]) => compareIds(one, other)).slice(0, limit));
}
