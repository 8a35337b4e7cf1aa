/** Time as a port, so that tests can move it. */
export interface Clock {
  /** Wall clock, epoch milliseconds: for instants that are stored. */
  now(): number;
  /** Monotonic milliseconds of this process: for proofs and durations. It does not stop while a process is frozen (SIGSTOP). */
  monotonic(): number;
  /** Resolves after `milliseconds`; rejects with `signal.reason` as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

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
