import type { Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { notConfirmedReason } from "@email-agent/shared/domain/lifecycle/confirmedSize.ts";
import { count } from "@email-agent/shared/domain/numberWords.ts";
import type { LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { countLedger, type LedgerCount } from "./countLedger.ts";
import { putPlan } from "./planRun.ts";
import { recount } from "./recount.ts";
import { addReasons, languageCounters, nothingHandled } from "./runCounters.ts";
import { roomIn } from "./sendCeiling.ts";
import type { SendRun } from "./sendRun.ts";
import { type Unfinished, unfinishedPeople } from "./unfinishedPeople.ts";

/** Looks at the people a pass has lost before it gives up. */
const looksAgain = 2;

/**
 * Closes a pass under the lease: claims no worker holds become in-doubt and the counters are recounted from the ledger. A
 * pass that ran to its end has an outcome for everyone it planned: planned = sent + failed + skipped + in doubt. People
 * without one go into the retries; then the result is undefined and the pass goes on. AppError `unaccounted` if the
 * equation still does not hold.
 */
export async function finishPass(
  sendRun: SendRun,
  ranToEnd: boolean,
): Promise<Record<string, LanguageCounters> | undefined> {
  const { run, mailings, ports } = sendRun;
  const counted = new Map<string, LedgerCount>();
  for (const { language, mailingKey } of mailings) counted.set(language.code, await recount(ports, run, mailingKey));
  const unfinished = new Map<string, Unfinished>();
  let room = roomIn(sendRun.plan);
  for (const [language, count] of ranToEnd ? counted : []) {
    const found = await unfinishedPeople(sendRun, language, count, room);
    unfinished.set(language, found);
    room -= found.unplanned;
  }
  if (await tryAgain(sendRun, unfinished)) return undefined;
  sendRun.plan = leaveOut(sendRun.plan, unfinished);
  const languages: Record<string, LanguageCounters> = {};
  for (const [language, count] of counted) {
    const counters = countersOf(sendRun, language, count, unfinished.get(language)?.skippedAndMailed);
    if (ranToEnd) expectAccounted(sendRun, language, counters);
    languages[language] = counters;
  }
  return languages;
}

/** People whom an earlier run deferred meanwhile, and for whom the confirmed number leaves no room, are reported with the others. */
function leaveOut(plan: Plan, unfinished: ReadonlyMap<string, Unfinished>): Plan {
  const skipped = { ...plan.skipped };
  for (const [language, { beyondRoom }] of unfinished)
    if (beyondRoom > 0) skipped[language] = addReasons(skipped[language] ?? {}, { [notConfirmedReason]: beyondRoom });
  return { ...plan, skipped };
}

function countersOf(
  { run, registry, plan }: SendRun,
  language: string,
  { all, byRun }: LedgerCount,
  skippedAndMailed: Readonly<Record<string, number>> = {},
): LanguageCounters {
  const sum = registry.sum(language);
  const less = Object.fromEntries(Object.entries(skippedAndMailed).map(([reason, people]) => [reason, -people]));
  const skipped = sum.skipped + Object.values(less).reduce((total, people) => total + people, 0);
  const thisRun = byRun.get(run.runId) ?? nothingHandled;
  return languageCounters(plan, language, { ...thisRun, skipped, reasons: addReasons(sum.reasons, less) }, all);
}

/** Plans people without an outcome once more; true if there are any. */
async function tryAgain(sendRun: SendRun, unfinished: ReadonlyMap<string, Unfinished>): Promise<boolean> {
  const { ports, run, retries, plan } = sendRun;
  const found = [...unfinished].filter(([, { people }]) => Object.keys(people).length > 0);
  if (found.length === 0) return false;
  if (found.some(([, { wereMissing }]) => wereMissing)) {
    if (sendRun.looksAgain >= looksAgain) return false;
    sendRun.looksAgain += 1;
  }
  const planned = { ...plan.planned };
  const added = { ...plan.added };
  for (const [language, { people, unplanned, wereMissing, added: inNoChunk }] of found) {
    planned[language] = (planned[language] ?? 0) + unplanned;
    added[language] = [...inNoChunk];
    const report = wereMissing ? run.log.warn : run.log.info;
    const text = "people have no outcome yet; the pass goes on";
    report.call(run.log, { language, people: Object.keys(people).length, unplanned, wereMissing }, text);
  }
  const withThem = { ...plan, planned, added };
  await putPlan(ports.runs, withThem);
  sendRun.plan = withThem;
  for (const [language, { people }] of found) retries.add(language, people);
  return true;
}

function expectAccounted({ plan }: SendRun, language: string, { thisRun }: LanguageCounters): void {
  const planned = plan.planned[language] ?? 0;
  const { sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = thisRun ?? {};
  const handled = sent + failed + skipped + inDoubt;
  if (handled === planned) return;
  const numbers = [
    [planned, "planned"],
    [sent, "sent"],
    [failed, "failed"],
    [skipped, "skipped"],
    [inDoubt, "in doubt"],
  ] as const;
  const listed = numbers.map(([people, word]) => `${count(people)} ${word}`).join(", ");
  const off = Math.abs(planned - handled);
  const what = planned > handled ? "without an outcome" : "counted twice";
  throw new AppError(
    "unaccounted",
    `The numbers of ${language} do not add up: ${listed}, so ${count(off)} ${off === 1 ? "person is" : "people are"} ${what}. Start Send again to mail people without an outcome; people who have the mail do not get it again.`,
  );
}

const lookMilliseconds = 100;

/**
 * The numbers of a run that was stopped or ends in an error, from the ledger, for chunks report theirs only now and then.
 * Its workers know that it ends and finish what is on the wire, for `patienceMilliseconds` at most. What takes longer is
 * counted when the run is settled.
 */
export async function lastCounters(
  sendRun: SendRun,
  patienceMilliseconds: number,
): Promise<Record<string, LanguageCounters>> {
  const { run, ports, registry, mailings } = sendRun;
  for (let waited = 0; waited < patienceMilliseconds; waited += lookMilliseconds) {
    const states = await ports.runs.states(run.runId, [...registry.issued.keys()]);
    for (const state of states) {
      if (state.status === "issued") continue;
      registry.close(state);
      if (state.status === "planned") registry.plan(state);
    }
    if (states.every(({ status, worker }) => status !== "issued" || worker === undefined)) break;
    await ports.clock.sleep(lookMilliseconds);
  }
  const languages: Record<string, LanguageCounters> = {};
  for (const { language, mailingKey } of mailings)
    languages[language.code] = countersOf(sendRun, language.code, await countLedger(ports.deliveries, mailingKey));
  return languages;
}
