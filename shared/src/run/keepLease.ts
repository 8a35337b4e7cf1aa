import type { LeaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";

/** A lease that heartbeats keep alive: the right to work on a run, a chunk or a settlement. */
export interface Lease extends AsyncDisposable {
  /** Aborts once: on a stop, when the lease is lost, and on a graceful shutdown. */
  readonly signal: AbortSignal;
  /** True while the last renewal is young enough to begin anything, by the monotonic clock. */
  isProven(): boolean;
  /** Throws `signal.reason` once it aborted, and AppError `lease-lost` unless the lease is proven. */
  prove(): void;
  /** Ends the lease for this process. */
  end(reason: AppError): void;
}

export interface LeaseOptions {
  /** Names the lease in texts: "run 01H… of Send". */
  readonly name: string;
  /** Monotonic milliseconds taken before the pick-up was sent: the lease is never younger than the database thinks. */
  readonly renewedAt: number;
  /**
   * One heartbeat: a write that is conditional on the fencing token. False if it was refused and the reason is not known
   * yet; the next one decides. Throws AppError `interrupted` if the lease has ended; any other error is retried soon.
   */
  readonly renew: () => Promise<boolean>;
  /** True if the next heartbeat must not wait for its time. */
  readonly isUrgent?: () => boolean;
  /** Listens for what ends the lease between two heartbeats. */
  readonly listen?: (end: (reason: AppError) => void) => readonly Disposable[];
  /** Ends the work, not the heartbeats: what is on the wire keeps its lease. */
  readonly shutdown?: AbortSignal;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  readonly log: Pick<Log, "warn">;
  readonly times: Pick<LeaseTimes, "heartbeatMilliseconds" | "proofMilliseconds">;
}

/** A failed heartbeat is retried, and an urgent one is sent, after this share of the interval. */
const soonShare = 0.1;

/**
 * Keeps a lease by heartbeats until it is disposed. Its age counts from before a heartbeat was sent, so that a slow write
 * makes no lease look younger than it is. Disposing stops listening and waits for a heartbeat under way; none follows.
 */
export function keepLease(options: LeaseOptions): Lease {
  const { name, renew, isUrgent, listen, shutdown, clock, log, times } = options;
  const { heartbeatMilliseconds, proofMilliseconds } = times;
  const soonMilliseconds = heartbeatMilliseconds * soonShare;
  const ended = new AbortController();
  const closed = new AbortController();
  const signal = shutdown ? AbortSignal.any([ended.signal, shutdown]) : ended.signal;
  let renewedAt = options.renewedAt;

  const age = () => clock.monotonic() - renewedAt;
  const end = (reason: AppError) => ended.abort(reason);
  /** Resolves to the wait until the next one. */
  const heartbeat = async (): Promise<number> => {
    const sentAt = clock.monotonic();
    try {
      if (await renew()) renewedAt = sentAt;
      return heartbeatMilliseconds;
    } catch (error) {
      if (error instanceof AppError && error.disposition === "interrupted") end(error);
      else log.warn({ error, lease: name, ageMilliseconds: Math.round(age()) }, "a heartbeat failed; trying again");
      return soonMilliseconds;
    }
  };
  const heartbeats = async () => {
    let dueAt = clock.monotonic() + heartbeatMilliseconds;
    for (;;) {
      const wait = Math.max(0, dueAt - clock.monotonic());
      await clock.sleep(isUrgent ? Math.min(wait, soonMilliseconds) : wait, closed.signal).catch(() => undefined);
      if (closed.signal.aborted || ended.signal.aborted) return;
      const sentAt = clock.monotonic();
      if (sentAt < dueAt && !isUrgent?.()) continue;
      const next = sentAt + (await heartbeat());
      dueAt = Math.max(next, clock.monotonic() + soonMilliseconds);
    }
  };
  const listeners = listen?.(end) ?? [];
  const beating = heartbeats();

  return {
    signal,
    isProven: () => age() < proofMilliseconds,
    prove() {
      signal.throwIfAborted();
      if (age() >= proofMilliseconds)
        throw new AppError("lease-lost", `The last renewal of ${name} is too old to begin anything.`);
    },
    end,
    async [Symbol.asyncDispose]() {
      for (const listener of listeners) listener[Symbol.dispose]();
      closed.abort();
      await beating;
    },
  };
}
