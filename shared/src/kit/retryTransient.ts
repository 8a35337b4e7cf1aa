import type { Clock } from "./clock.ts";
import { AppError } from "./errors.ts";
import type { Log } from "./log.ts";
import { isTransient } from "./transientErrors.ts";

/**
 * Transient errors of work under a lease. Heartbeats fail with everything else during an outage, so right afterwards the
 * lease is too old to prove. The next heartbeat shows whether it is still held, and its signal aborts if it is not.
 */
export function isTransientUnderLease(error: unknown): boolean {
  return isTransient(error) || (error instanceof AppError && error.code === "lease-lost");
}

const firstWaitMilliseconds = 200;
const longestWaitMilliseconds = 2000;

interface RetryOptions {
  /** Which errors are retried. Default: transient ones. */
  readonly retries?: (error: unknown) => boolean;
  /** Ends the wait between two attempts; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** An error that comes later than this after the first attempt is thrown. Default: never. */
  readonly milliseconds?: number;
}

/**
 * Exponential backoff: does `work` again, 0.2 s to 2 s apart, while it fails with transient errors. `what` names the work
 * in the log.
 */
export async function retryTransient<Result>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  what: string,
  work: () => Promise<Result>,
  { retries = isTransient, signal, milliseconds = Number.POSITIVE_INFINITY }: RetryOptions = {},
): Promise<Result> {
  const since = clock.monotonic();
  for (let wait = firstWaitMilliseconds; ; wait = Math.min(wait * 2, longestWaitMilliseconds)) {
    try {
      return await work();
    } catch (error) {
      if (!retries(error) || clock.monotonic() - since >= milliseconds) throw error;
      log.warn({ error }, `${what} failed; trying again`);
    }
    await clock.sleep(wait, signal);
  }
}
