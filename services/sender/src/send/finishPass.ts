import type { LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import { notSkipped, type Recount, recount } from "./finishRun.ts";
import { putPlan } from "./planRun.ts";
import { languageCounters } from "./runCounters.ts";
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
  const { run, mailings, ports, board } = sendRun;
  const startedAt = run.order.steps.Send.startedAt ?? "";
  const languages: Record<string, LanguageCounters> = {};
  let goesOn = false;
  for (const { language, mailingKey } of mailings) {
    const counted = await recount(ports, run, mailingKey, startedAt);
    goesOn = (ranToEnd && (await retryDeferred(sendRun, language.code, counted))) || goesOn;
    const { skipped, reasons } = board.sum(language.code);
    const thisRun = { ...counted.thisRun, skipped, reasons };
    languages[language.code] = languageCounters(sendRun.plan, language.code, thisRun, counted.all);
  }
  return goesOn ? undefined : languages;
}

async function retryDeferred(sendRun: SendRun, language: string, { deferred }: Recount): Promise<boolean> {
  const { ports, run, retries, plan } = sendRun;
  const left = await notSkipped(ports.runs, run.runId, language, deferred);
  const people = Object.keys(left).length;
  if (people === 0) return false;
  run.log.info({ people, language }, "people became free to be tried again; the pass goes on");
  retries.add(language, left);
  // They were not among those planned: somebody else's claim held them then, or counted them.
  sendRun.plan = { ...plan, planned: { ...plan.planned, [language]: (plan.planned[language] ?? 0) + people } };
  await putPlan(ports.runs, sendRun.plan);
  return true;
}
