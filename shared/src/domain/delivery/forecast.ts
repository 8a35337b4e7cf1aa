import { type ForecastInput, gapOf, horizonMilliseconds, type Sleep, sendSchedule } from "./forecastSchedule.ts";
import { messageSpacing } from "./messageSpacing.ts";

/** A wait for quota or for the sending window, epoch milliseconds. `mailed` of the recipients have their mail when it begins. */
type ForecastSleep = Omit<Sleep, "kind">;

/** When the last mail is sent, and what limits it. Times are epoch milliseconds. */
export interface Forecast {
  /** Absent if it lies beyond a hundred days; `sendUntil` if that cuts the Send off. */
  readonly finishAt?: number;
  /** From now to `finishAt`. */
  readonly seconds?: number;
  /**
   * `quota`, `window`: it must sleep before it is done, first for that. `observed`: it goes markedly slower than the account's rate allows. `retries`:
   * the last are people whose mail servers asked to try again later. `receiver`: the last are people of `receiver`, a
   * receiving domain group that takes no more.
   */
  readonly limitedBy: "rate" | "quota" | "window" | "observed" | "retries" | "receiver";
  readonly receiver?: string;
  readonly sleeps: readonly ForecastSleep[];
  /** How many get their mail before `sendUntil`; only if not all do. */
  readonly mailedBefore?: number;
}

/** Below this share of the account's rate something else is the bottleneck: the mail server, or too few connections. */
const markedlySlower = 0.9;

/**
 * Forecasts a Send by simulating it with the rate limiter's own spacing. It errs as the engine does, on the safe side of the
 * quota; what it cannot know are pauses to come, further refusals and other orders on the same account.
 */
export function forecast(input: ForecastInput): Forecast {
  const sleeps: ForecastSleep[] = [];
  let mailed = 0;
  let last = input.now;
  let forRetries = false;
  for (const part of sendSchedule(input)) {
    if (part.kind === "sleep")
      sleeps.push({ from: part.from, until: part.until, mailed: part.mailed, cause: part.cause });
    if (part.kind === "retries") forRetries = true;
    if (part.kind !== "burst") continue;
    mailed += part.mails;
    last = part.until;
    forRetries ||= part.gapMilliseconds > gapOf(input);
  }
  const slowGroup = lastGroup(input);
  // Other people go on meanwhile, so the group with the most to do for its rate decides.
  const isForGroup = slowGroup !== undefined && slowGroup.endsAt > last;
  if (isForGroup) last = slowGroup.endsAt;
  const { sendUntil } = input;
  if (isForGroup && sendUntil !== undefined && slowGroup.endsAt > sendUntil)
    mailed -= Math.ceil((slowGroup.endsAt - sendUntil) / slowGroup.gap);
  const isSlow = 1000 / gapOf(input) < input.ratePerSecond * markedlySlower;
  const slowest = isSlow ? "observed" : "rate";
  const byAccount = sleeps[0] ? sleeps[0].cause : forRetries ? "retries" : slowest;
  const limitedBy = isForGroup ? "receiver" : byAccount;
  const receiver = isForGroup && { receiver: slowGroup.group };
  if (mailed >= input.recipients)
    return {
      ...finishing(input.now, Math.min(last, Math.max(input.now, sendUntil ?? last))),
      limitedBy,
      ...receiver,
      sleeps,
    };
  if (sendUntil === undefined || sendUntil > input.now + horizonMilliseconds) return { limitedBy, ...receiver, sleeps };
  const cut = { mailedBefore: Math.max(0, mailed) };
  return { ...finishing(input.now, Math.max(input.now, sendUntil)), limitedBy, ...receiver, sleeps, ...cut };
}

/** The receiving domain group that is done last at its rate, if it is mailed without a break. */
function lastGroup({ limited = [], now, resumesAt = now, pausedUntil = now }: ForecastInput) {
  const begins = Math.max(now, resumesAt, pausedUntil);
  return limited
    .map(({ group, people, perSecond }) => {
      const gap = messageSpacing(perSecond);
      return { group, gap, endsAt: begins + people * gap };
    })
    .sort((one, other) => other.endsAt - one.endsAt)[0];
}

function finishing(now: number, at: number): Pick<Forecast, "finishAt" | "seconds"> {
  const finishAt = Math.round(at);
  return { finishAt, seconds: (finishAt - now) / 1000 };
}
