/** Work that goes on behind a step that has already ended, as cleaning up after a stop does. */
export interface WorkBehind extends AsyncDisposable {
  /** Keeps the work until it ends. Its failure is the business of whoever began it. */
  add(work: Promise<unknown>): void;
}

/** Disposing waits for everything under way: the planned shutdown of the service does, as long as it may. */
export function workBehind(): WorkBehind {
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
