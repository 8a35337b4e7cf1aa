import { type RequestGroup, requestRates } from "@email-agent/shared/service/requestRates.ts";

export interface TokenBuckets {
  /** Takes one token of this client; 0 if there was one, else the seconds until there is. */
  take(group: RequestGroup, client: string): number;
  readonly size: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

const windowSeconds = 300;
/** So much of the five minutes' requests may come at once. */
const burstShare = 1 / 5;

/**
 * A token bucket for each client and group of requests. Only `maxBuckets` are kept, those used long ago leave first: an
 * attack from a million addresses costs no more memory than that, and a client whose bucket left begins with a full one.
 */
export function tokenBuckets(maxBuckets: number, monotonic: () => number): TokenBuckets {
  // Two generations: a bucket in use is moved to the young one, and when that is full the old one goes as a whole. A single
  // Map in the order of use would take longer with every bucket that leaves: finding its first key passes all deleted ones.
  let young = new Map<string, Bucket>();
  let old = new Map<string, Bucket>();

  function bucketOf(key: string, capacity: number): Bucket {
    const known = young.get(key);
    if (known) return known;
    const bucket = old.get(key) ?? { tokens: capacity, filledAt: monotonic() };
    old.delete(key);
    if (young.size >= Math.floor(maxBuckets / 2)) {
      old = young;
      young = new Map();
    }
    young.set(key, bucket);
    return bucket;
  }

  return {
    take(group, client) {
      const perSecond = requestRates[group] / windowSeconds;
      const capacity = Math.max(1, Math.floor(requestRates[group] * burstShare));
      const bucket = bucketOf(`${group} ${client}`, capacity);
      const now = monotonic();
      bucket.tokens = Math.min(capacity, bucket.tokens + ((now - bucket.filledAt) / 1000) * perSecond);
      bucket.filledAt = now;
      if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
      bucket.tokens -= 1;
      return 0;
    },
    get size() {
      return young.size + old.size;
    },
  };
}
