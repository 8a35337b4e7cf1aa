import type { Clock } from "../kit/clock.ts";

/** Failure detector by heartbeats, without a common clock: a heartbeat is a value that changes. */
export interface HeartbeatWatch {
  /**
   * One look at the heartbeats of all that is watched (key → value as read). Returns for each how many milliseconds this
   * process has seen its value unchanged: 0 at the first look, or what others are known to have seen. What is absent from
   * a look is forgotten.
   */
  look(
    heartbeats: Iterable<readonly [key: string, value: string, knownMilliseconds?: number]>,
  ): ReadonlyMap<string, number>;
}

/**
 * Measures silence by the monotonic clock of this process. Only observed time counts: after a gap between two looks of
 * more than `longestGapMilliseconds` (a database outage, in which no heartbeat can be written, or a frozen process) all
 * watching begins again. Take over by a write that is conditional on the value that was seen.
 */
export function heartbeatWatch(clock: Pick<Clock, "monotonic">, longestGapMilliseconds: number): HeartbeatWatch {
  let seen = new Map<string, { readonly value: string; readonly since: number }>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    look(heartbeats) {
      const now = clock.monotonic();
      const before = now - lookedAt > longestGapMilliseconds ? undefined : seen;
      seen = new Map();
      lookedAt = now;
      const unchanged = new Map<string, number>();
      for (const [key, value, knownMilliseconds = 0] of heartbeats) {
        const known = before?.get(key);
        const since = known?.value === value ? known.since : now - knownMilliseconds;
        seen.set(key, { value, since });
        unchanged.set(key, now - since);
      }
      return unchanged;
    },
  };
}
