import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { tokenBuckets } from "./tokenBuckets.ts";

/** Rate limit for each user, by token bucket. */
export interface RateLimit {
  /** Takes a token. AppError `too-many-requests` (429 with `Retry-After`) if the bucket of `key` is empty. */
  take(key: string): void;
}

export interface RateOptions {
  /** Tokens of a full bucket. */
  readonly burst: number;
  readonly tokensPerMinute: number;
  /** The error text. */
  readonly sentence: string;
}

/** Far more than there are users. */
const maxBuckets = 50_000;

export function limitRate({ burst, tokensPerMinute, sentence }: RateOptions, clock: Pick<Clock, "now">): RateLimit {
  const buckets = tokenBuckets(maxBuckets, () => clock.now());
  const rate = { capacity: burst, perSecond: tokensPerMinute / 60 };
  return {
    take(key) {
      const retryAfterSeconds = buckets.take(key, rate);
      if (retryAfterSeconds > 0) throw new AppError("too-many-requests", sentence, { details: { retryAfterSeconds } });
    },
  };
}
