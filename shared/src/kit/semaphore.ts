/** A counting semaphore of this process. */
export interface Semaphore {
  /**
   * Calls `work` as soon as a permit is free, first come, first served, and settles as it does.
   *
   * @throws what `full` returns if the queue is full; `signal.reason` if that aborts while waiting
   */
  run<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result>;
}

interface SemaphoreQueue {
  /** Calls that may wait for a permit; further ones are refused. */
  readonly maxWaiting: number;
  readonly full: () => Error;
}

/** Limits concurrency: at most `permits` calls of `work` run at the same time. Without `queue` any number may wait. */
export function semaphore(permits: number, queue?: SemaphoreQueue): Semaphore {
  const waiting: (() => void)[] = [];
  let free = permits;

  const acquire = (signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    if (queue && waiting.length >= queue.maxWaiting) throw queue.full();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = () => {
      signal?.removeEventListener("abort", leave);
      resolve();
    };
    const leave = () => {
      waiting.splice(waiting.indexOf(begin), 1);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", leave, { once: true });
    waiting.push(begin);
    return promise;
  };

  return {
    async run(work, signal) {
      await acquire(signal);
      try {
        return await work();
      } finally {
        // The permit goes to the next in the queue: a call that comes now cannot overtake it.
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
