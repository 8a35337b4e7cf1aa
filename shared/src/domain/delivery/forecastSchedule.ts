import { quotaMinimumMilliseconds } from "../lifecycle/schedule.ts";
import { messageSpacing } from "./messageSpacing.ts";
import {
  bucketStart,
  dayInBuckets,
  placesWorthWaking,
  type QuotaBucket,
  type QuotaSpan,
  usedInWindow,
  windowStart,
} from "./quotaWindow.ts";
import type { WaitingAhead } from "./waiting.ts";
import { plannedQuotaFreeAt, type QuotaPlan, quotaAt } from "./warmUp.ts";

/** What a Send has before it. All times are epoch milliseconds. */
export interface ForecastInput extends WaitingAhead, QuotaPlan {
  /** Mails still to be sent, those of `retries` included. */
  readonly recipients: number;
  readonly ratePerSecond: number;
  /** What the account used lately (of all its mailings). */
  readonly buckets: readonly QuotaBucket[];
  /** Mails a second as seen lately; absent while nothing is sent. */
  readonly observedPerSecond?: number | undefined;
  /** When a sleeping Send goes on. */
  readonly resumesAt?: number | undefined;
  /** No mail begins at or after it. */
  readonly sendUntil?: number | undefined;
  /** When mails may begin, from now to the horizon, in order; absent: at any time. */
  readonly openSpans?: readonly OpenSpan[] | undefined;
  readonly now: number;
  readonly span?: QuotaSpan;
}

/** A time in which mails may begin, `until` excluded. */
interface OpenSpan {
  readonly from: number;
  readonly until: number;
}

/** Mails that begin one `gapMilliseconds` apart, the first at `from`, all in one bucket of the quota. Behind the last, the account may begin another at `until`. */
export interface Burst {
  readonly kind: "burst";
  readonly from: number;
  readonly gapMilliseconds: number;
  readonly mails: number;
  readonly until: number;
}

/** A wait for quota, or for the sending window to open. `mailed` of the recipients have their mail when it begins. */
export interface Sleep {
  readonly kind: "sleep";
  readonly from: number;
  readonly until: number;
  readonly mailed: number;
  readonly cause: "quota" | "window";
}

/** A wait for the account, which is paused, or for people who are to be tried again later. */
export interface Wait {
  readonly kind: "pause" | "retries";
  readonly from: number;
  readonly until: number;
}

/** The forecast looks no further ahead; without a horizon a quota of 0 would never end. */
export const horizonMilliseconds = 100 * 86_400_000;

/** For an account with fewer mails a minute than this, the last minute is too small a sample of its speed. */
const smallestSample = 20;

/** Milliseconds between two mails: as the limiter spaces them, or more if more was seen. */
export function gapOf({ ratePerSecond, observedPerSecond = 0 }: ForecastInput): number {
  const spacing = messageSpacing(ratePerSecond);
  const isSampled = observedPerSecond > 0 && ratePerSecond * 60 >= smallestSample;
  return isSampled ? Math.max(spacing, 1000 / observedPerSecond) : spacing;
}

/** People who may be mailed from one instant on. */
interface Group {
  readonly people: number;
  readonly from: number;
  /** The last of them comes at the earliest then. */
  readonly lastAt: number;
}

/** Who may be mailed at once, then who is to be tried again later. */
function groupsOf({ recipients, retries, now }: ForecastInput): Group[] {
  const people = Math.min(recipients, retries?.people ?? 0);
  const { nextAt = now, lastAt = now } = retries ?? {};
  return [
    { people: recipients - people, from: now, lastAt: now },
    { people, from: nextAt, lastAt },
  ];
}

/**
 * How a Send will go on, as the engine does it: mails at the account's speed as long as the sliding window has a place, then
 * a sleep until a worthwhile number of places is free, and so on; people who wait for another attempt come when it is due.
 * Ends when all are mailed, at `sendUntil`, or at the horizon. The window counts its oldest bucket whole, so places
 * become free at the ends of buckets only; `windowMilliseconds` is a multiple of `bucketMilliseconds`.
 */
