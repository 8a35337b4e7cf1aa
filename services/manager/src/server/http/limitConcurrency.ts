import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type Semaphore, semaphore } from "@email-agent/shared/kit/semaphore.ts";

export interface ConcurrencyOptions {
  /** Calls that run at the same time. */
  readonly atOnce: number;
  /** Calls that may wait; further ones are refused with AppError `busy` (503 with `Retry-After`). */
  readonly maxWaiting: number;
  /** What a refused client is asked to wait. */
  readonly retryAfterSeconds: number;
}

/** A semaphore with a bounded queue. One belongs to a process: keep it on the `Manager`, which every bundle of Next.js shares. */
export function limitConcurrency({ atOnce, maxWaiting, retryAfterSeconds }: ConcurrencyOptions): Semaphore {
  const full = () =>
    new AppError("busy", "The Email Manager has too much to do right now. Try again in a moment.", {
      details: { retryAfterSeconds },
    });
  return semaphore(atOnce, { maxWaiting, full });
}
