/** How a bucket fills: at most `capacity` tokens, `perSecond` new ones. */
interface TokenRate {
  readonly capacity: number;
  readonly perSecond: number;
}

/** Rate limit: a token bucket per key. It belongs to one process: n processes allow n times as much. */
export interface TokenBuckets {
  /** Takes one token; 0 if there was one, else the seconds until there is. A new bucket is full. */
  take(key: string, rate: TokenRate): number;
  readonly size: number;
}

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * At most `maxBuckets`; those used long ago are evicted first: an attack with a million keys costs no more memory than that,
 * and a key whose bucket was evicted begins with a full one. `milliseconds` is the clock; set back, it fills nothing.
 */
export function tokenBuckets(maxBuckets: number, milliseconds: () => number): TokenBuckets {
  // Two generations: a bucket in use is moved to the young one, and when that is full the old one goes as a whole. A single
  // Map in the order of use would take longer with every bucket that leaves: finding its first key passes all deleted ones.
  let young = new Map<string, Bucket>();
  let old = new Map<string, Bucket>();

  function bucketOf(key: string, capacity: number): Bucket {
    const known = young.get(key);
    if (known) return known;
    const bucket = old.get(key) ?? { tokens: capacity, filledAt: milliseconds() };
    old.delete(key);
    if (young.size >= Math.floor(maxBuckets / 2)) {
      old = young;
      young = new Map();
    }
    young.set(key, bucket);
    return bucket;
  }

  return {
    take(key, { capacity, perSecond }) {
      const bucket = bucketOf(key, capacity);
      const now = milliseconds();
      const passed = Math.max(0, now - bucket.filledAt);
      bucket.tokens = Math.min(capacity, bucket.tokens + (passed / 1000) * perSecond);
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
