/** How usage is kept: buckets of one length, and how far back they count. Milliseconds. */
export interface QuotaSpan {
  readonly bucketMilliseconds: number;
  readonly windowMilliseconds: number;
}

/** Providers count messages in any 24 hours; 5-minute buckets keep that in 290 numbers. */
export const dayInBuckets: QuotaSpan = Object.freeze({
  bucketMilliseconds: 5 * 60_000,
  windowMilliseconds: 24 * 60 * 60_000,
});

/** Messages reserved in one bucket. `start` is epoch milliseconds, a multiple of the bucket's length. */
export interface QuotaBucket {
  readonly start: number;
  readonly used: number;
}

/** Start of the bucket that holds an instant (epoch ms). */
export function bucketStart(at: number, span: QuotaSpan = dayInBuckets): number {
  return Math.floor(at / span.bucketMilliseconds) * span.bucketMilliseconds;
}

/**
 * Start of the oldest bucket that counts at `now`: the one that reaches into the window. It counts whole, although a part
 * of it may be older, so the sum errs on the safe side only.
 */
export function windowStart(now: number, span: QuotaSpan = dayInBuckets): number {
  return bucketStart(now - span.windowMilliseconds, span);
}

/** A Send without a place sleeps until this share of the quota is free. */
const worthwhileShare = 0.1;

/** How many places must be free before a Send that sleeps for quota wakes: a worthwhile number, or as many as it needs. */
export function placesWorthWaking(quota: number, peopleLeft: number): number {
  return Math.max(1, Math.min(peopleLeft, Math.floor(quota * worthwhileShare)));
}

/** Messages that count at `now`. */
export function usedInWindow(buckets: readonly QuotaBucket[], now: number, span: QuotaSpan = dayInBuckets): number {
  const oldest = windowStart(now, span);
  return buckets.reduce((sum, { start, used }) => (start >= oldest ? sum + used : sum), 0);
}

/**
 * The instant (epoch ms) at which `places` of `quota` are free, if nothing more is used: now, or when the bucket falls out
 * of the window that frees enough. More places than the quota has are never free, so then it is when all of it is; with a
 * quota of nothing, one window from now.
 */
export function quotaFreeAt(
  buckets: readonly QuotaBucket[],
  quota: number,
  places: number,
  now: number,
  span: QuotaSpan = dayInBuckets,
): number {
  if (quota < 1) return now + span.windowMilliseconds;
  const oldest = windowStart(now, span);
  const counting = buckets.filter(({ start }) => start >= oldest).sort((one, other) => one.start - other.start);
  let missing = usedInWindow(counting, now, span) + Math.min(places, quota) - quota;
  for (const { start, used } of counting) {
    if (missing <= 0) break;
    missing -= used;
    if (missing <= 0) return start + span.bucketMilliseconds + span.windowMilliseconds;
  }
  return now;
}
