import type { CancelFlags } from "../adapters/cancelFlags.ts";
import type { WorkOrderStore } from "../adapters/workOrderStore.ts";
import type { LeaseClaim } from "../domain/lifecycle/runWrites.ts";
import { heartbeatWrite } from "../domain/lifecycle/workerWrites.ts";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";
import type { WorkerTimes } from "./workerTimes.ts";

/** The run lease in a worker's hand. */
export interface LeaseKeeper extends AsyncDisposable {
  /** Aborts once on a stop, a lost lease or a planned shutdown. */
  readonly signal: AbortSignal;
  /** Milliseconds since the last successful renewal, by the monotonic clock. */
  age(): number;
  /** Throws unless the lease is surely still held. */
  prove(): void;
  /** Ends the run for this worker. */
  abort(reason: AppError): void;
  /** A write under the lease was refused: finds out why and aborts. */
  explainRefusal(): Promise<void>;
}

export interface LeaseKeeperOptions {
  readonly workOrderId: string;
  readonly lease: LeaseClaim;
  /** Monotonic milliseconds taken before the pick-up was sent: the lease is never younger than the database thinks. */
  readonly renewedAt: number;
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly flags: Pick<CancelFlags, "watch">;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: WorkerTimes;
}

/** Keeps the lease alive by heartbeats and notices its end: by the cancel flag or by a refused heartbeat. */
export function keepLease(options: LeaseKeeperOptions): LeaseKeeper {
  const { workOrderId, lease, orders, flags, clock, log, times } = options;
  const ended = new AbortController();
  const closed = new AbortController();
  let renewedAt = options.renewedAt;

  const age = () => clock.monotonic() - renewedAt;
  const abort = (reason: AppError) => {
    if (!ended.signal.aborted) ended.abort(reason);
  };
  const explainRefusal = async () => {
    const order = await orders.get(workOrderId);
    const step = order?.steps[lease.step];
    if (step?.status === "interrupted" && step.runId === lease.runId) abort(stopped(lease));
    else if (order?.runLease?.token !== lease.token || order.runLease.runId !== lease.runId) abort(leaseLost(lease));
  };
  const beat = async (): Promise<number> => {
    const sentAt = clock.monotonic();
    try {
      const order = await orders.write(workOrderId, heartbeatWrite(lease, clock.now()), { heartbeat: true });
      if (order) renewedAt = sentAt;
      else await explainRefusal();
      return times.heartbeatMilliseconds;
    } catch (error) {
      log.warn({ error, leaseAgeMilliseconds: Math.round(age()) }, "A heartbeat could not be written; trying again");
      return Math.min(times.retryMilliseconds, times.heartbeatMilliseconds);
    }
  };
  const beats = async () => {
    let wait = times.heartbeatMilliseconds;
    while (!closed.signal.aborted) {
      await clock.sleep(wait, closed.signal).catch(() => undefined);
      if (closed.signal.aborted || ended.signal.aborted) return;
      wait = await beat();
    }
  };
  const watch = flags.watch(lease.runId, () => abort(stopped(lease)));
  const beating = beats();

  return {
    signal: ended.signal,
    age,
    prove() {
      if (ended.signal.aborted) throw ended.signal.reason;
      if (age() >= times.proofMilliseconds)
        throw new AppError("lease-lost", `The last renewal of run ${lease.runId} is too old to begin anything.`);
    },
    abort,
    explainRefusal,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      closed.abort();
      await beating;
    },
  };
}

function stopped(lease: LeaseClaim): AppError {
  return new AppError("stopped", `${lease.step} was stopped.`);
}

function leaseLost(lease: LeaseClaim): AppError {
  return new AppError("lease-lost", `Run ${lease.runId} of ${lease.step} was taken over or has ended.`);
}
