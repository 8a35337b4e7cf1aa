import { AppError } from "@email-agent/shared/kit/errors.ts";

/** A semaphore with a bounded queue. One belongs to a process: keep it on the `Manager`, which every bundle of Next.js shares. */
export interface ConcurrencyLimit {
  /**
   * Calls `work` as soon as a slot is free, in the order of asking, and settles as it does.
   *
   * @throws AppError `busy` (503 with `Retry-After`) if the queue is full; `signal.reason` if that aborts while waiting
   */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

export interface ConcurrencyOptions {
  /** Calls of `work` that run at the same time. */
  readonly atOnce: number;
  /** Calls that may wait for a slot; further ones are refused. */
  readonly maxWaiting: number;
  /** What a refused client is asked to wait. */
  readonly retryAfterSeconds: number;
}

export function limitConcurrency({ atOnce, maxWaiting, retryAfterSeconds }: ConcurrencyOptions): ConcurrencyLimit {
  const waiting: (() => void)[] = [];
  let free = atOnce;

  const slot = (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    if (waiting.length >= maxWaiting)
      throw new AppError("busy", "The Email Manager has too much to do right now. Try again in a moment.", {
        details: { retryAfterSeconds },
      });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = () => {
      signal?.removeEventListener("abort", giveUp);
      resolve();
    };
    const giveUp = () => {
      waiting.splice(waiting.indexOf(begin), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", giveUp, { once: true });
    waiting.push(begin);
    return promise;
  };
  return {
    async run(work, signal) {
      await slot(signal);
      try {
        return await work();
      } finally {
        // The slot is handed on: a call that comes now cannot overtake one that waits.
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
