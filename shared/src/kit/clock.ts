/** Time as a port, so that tests can move it. */
export interface Clock {
  /** Time of day, epoch milliseconds: for instants that are stored. Services use that of `openAws`, which all hosts agree on. */
  now(): number;
  /** Monotonic milliseconds of this process: for proofs and durations. It does not stop while a process is frozen (SIGSTOP). */
  monotonic(): number;
  /** Resolves after `milliseconds`; rejects with `signal.reason` as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this host, right or wrong. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, milliseconds);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
    }),
};
