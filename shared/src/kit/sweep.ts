import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";

export interface SweepOptions {
  readonly name: string;
  readonly everyMilliseconds: number;
  /** One round; it ends soon after `signal` aborts. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

/** Repeats `work` at an interval, even if a round fails. Disposing waits for the current round. */
export function sweep({ name, everyMilliseconds, work, clock, log, signal }: SweepOptions): AsyncDisposable {
  const closing = new AbortController();
  const ending = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
  const rounds = (async () => {
    while (!ending.aborted) {
      try {
        await work(ending);
      } catch (error) {
        log.warn({ error, sweep: name }, "A round failed; the next one tries again");
      }
      await clock.sleep(everyMilliseconds, ending).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await rounds;
    },
  };
}
