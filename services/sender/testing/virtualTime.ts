import { setImmediate } from "node:timers/promises";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only while everything sleeps: hours of a slow account take a second, and the load of the machine delays nothing. */
export interface VirtualTime {
  readonly clock: Clock;
  /** A connection whose scripts read this time instead of the server's. */
  redis(real: Redis): Redis;
  /** Lets time pass until `work` is done; rejects on a deadlock. */
  during<Result>(work: Promise<Result>): Promise<Result>;
}

/** Chained promises need some ticks of the event loop before everything sleeps. */
const quietTicks = 8;

const timeKey = "virtual-time";
const timeInLua = `{string.match(redis.call('GET', '${timeKey}'), '(%d+) (%d+)')}`;

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
    for (let tick = 0; tick < quietTicks; tick++) {
      await setImmediate();
      if (calls > 0) tick = -1;
    }
  };
  return {
    clock,
    redis: (real) =>
      new Proxy(real, {
        get(target, name) {
          // Scripts read the time from a key, so their text is not the one that callers know the hash of.
          if (name === "evalsha") return () => Promise.reject(new Error("NOSCRIPT"));
          if (name !== "eval") return Reflect.get(target, name);
          return async (lua: string, ...rest: [number, ...string[]]) => {
            const [seconds, micros] = [Math.floor(clock.now() / 1000), Math.round((clock.now() % 1000) * 1000)];
            calls += 1;
            try {
              const timed = lua.replace("redis.call('TIME')", timeInLua);
              const [, result] = await Promise.all([
                target.set(timeKey, `${seconds} ${micros}`),
                target.eval(timed, ...rest),
              ]);
              return result;
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
        if (at === Number.POSITIVE_INFINITY)
          throw new Error("Deadlock: everything waits for something that never happens.");
        elapsed = Math.max(elapsed, at);
        const awake = sleepers.filter((sleeper) => sleeper.at <= elapsed);
        sleepers = sleepers.filter((sleeper) => sleeper.at > elapsed);
        for (const { wake } of awake) wake();
      }
    },
  };
}
