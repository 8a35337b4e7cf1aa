import { setImmediate } from "node:timers/promises";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when everybody sleeps: hours of a slow account in a second, and nothing is late by the machine. */
export interface VirtualTime {
  readonly clock: Clock;
  /** A connection whose scripts read this time instead of the server's; all else of them is the server's. */
  redis(real: Redis): Redis;
  /** Lets time pass until `work` is done; rejects if everybody waits for something that never comes. */
  during<Result>(work: Promise<Result>): Promise<Result>;
}

/** Promises that hang on each other need some turns of the loop before everybody sleeps. */
const quietTurns = 8;

export function virtualTime(startsAt: number): VirtualTime {
  let elapsed = 0;
  let calls = 0;
  let sleepers: Sleeper[] = [];
  const clock: Clock = {
    now: () => startsAt + elapsed,
    monotonic: () => elapsed,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const leave = () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", leave);
          resolve();
        };
        const sleeper = { at: elapsed + milliseconds, wake };
        sleepers.push(sleeper);
        signal?.addEventListener("abort", leave, { once: true });
      }),
  };
  const quiet = async () => {
    for (let turn = 0; turn < quietTurns; turn++) {
      await setImmediate();
      if (calls > 0) turn = -1;
    }
  };
  return {
    clock,
    redis: (real) =>
      new Proxy(real, {
        get(target, name) {
          // The text of a script changes with the time, so none is found by its hash.
          if (name === "evalsha") return () => Promise.reject(new Error("NOSCRIPT"));
          if (name !== "eval") return Reflect.get(target, name);
          return async (lua: string, ...rest: [number, ...string[]]) => {
            const [seconds, micros] = [Math.floor(clock.now() / 1000), Math.round((clock.now() % 1000) * 1000)];
            calls += 1;
            try {
              return await target.eval(lua.replace("redis.call('TIME')", `{'${seconds}', '${micros}'}`), ...rest);
            } finally {
              calls -= 1;
            }
          };
        },
      }),
    async during(work) {
      let done = false;
      void work.then(
        () => {
          done = true;
        },
        () => {
          done = true;
        },
      );
      for (;;) {
        await quiet();
        if (done) return work;
        const at = Math.min(...sleepers.map((sleeper) => sleeper.at));
        if (at === Number.POSITIVE_INFINITY) throw new Error("Everybody waits for something that never comes.");
        elapsed = Math.max(elapsed, at);
        const awake = sleepers.filter((sleeper) => sleeper.at <= elapsed);
        sleepers = sleepers.filter((sleeper) => sleeper.at > elapsed);
        for (const { wake } of awake) wake();
      }
    },
  };
}
