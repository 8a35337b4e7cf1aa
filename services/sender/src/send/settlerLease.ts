import type { SettlementJob } from "@email-agent/shared/adapters/stepQueues.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { OrderWrite } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import { settlerWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { keepLease, type Lease } from "@email-agent/shared/run/keepLease.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";
import type { SendLimits } from "../sendLimits.ts";

/** The lease on the settlement of what ended runs of one order left. */
export interface SettlerLease extends Pick<Lease, "signal">, AsyncDisposable {
  /** The order as the last write left it. */
  readonly order: WorkOrder;
  /** Makes a write under the lease. `seen`: the fencing token. Throws AppError `lease-lost` if it is refused. */
  write(
    make: (order: WorkOrder, at: { readonly seen: string; readonly now: number }) => OrderWrite,
    options?: Parameters<WorkOrderStore["write"]>[2],
  ): Promise<void>;
}

interface LeasePorts {
  readonly orders: Pick<WorkOrderStore, "write">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Picks a settlement up; undefined if the job has no right to it: a run was started, or another settler was first. */
export async function takeSettlement(
  { orders, clock, log }: LeasePorts,
  job: SettlementJob,
  times: Pick<SendLimits, "settlerHeartbeatMilliseconds" | "proofMilliseconds">,
  shutdown: AbortSignal,
): Promise<SettlerLease | undefined> {
  const { workOrderId } = job;
  const settler = newWorkerName();
  const renewedAt = clock.monotonic();
  const first = await orders.write(workOrderId, settlerWrite(job.settles, settler, clock.now()), { heartbeat: true });
  if (!first) return undefined;
  let order = first;
  let lost: AppError | undefined;
  /** One write at a time: each names the value the one before it left. */
  let last: Promise<unknown> = Promise.resolve();
  const write: SettlerLease["write"] = (make, options) => {
    const next = last.then(async () => {
      if (lost) throw lost;
      const at = { seen: order.runCheckAt ?? "", now: clock.now() };
      const written = await orders.write(workOrderId, make(order, at), options);
      if (written) order = written;
      else {
        lost = new AppError("lease-lost", `Work order ${workOrderId} went on without its settler.`);
        lease.end(lost);
        throw lost;
      }
    });
    last = next.catch(() => undefined);
    return next;
  };
  const lease = keepLease({
    name: `the settlement of ${workOrderId}`,
    ...{ renewedAt, shutdown, clock, log },
    times: { ...times, heartbeatMilliseconds: times.settlerHeartbeatMilliseconds },
    async renew() {
      await write((_, { seen, now }) => settlerWrite(seen, settler, now), { heartbeat: true });
      return true;
    },
  });
  return {
    get order() {
      return order;
    },
    signal: lease.signal,
    write,
    [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
  };
}
