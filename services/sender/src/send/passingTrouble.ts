import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { isPassing } from "@email-agent/shared/kit/passing.ts";

/**
 * Passing trouble, for whoever works under a lease. Heartbeats fail with everything else during an outage, so afterwards the lease
 * is too old to prove for a moment: then the next heartbeat tells, by the signal of the lease, whether it is still held.
 */
export function isPassingUnderLease(error: unknown): boolean {
  return isPassing(error) || (error instanceof AppError && error.code === "lease-lost");
}

const firstWaitMilliseconds = 200;
const longestWaitMilliseconds = 2000;

export interface Patience {
  readonly isPassing?: (error: unknown) => boolean;
  /** Waiting ends with its reason. */
  readonly signal?: AbortSignal;
  /** Trouble that lasts longer is thrown. */
  readonly milliseconds?: number;
}

/** Does `work`, again and again while what it needs is away. `what` is told in the log. */
export async function outlastTrouble<Result>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  what: string,
  work: () => Promise<Result>,
  { isPassing: passes = isPassing, signal, milliseconds = Number.POSITIVE_INFINITY }: Patience = {},
): Promise<Result> {
  const since = clock.monotonic();
  for (let wait = firstWaitMilliseconds; ; wait = Math.min(wait * 2, longestWaitMilliseconds)) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || clock.monotonic() - since >= milliseconds) throw error;
      log.warn({ error }, `${what} failed; trying again`);
    }
    await clock.sleep(wait, signal);
  }
}
