import type { CancelFlags } from "../adapters/cancelFlags.ts";
import type { WorkOrderStore } from "../adapters/workOrderStore.ts";
import type { LeaseClaim } from "../domain/lifecycle/runWrites.ts";
import { heartbeatWrite } from "../domain/lifecycle/workerWrites.ts";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import { keepLease, type Lease, type LeaseOptions } from "./keepLease.ts";

/** The lease on a run: its heartbeat moves the run's clock in the work order. */
export interface RunLease extends Lease {
  /** A write under the lease was refused: reads why and ends the lease. */
  explainRefusal(): Promise<void>;
}

interface RunLeaseOptions extends Pick<LeaseOptions, "renewedAt" | "shutdown" | "log" | "times"> {
  readonly workOrderId: string;
  readonly lease: LeaseClaim;
  readonly orders: Pick<WorkOrderStore, "get" | "write">;
  readonly flags: Pick<CancelFlags, "watch">;
  readonly clock: Clock;
}

/** Keeps the lease on a picked-up run. The cancel flag or a refused heartbeat ends it. */
export function keepRunLease(options: RunLeaseOptions): RunLease {
  const { workOrderId, lease, orders, flags, clock } = options;
  const { step, runId, token } = lease;
  const stopped = () => new AppError("stopped", `${step} was stopped.`);
  const reasonOfRefusal = async (): Promise<AppError | undefined> => {
    const order = await orders.get(workOrderId);
    const record = order?.steps[step];
    if (record?.status === "interrupted" && record.runId === runId) return stopped();
    if (order?.runLease?.token === token && order.runLease.runId === runId) return undefined;
    return new AppError("lease-lost", `Run ${runId} of ${step} was taken over or has ended.`);
  };
  const kept = keepLease({
    ...options,
    name: `run ${runId} of ${step}`,
    async renew() {
      if (await orders.write(workOrderId, heartbeatWrite(lease, clock.now()), { heartbeat: true })) return true;
      const reason = await reasonOfRefusal();
      if (reason) throw reason;
      return false;
    },
    listen: (end) => [flags.watch(runId, () => end(stopped()))],
  });
  return {
    ...kept,
    async explainRefusal() {
      const reason = await reasonOfRefusal();
      if (reason) kept.end(reason);
    },
  };
}
