import type { Clock } from "@email-agent/shared/service/clock.ts";
import { AppError } from "@email-agent/shared/service/errors.ts";

/** A token bucket per key. It belongs to one process: n processes allow n times as much. */
export interface RateLimit {
  /** Takes a token. AppError `too-many-requests` (429 with `Retry-After`) if the bucket of `key` is empty. */
  take(key: string): void;
}

export interface RateOptions {
  /** Tokens of a full bucket. */
  readonly burst: number;
  readonly tokensPerMinute: number;
  /** What a refused user reads. */
  readonly sentence: string;
}

interface Bucket {
  tokens: number;
  /** Epoch milliseconds. */
  filledAt: number;
}

/** Beyond this many keys the full buckets are forgotten; a new one is full. */
const keysKept = 1000;

export function limitRate({ burst, tokensPerMinute, sentence }: RateOptions, clock: Pick<Clock, "now">): RateLimit {
  const buckets = new Map<string, Bucket>();
  const perMillisecond = tokensPerMinute / 60_000;

  const fill = (bucket: Bucket, now: number) => {
    // A clock that was set back fills nothing and takes nothing.
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.filledAt) * perMillisecond);
    bucket.filledAt = now;
  };
  const forgetFull = (now: number) => {
    for (const [key, bucket] of buckets) {
      fill(bucket, now);
      if (bucket.tokens >= burst) buckets.delete(key);
    }
  };
  return {
    take(key) {
      const now = clock.now();
      const bucket = buckets.get(key) ?? { tokens: burst, filledAt: now };
      fill(bucket, now);
      if (bucket.tokens < 1) {
        const retryAfterSeconds = Math.ceil((1 - bucket.tokens) / perMillisecond / 1000);
        throw new AppError("too-many-requests", sentence, { details: { retryAfterSeconds } });
      }
      bucket.tokens -= 1;
      if (!buckets.has(key) && buckets.size >= keysKept) forgetFull(now);
      buckets.set(key, bucket);
    },
  };
}
