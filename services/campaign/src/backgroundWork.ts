/** Background work that outlives its step, such as cleaning up after a stop. */
export interface BackgroundWork extends AsyncDisposable {
  /** Keeps the work until it ends; the caller handles its failure. */
  add(work: Promise<unknown>): void;
}

/** Disposing waits for all work in progress: the graceful shutdown does, up to its deadline. */
export function backgroundWork(): BackgroundWork {
  const underWay = new Set<Promise<unknown>>();
  return {
    add: (work) => {
      const ended: Promise<unknown> = Promise.allSettled([work]).finally(() => underWay.delete(ended));
      underWay.add(ended);
    },
    [Symbol.asyncDispose]: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
