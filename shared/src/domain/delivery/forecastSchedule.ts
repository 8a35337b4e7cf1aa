import {
  bucketStart,
  dayInBuckets,
  type QuotaBucket,
  type QuotaSpan,
  quotaFreeAt,
  usedInWindow,
  windowStart,
} from "./quotaWindow.ts";

/** What a Send has before it. All times are epoch milliseconds. */
export interface ForecastInput {
  /** Mails still to be sent. */
  readonly recipients: number;
  readonly ratePerSecond: number;
  readonly quotaPer24h: number;
  /** What the account used lately (of all its mailings). */
  readonly buckets: readonly QuotaBucket[];
  /** Mails a second as seen lately; absent while nothing is sent. */
  readonly observedPerSecond?: number | undefined;
  /** When a sleeping Send goes on. */
  readonly resumesAt?: number | undefined;
  /** No mail begins at or after it. */
  readonly sendUntil?: number | undefined;
  readonly now: number;
  readonly span?: QuotaSpan;
}

/** Mails that begin one `gapMilliseconds` apart, the first at `from`, all in one bucket of the quota. */
export interface Burst {
  readonly kind: "burst";
  readonly from: number;
  readonly gapMilliseconds: number;
  readonly mails: number;
}

/** A wait for quota. `mailed` of the recipients have their mail when it begins. */
export interface Sleep {
  readonly kind: "sleep";
  readonly from: number;
  readonly until: number;
  readonly mailed: number;
}

/** Nobody plans further ahead, and a quota of nothing would be waited for without end. */
export const horizonMilliseconds = 100 * 86_400_000;

const shortestSleepMilliseconds = 60_000;
/** A Send sleeps until this share of its quota is free, or as many places as it needs. */
const worthwhileShare = 0.1;

/** Mails a second: what the account may, or less if less was seen. */
export function speedOf({ ratePerSecond, observedPerSecond }: ForecastInput): number {
  return observedPerSecond !== undefined && observedPerSecond > 0
    ? Math.min(ratePerSecond, observedPerSecond)
    : ratePerSecond;
}

/**
 * How a Send will go on, as the engine does it (DOMAIN 3.2, 5.6): mails at the account's speed as long as the sliding
 * window has a place, then a sleep until a worthwhile number of places is free, and so on. Ends when everybody is mailed,
 * at `sendUntil`, or at the horizon. The window counts its oldest bucket whole, so places become free at the ends of
 * buckets only; `windowMilliseconds` is a multiple of `bucketMilliseconds`.
 */
export function* sendSchedule(input: ForecastInput): Generator<Burst | Sleep, void> {
  const { quotaPer24h, now, span = dayInBuckets } = input;
  const end = Math.max(now, Math.min(input.sendUntil ?? Number.POSITIVE_INFINITY, now + horizonMilliseconds));
  const gapMilliseconds = 1000 / speedOf(input);
  const usage = openUsage(input.buckets, now, span);
  let left = input.recipients;
  let at = now;
  const mailed = () => input.recipients - left;
  if (left > 0 && input.resumesAt !== undefined && input.resumesAt > at) {
    at = Math.min(input.resumesAt, end);
    yield { kind: "sleep", from: now, until: at, mailed: 0 };
  }
  while (left > 0 && at < end) {
    const free = quotaPer24h - usage.at(at);
    if (free < 1) {
      const places = Math.min(left, Math.max(1, Math.floor(quotaPer24h * worthwhileShare)));
      const freeAt = quotaFreeAt(usage.buckets(), quotaPer24h, places, at, span);
      const until = Math.min(end, Math.max(freeAt, at + shortestSleepMilliseconds));
      yield { kind: "sleep", from: at, until, mailed: mailed() };
      at = until;
      continue;
    }
    const untilBoundary = Math.min(bucketStart(at, span) + span.bucketMilliseconds, end) - at;
    const mails = Math.min(left, free, Math.ceil(untilBoundary / gapMilliseconds));
    yield { kind: "burst", from: at, gapMilliseconds, mails };
    usage.add(at, mails);
    left -= mails;
    at += mails * gapMilliseconds;
  }
}

/** The sliding window as time goes on; `at` must not go back. */
function openUsage(given: readonly QuotaBucket[], now: number, span: QuotaSpan) {
  // A bucket of a clock that is ahead counts as of now, so that buckets stay in order.
  const counting = given
    .map(({ start, used }) => ({ start: Math.min(start, bucketStart(now, span)), used }))
    .sort((one, other) => one.start - other.start);
  let used = usedInWindow(counting, now, span);
  let first = counting.findIndex(({ start }) => start >= windowStart(now, span));
  if (first < 0) first = counting.length;
  return {
    at(time: number): number {
      const oldest = windowStart(time, span);
      for (let bucket = counting[first]; bucket && bucket.start < oldest; bucket = counting[first]) {
        used -= bucket.used;
        first += 1;
      }
      return used;
    },
    add(time: number, mails: number) {
      const start = bucketStart(time, span);
      const last = counting.at(-1);
      if (last && last.start >= start) last.used += mails;
      else counting.push({ start, used: mails });
      used += mails;
    },
    buckets: () => counting.slice(first),
  };
}
