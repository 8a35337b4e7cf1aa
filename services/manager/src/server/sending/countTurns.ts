/** Lets a few counts read the participants at the same time; the others wait for their turn. */
export interface CountTurns {
  /** Does `work` when it is its turn. Throws `signal.reason` if that aborts before. */
  take<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

export function countTurns(atOnce: number): CountTurns {
  const waiting: (() => void)[] = [];
  let free = atOnce;

  const turn = (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (free > 0) {
      free -= 1;
      return Promise.resolve();
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = () => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    };
    const giveUp = () => {
      waiting.splice(waiting.indexOf(begin), 1);
      reject(signal.reason);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    waiting.push(begin);
    return promise;
  };
  return {
    async take(work, signal) {
      await turn(signal);
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      }
    },
  };
}
