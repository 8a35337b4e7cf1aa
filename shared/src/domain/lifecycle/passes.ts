import { count } from "../numberWords.ts";
import type { Counters, LanguageCounters, StepRecord, WorkOrder } from "../workOrder.ts";

/** The run id of the pass after `runId`: `<commandId>` is pass 1, `<commandId>-p2` the next. */
export function nextPassRunId(runId: string): string {
  const [, commandId, pass] = /^(.+?)(?:-p(\d+))?$/.exec(runId) ?? [];
  return `${commandId}-p${Number(pass ?? 1) + 1}`;
}

/** True for a run that began by waking up, false for one a user started. */
export function isWakeUpRun(runId: string): boolean {
  return /-p\d+$/.test(runId);
}

/** The id of the command that started a run, or the first of its passes. */
export function commandOfRun(runId: string): string {
  return runId.replace(/-p\d+$/, "");
}

/** Skip reason of recipients who were not mailed before sending ended. */
export const sendUntilReason = "send-until";

type Numbers = Pick<StepRecord, "counters" | "languages">;

/** How many people a Send has planned but not handled. */
export function peopleLeft({ counters }: Numbers): number {
  return counters ? leftOf(counters) : 0;
}

/** The message of a Send that reached `sendUntil`: the end time and how many were not mailed. */
export function sendUntilMessage({ sendUntil }: Pick<WorkOrder, "sendUntil">, numbers: Numbers): string {
  const skipped = Object.values(numbers.languages ?? {}).map(({ reasons }) => reasons?.[sendUntilReason] ?? 0);
  const left = skipped.reduce((sum, people) => sum + people, peopleLeft(numbers));
  const people = left === 1 ? "1 person was" : `${count(left)} people were`;
  return `Sending ended at ${sendUntil ?? "its end"} as planned; ${people} not mailed.`;
}

/** The numbers of a Send that ends at `sendUntil`: everyone left counts as skipped for that reason. */
export function skipTheRest({ counters, languages }: Numbers): Numbers {
  const skipped = Object.entries(languages ?? {}).map(([code, language]): [string, LanguageCounters] => {
    const left = leftOf(language);
    const { thisRun, reasons = {} } = language;
    if (left === 0) return [code, language];
    return [
      code,
      {
        ...language,
        skipped: language.skipped + left,
        ...(thisRun && { thisRun: { ...thisRun, skipped: thisRun.skipped + leftOf(thisRun) } }),
        reasons: { ...reasons, [sendUntilReason]: (reasons[sendUntilReason] ?? 0) + left },
      },
    ];
  });
  return {
    ...(counters && { counters: { ...counters, skipped: counters.skipped + leftOf(counters) } }),
    ...(languages && { languages: Object.fromEntries(skipped) }),
  };
}

function leftOf({ total, sent, skipped, failed, inDoubt }: Counters): number {
  return Math.max(0, total - sent - skipped - failed - inDoubt);
}
