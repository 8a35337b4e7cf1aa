import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { LanguageCounters } from "@email-agent/shared/domain/workOrder.ts";
import type { Progress } from "@email-agent/shared/service/stepRun.ts";
import { liveCounters, sumCounters } from "./runCounters.ts";
import type { SendRun } from "./sendRun.ts";

/** Where the run stands, as its chunks say. */
export function sendProgress({ plan, mailings, board, pausedUntil, pauseReason, ports }: SendRun): Progress {
  const languages: Record<string, LanguageCounters> = {};
  for (const { language } of mailings) {
    const { code } = language;
    languages[code] = liveCounters(plan, code, board.sum(code));
  }
  const counters = sumCounters(Object.values(languages));
  const planning = plan.complete ? "" : " (still planning)";
  const isPaused = pausedUntil !== undefined && epochMilliseconds(pausedUntil) > ports.clock.now();
  const pause = isPaused
    ? ` The account is paused until ${pausedUntil}, as ${pauseReason ?? "its mail server asked or did not answer"}.`
    : "";
  return { message: `Sending: ${toldOf(languages)}${planning}.${pause}`, counters, languages };
}

/** `EN 120 of 500, SP 3 of 40`: sent of total in this run. */
function toldOf(languages: Readonly<Record<string, LanguageCounters>>): string {
  return Object.entries(languages)
    .map(([code, { thisRun }]) => `${code} ${thisRun?.sent ?? 0} of ${thisRun?.total ?? 0}`)
    .join(", ");
}

/** What a pass came to, in one sentence; `nobody` if there was nobody to mail. */
export function passMessage(languages: Readonly<Record<string, LanguageCounters>>): string {
  const runs = Object.values(languages).flatMap(({ thisRun }) => (thisRun ? [thisRun] : []));
  const { total, failed, inDoubt, skipped } = sumCounters(runs);
  const invalid = Math.max(0, ...Object.values(languages).map(({ reasons }) => reasons?.["invalid-record"] ?? 0));
  const remark = invalid > 0 ? ` Left out: ${invalid} with a record that has a field that does not fit.` : "";
  if (total === 0) return `Nobody was to be mailed.${remark}`;
  const notes = [
    [failed, "failed"],
    [inDoubt, "in doubt"],
    [skipped, "skipped"],
  ] as const;
  const told = notes.filter(([people]) => people > 0).map(([people, word]) => `${people} ${word}`);
  return `Sent: ${toldOf(languages)}${told.length ? `; ${told.join(", ")}` : ""}.${remark}`;
}
