import { bucketStart, dayInBuckets, type QuotaBucket, type QuotaSpan, quotaFreeAt } from "./quotaWindow.ts";

/** How many mails a new sender may send on its first days, by which receivers learn to know it. */
export interface WarmUp {
  /** The first day, as 2026-05-04. */
  readonly startsOn: string;
  /** Where days begin. */
  readonly timeZone: string;
  /** The quota of each day, ascending. */
  readonly days: readonly number[];
}

/** The quota of an account, and the plan that limits it at first. */
export interface QuotaPlan {
  readonly quotaPer24h: number;
  readonly warmUp?: WarmUp | undefined;
}

const dayMilliseconds = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The date of an instant (epoch ms) in a zone, in days since 1970. */
function dateOf(at: number, timeZone: string): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  formats.set(timeZone, format);
  return Date.parse(`${format.format(at)}T00:00:00Z`) / dayMilliseconds;
}

/** The day of the plan, from 1; 1 before it begins as well. Undefined without a plan and behind its last day. */
export function warmUpDay({ warmUp }: QuotaPlan, now: number): number | undefined {
  if (!warmUp) return undefined;
  const since = dateOf(now, warmUp.timeZone) - Date.parse(`${warmUp.startsOn}T00:00:00Z`) / dayMilliseconds;
  const day = Math.max(1, since + 1);
  return day > warmUp.days.length ? undefined : day;
}

/**
 * How many messages may leave in the 24 hours that end at `now` (epoch ms): the quota, or less by the plan of that day. The window
 * slides as ever, so what was sent yesterday evening counts until this evening, also against the larger number of today.
 */
export function quotaAt(plan: QuotaPlan, now: number): number {
  const day = warmUpDay(plan, now);
  return day === undefined ? plan.quotaPer24h : Math.min(plan.quotaPer24h, plan.warmUp?.days[day - 1] ?? 0);
}

/** When the next day of the plan begins (epoch ms). Zones differ from UTC by quarters of an hour, so a bucket begins then. */
function nextDay({ timeZone }: WarmUp, now: number, { bucketMilliseconds }: QuotaSpan): number {
  const today = dateOf(now, timeZone);
  let at = bucketStart(now, dayInBuckets);
  const step = Math.max(bucketMilliseconds, dayInBuckets.bucketMilliseconds);
  do at += step;
  while (dateOf(at, timeZone) === today);
  return at;
}

/** As quotaFreeAt, with the quota of each day: a larger one of tomorrow may free places before the window does. */
export function plannedQuotaFreeAt(
  buckets: readonly QuotaBucket[],
  plan: QuotaPlan,
  places: number,
  now: number,
  span: QuotaSpan = dayInBuckets,
): number {
  const { warmUp } = plan;
  let at = now;
  while (warmUp && warmUpDay(plan, at) !== undefined) {
    const quota = quotaAt(plan, at);
    const next = nextDay(warmUp, at, span);
    const free = quotaFreeAt(buckets, quota, places, at, span);
    if (free < next) return free;
    at = next;
  }
  return quotaFreeAt(buckets, plan.quotaPer24h, places, at, span);
}