export function* sendSchedule(input: ForecastInput): Generator<Burst | Sleep | Wait, void> {
  const { now, recipients, resumesAt = now, pausedUntil = now, span = dayInBuckets } = input;
  const end = Math.max(now, Math.min(input.sendUntil ?? Number.POSITIVE_INFINITY, now + horizonMilliseconds));
  const usage = openUsage(input.buckets, now, span);
  const opening = openings(input.openSpans);
  let [at, mailed] = [now, 0];
  if (recipients > 0 && resumesAt > at) {
    at = Math.min(resumesAt, end);
    yield { kind: "sleep", from: now, until: at, mailed, cause: "quota" };
  }
  for (const group of groupsOf(input)) {
    for (const [kind, until] of [
      ["pause", pausedUntil],
      ["retries", group.from],
    ] as const) {
      if (group.people === 0 || until <= at || at >= end) continue;
      yield { kind, from: at, until: Math.min(until, end) };
      at = Math.min(until, end);
    }
    // Their attempts lie anywhere between the first and the last.
    const spacing = gapOf(input);
    const gap = Math.max(spacing, (group.lastAt - at) / Math.max(1, group.people - 1));
    const { people } = group;
    for (const part of throughQuota({ ...input, usage, opening, at, end, gap, spacing, people, mailed, span })) {
      yield part;
      at = part.until;
      if (part.kind === "burst") mailed += part.mails;
    }
  }
}

interface Stretch extends QuotaPlan {
  readonly usage: Usage;
  readonly opening: Openings;
  readonly at: number;
  readonly end: number;
  readonly gap: number;
  /** What the account needs between two mails; `gap` is as long or longer. */
  readonly spacing: number;
  readonly people: number;
  readonly mailed: number;
  readonly span: QuotaSpan;
}

/** Mails `people`, one each `gap`, with the sleeps that the quota and the sending window require. */
function* throughQuota(stretch: Stretch): Generator<Burst | Sleep, void> {
  const { usage, opening, end, gap, spacing, span } = stretch;
  let { at, people: left, mailed } = stretch;
  while (left > 0 && at < end) {
    const open = opening.at(at);
    if (open.from > at) {
      const until = Math.min(end, open.from);
      yield { kind: "sleep", from: at, until, mailed, cause: "window" };
      at = until;
      continue;
    }
    // It changes at the ends of buckets only.
    const quota = quotaAt(stretch, at);
    const free = quota - usage.at(at);
    if (free < 1) {
      const freeAt = plannedQuotaFreeAt(usage.buckets(), stretch, placesWorthWaking(quota, left), at, span);
      const until = Math.min(end, opening.at(Math.max(freeAt, at + quotaMinimumMilliseconds)).from);
      yield { kind: "sleep", from: at, until, mailed, cause: "quota" };
      at = until;
      continue;
    }
    const untilBoundary = Math.min(bucketStart(at, span) + span.bucketMilliseconds, end, open.until) - at;
    const mails = Math.min(left, free, Math.ceil(untilBoundary / gap));
    const until = at + mails * gap - (left === mails ? gap - spacing : 0);
    yield { kind: "burst", from: at, gapMilliseconds: gap, mails, until };
    usage.add(at, mails);
    left -= mails;
    mailed += mails;
    at = until;
  }
}

type Openings = ReturnType<typeof openings>;

/** The span in which mails may begin at `time`, or the next one; it begins then if the window is open. `time` must not go back. */
function openings(spans: readonly OpenSpan[] | undefined) {
  let next = 0;
  return {
    at(time: number): OpenSpan {
      if (!spans) return { from: time, until: Number.POSITIVE_INFINITY };
      for (let span = spans[next]; span && span.until <= time; span = spans[next]) next += 1;
      const { from, until } = spans[next] ?? { from: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
      return { from: Math.max(from, time), until };
    },
  };
}

type Usage = ReturnType<typeof openUsage>;

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
