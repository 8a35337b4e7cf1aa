import type { Clock } from "@email-agent/shared/kit/clock.ts";

/** The time of a scenario: a wall clock that may jump, and a monotonic one. */
export interface DrivenTime {
  wall: number;
  monotonic: number;
}

/** A clock of one process whose sleeps end only when `wake` is called: nothing happens by itself. */
export interface DrivenClock extends Clock {
  readonly sleeping: number;
  wake(): void;
}

export function drivenClock(time: DrivenTime): DrivenClock {
  const sleepers = new Set<() => void>();
  return {
    now: () => time.wall,
    monotonic: () => time.monotonic,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const end = (settle: () => void) => () => {
          sleepers.delete(wake);
          settle();
        };
        const wake = end(resolve);
        sleepers.add(wake);
        signal?.addEventListener(
          "abort",
          end(() => reject(signal.reason)),
          { once: true },
        );
      }),
    get sleeping() {
      return sleepers.size;
    },
    wake() {
      for (const wake of [...sleepers]) wake();
    },
  };
}
