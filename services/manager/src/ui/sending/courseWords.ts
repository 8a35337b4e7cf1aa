import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { isHeldUp, waitingAhead } from "@email-agent/shared/domain/delivery/waiting.ts";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type { StepStatus, Waiting } from "@email-agent/shared/domain/workOrder.ts";
import { momentText } from "../shell/momentText.ts";
import { waitingWords } from "../shell/waitingWords.ts";

/** Where a Send stands. */
export interface CourseFacts {
  readonly status: StepStatus;
  /** People it is done with, of how many. */
  readonly done: number;
  readonly total: number;
  /** It may still find recipients. */
  readonly planning: boolean;
  /** Mails a second in the last minute, while it works. */
  readonly perSecond?: number | undefined;
  readonly forecast?: Forecast | undefined;
  /** Who waits, while it works. */
  readonly waiting?: Waiting | undefined;
  /** When a sleeping Send goes on (ISO). */
  readonly nextRunAt?: string | undefined;
  /** Over the time in which it sent anything. */
  readonly averagePerSecond?: number | undefined;
}

/** `12.4 a second`, or `18 a minute`, `2 an hour` where it is slower. */
export function speedWords(perSecond: number): string {
  if (perSecond >= 1) return `${short(perSecond)} a second`;
  return perSecond * 60 >= 1 ? `${short(perSecond * 60)} a minute` : `${short(perSecond * 3600)} an hour`;
}

function short(number: number): string {
  return number < 100 ? String(Math.round(number * 10) / 10) : count(Math.round(number));
}

const inWords = (epochMilliseconds: number, now: number) =>
  momentText(new Date(epochMilliseconds).toISOString(), "short", new Date(now));

/** A sentence in pieces: speed, how far, who waits, when it is finished and what limits it. `now`: epoch milliseconds. */
export function courseWords(facts: CourseFacts, now: number): string[] {
  const { status, done, total, planning, perSecond, averagePerSecond, waiting } = facts;
  const progress = `${count(done)} of ${count(total)}${planning ? " so far (recipients are still being found)" : ""}`;
  if (status === "working") {
    const isHeld = isHeldUp(waitingAhead(waiting), total - done, now);
    const still = isHeld ? [] : ["nothing in the last minute"];
    const speed = perSecond === undefined ? [] : perSecond > 0 ? [speedWords(perSecond)] : still;
    return [...speed, progress, ...waitingWords(waiting, now), ...finishWords(facts, now)];
  }
  if (status === "sleeping") return [progress, ...sleepWords(facts, now)];
  return [progress, ...(averagePerSecond ? [`${speedWords(averagePerSecond)} on average`] : [])];
}

function finishWords({ forecast, done, total, planning, waiting }: CourseFacts, now: number): string[] {
  if (!forecast || (!planning && done >= total)) return [];
  const { finishAt, mailedBefore } = forecast;
  if (finishAt === undefined) return ["at the account's limits it takes more than a hundred days"];
  const end =
    mailedBefore === undefined
      ? `finishes about ${inWords(finishAt, now)}`
      : `sending ends ${inWords(finishAt, now)}, when about ${count(mailedBefore)} more will have been mailed`;
  const { pausedUntil = 0 } = waitingAhead(waiting);
  // What the account is paused for has been said, and its rate is not what it waits for.
  return pausedUntil > now && forecast.limitedBy !== "quota" ? [end] : [end, limitWords(forecast, now)];
}

function limitWords({ limitedBy, sleeps }: Forecast, now: number): string {
  const pause = sleeps[0];
  if (limitedBy === "quota" && pause) {
    const others = sleeps.length - 1;
    const more = others > 0 ? `, and ${counted(others, "more pause follows", "more pauses follow")}` : "";
    const until = inWords(pause.until, now);
    return pause.from <= now
      ? `waits for the account's quota until ${until}${more}`
      : `pauses for the account's quota from ${inWords(pause.from, now)} until ${until}${more}`;
  }
  return limits[limitedBy === "quota" ? "rate" : limitedBy];
}

const limits = {
  rate: "limited by the account's rate",
  observed: "limited by the mail server or its connections, not by the account's rate",
  retries: "with the last of those who wait",
} as const;

function sleepWords({ forecast, nextRunAt, done, total }: CourseFacts, now: number): string[] {
  const left = Math.max(0, total - done);
  const until = nextRunAt && momentText(nextRunAt, "short", new Date(now));
  const waits = left > 0 ? `${counted(left, "person waits", "people wait")} until ` : "goes on ";
  const wakes = until ? [`${waits}${until}`] : [];
  if (done >= total || forecast?.finishAt === undefined || forecast.mailedBefore !== undefined) return wakes;
  return [...wakes, `finishes about ${inWords(forecast.finishAt, now)}`];
}
