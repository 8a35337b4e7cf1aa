import { type ForecastInput, horizonMilliseconds, type Sleep, sendSchedule, speedOf } from "./forecastSchedule.ts";

/** A wait for quota, epoch milliseconds. `mailed` of the recipients have their mail when it begins. */
type ForecastSleep = Omit<Sleep, "kind">;

/** When the last mail will have left, and what decides it. Times are epoch milliseconds. */
export interface Forecast {
  /** Absent if it lies beyond a hundred days; `sendUntil` if that cuts the Send off. */
  readonly finishAt?: number;
  /** From now to `finishAt`. */
  readonly seconds?: number;
  /** `quota`: it must sleep before it is done. `observed`: it goes markedly slower than the account's rate allows. */
  readonly limitedBy: "rate" | "quota" | "observed";
  readonly sleeps: readonly ForecastSleep[];
  /** How many get their mail before `sendUntil`; only if not all do. */
  readonly mailedBefore?: number;
}

/** Below this share of the account's rate something else is the bottleneck: the mail server, or too few connections. */
const markedlySlower = 0.9;

/**
 * Forecasts a Send by playing it through. It errs as the engine does, on the safe side of the quota; what it cannot know
 * are pauses the mail server asks for and other orders on the same account.
 */
export function forecast(input: ForecastInput): Forecast {
  const sleeps: ForecastSleep[] = [];
  let mailed = 0;
  let last = input.now;
  for (const part of sendSchedule(input)) {
    if (part.kind === "sleep") sleeps.push({ from: part.from, until: part.until, mailed: part.mailed });
    else {
      mailed += part.mails;
      last = part.from + part.mails * part.gapMilliseconds;
    }
  }
  const isSlow = speedOf(input) < input.ratePerSecond * markedlySlower;
  const limitedBy = sleeps.length > 0 ? "quota" : isSlow ? "observed" : "rate";
  const { sendUntil } = input;
  if (mailed >= input.recipients)
    return { ...finishing(input.now, Math.min(last, Math.max(input.now, sendUntil ?? last))), limitedBy, sleeps };
  if (sendUntil === undefined || sendUntil > input.now + horizonMilliseconds) return { limitedBy, sleeps };
  return { ...finishing(input.now, Math.max(input.now, sendUntil)), limitedBy, sleeps, mailedBefore: mailed };
}

function finishing(now: number, at: number): Pick<Forecast, "finishAt" | "seconds"> {
  const finishAt = Math.round(at);
  return { finishAt, seconds: (finishAt - now) / 1000 };
}
