import { type RequestGroup, requestRates } from "@email-agent/shared/kit/requestRates.ts";
import { tokenBuckets } from "../http/tokenBuckets.ts";

export interface VisitorRates {
  /** Takes one request of this client; 0 if it may be served, else the seconds until one may. */
  take(group: RequestGroup, client: string): number;
  /** Buckets that are kept. */
  readonly size: number;
}

const windowSeconds = 300;
/** So much of the five minutes' requests may come at once. */
const burstShare = 1 / 5;

/** A token bucket for each client and group of requests. */
export function visitorRates(maxBuckets: number, monotonic: () => number): VisitorRates {
  const buckets = tokenBuckets(maxBuckets, monotonic);
  return {
    take: (group, client) =>
      buckets.take(`${group} ${client}`, {
        capacity: Math.max(1, Math.floor(requestRates[group] * burstShare)),
        perSecond: requestRates[group] / windowSeconds,
      }),
    get size() {
      return buckets.size;
    },
  };
}
