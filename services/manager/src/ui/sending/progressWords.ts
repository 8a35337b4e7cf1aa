import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { groupTitle } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import { isHeldUp, waitingAhead } from "@email-agent/shared/domain/delivery/waiting.ts";
import type { Waiting } from "@email-agent/shared/domain/delivery/waitingSchema.ts";
import { count, counted } from "@email-agent/shared/domain/numberWords.ts";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import { momentText } from "../shell/momentText.ts";
import { waitingWords } from "../shell/waitingWords.ts";

/** The progress of a Send. */
export interface ProgressFacts {
  readonly status: StepStatus;
  /** People it is done with, of how many. */
  readonly done: number;
  readonly total: number;
  /** Recipients are still being found. */
  readonly planning: boolean;
  /** Mails a second in the last minute, while it works. */
  readonly perSecond?: number | undefined;
  readonly forecast?: Forecast | undefined;
  /** Who waits, while it works. */
  readonly waiting?: Waiting | undefined;
  /** When a sleeping Send resumes (ISO). */
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

/** In pieces: speed, progress, who waits, the expected finish and what limits it. `now`: epoch milliseconds. */
export function progressWords(facts: ProgressFacts, now: number): string[] {
  const { status, done, total, planning, perSecond, averagePerSecond, waiting } = facts;
  const progress = `${count(done)} of ${count(total)}${planning ? " so far (recipients are still being found)" : ""}`;
  if (status === "working") {
    const isHeld = isHeldUp(waitingAhead(waiting), total - done, now);
    const still = isHeld ? [] : ["no mail in the last minute"];
    const speed = perSecond === undefined ? [] : perSecond > 0 ? [speedWords(perSecond)] : still;
    return [...speed, progress, ...waitingWords(waiting, now), ...finishWords(facts, now)];
  }
  if (status === "sleeping") return [progress, ...sleepWords(facts, now)];
  return [progress, ...(averagePerSecond ? [`${speedWords(averagePerSecond)} on average`] : [])];
}

function finishWords({ forecast, done, total, planning, waiting }: ProgressFacts, now: number): string[] {
  if (!forecast || (!planning && done >= total)) return [];
  const { finishAt, mailedBefore } = forecast;
  if (finishAt === undefined) return ["takes more than 100 days at the account's limits"];
  const end =
    mailedBefore === undefined
      ? `finishes about ${inWords(finishAt, now)}`
      : `sending ends ${inWords(finishAt, now)}, with about ${count(mailedBefore)} more mailed by then`;
  const { pausedUntil = 0 } = waitingAhead(waiting);
  // The pause is already named, and the rate limit is not what Send waits for.
  const isPause = forecast.limitedBy === "quota" || forecast.limitedBy === "window";
  return pausedUntil > now && !isPause ? [end] : [end, limitWords(forecast, now)];
}

function limitWords({ limitedBy, receiver = "", sleeps }: Forecast, now: number): string {
  const pause = sleeps[0];
  if (pause) {
    const what = pause.cause === "window" ? "the sending window" : "the account's quota";
    const others = sleeps.length - 1;
    const more = others > 0 ? `, and ${counted(others, "more pause follows", "more pauses follow")}` : "";
    const until = inWords(pause.until, now);
    return pause.from <= now
      ? `waits for ${what} until ${until}${more}`
      : `pauses for ${what} from ${inWords(pause.from, now)} until ${until}${more}`;
  }
  if (limitedBy === "receiver") return `limited by the receiving domain ${groupTitle(receiver)}`;
  return limits[limitedBy === "quota" || limitedBy === "window" ? "rate" : limitedBy];
}

const limits = {
  rate: "limited by the account's rate",
  observed: "limited by the mail server or its connections, not by the account's rate",
  retries: "limited by the last retries",
} as const;

function sleepWords({ forecast, nextRunAt, done, total }: ProgressFacts, now: number): string[] {
  const left = Math.max(0, total - done);
  const until = nextRunAt && momentText(nextRunAt, "short", new Date(now));
  const waits = left > 0 ? `${counted(left, "person waits", "people wait")} until ` : "resumes ";
  const wakes = until ? [`${waits}${until}`] : [];
  if (done >= total || forecast?.finishAt === undefined || forecast.mailedBefore !== undefined) return wakes;
  return [...wakes, `finishes about ${inWords(forecast.finishAt, now)}`];
}
