import { setImmediate } from "node:timers/promises";
import type { Clock } from "../src/kit/clock.ts";

/** A frozen clock that tests move. */
export interface FakeClock extends Clock {
  /** Number of waiting sleepers. */
  readonly sleeping: number;
  /**
   * Moves wall clock and monotonic clock on together, waking sleepers in the order in which they are due, each at its
   * own instant; sleeps that a woken sleeper begins within the same span end too.
   */
  advance(milliseconds: number): Promise<void>;
  /** Moves the wall clock alone, like a corrected system clock. Wakes no sleeper. */
  setNow(epochMilliseconds: number): void;
}

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/** A fake clock that begins at `start` (ISO time or epoch milliseconds). */
export function fakeClock(start: string | number = "2026-03-01T08:00:00.000Z"): FakeClock {
  let wall = typeof start === "number" ? start : Date.parse(start);
  let elapsed = 0;
  const sleepers = new Set<Sleeper>();

  const moveTo = (at: number) => {
    wall += at - elapsed;
    elapsed = at;
  };
  const nextDue = (until: number) =>
    [...sleepers].filter((sleeper) => sleeper.dueAt <= until).sort((one, other) => one.dueAt - other.dueAt)[0];

  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep(milliseconds, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const end = (settle: () => void) => {
        sleepers.delete(sleeper);
        signal?.removeEventListener("abort", abort);
        settle();
      };
      const abort = () => end(() => reject(signal?.reason));
      const sleeper: Sleeper = { dueAt: elapsed + Math.max(0, milliseconds), wake: () => end(resolve) };
      sleepers.add(sleeper);
      signal?.addEventListener("abort", abort, { once: true });
      return promise;
    },
    get sleeping() {
      return sleepers.size;
    },
    async advance(milliseconds) {
      const until = elapsed + milliseconds;
      await setImmediate();
      for (let due = nextDue(until); due; due = nextDue(until)) {
        moveTo(Math.max(elapsed, due.dueAt));
        due.wake();
        // Lets the woken code run up to its next wait before time moves on.
        await setImmediate();
      }
      moveTo(until);
    },
    setNow(epochMilliseconds) {
      wall = epochMilliseconds;
    },
  };
}
