import type { SettlementJob } from "@email-agent/shared/adapters/stepQueues.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { OrderWrite } from "@email-agent/shared/domain/lifecycle/orderWrite.ts";
import { settlerWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { newWorkerName } from "@email-agent/shared/run/workerName.ts";

/** The right to settle what ended runs of one order left, kept alive by heartbeats. */
export interface SettlerLease extends AsyncDisposable {
  /** The order as the last write left it. */
  readonly order: WorkOrder;
  /** Aborts when the order went on without this settler, and on a planned shutdown. */
  readonly signal: AbortSignal;
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
  heartbeatMilliseconds: number,
  shutdown: AbortSignal,
): Promise<SettlerLease | undefined> {
  const settler = newWorkerName();
  const first = await orders.write(job.workOrderId, settlerWrite(job.settles, settler, clock.now()), {
    heartbeat: true,
  });
  if (!first) return undefined;
  let order = first;
  const lost = new AbortController();
  const closed = new AbortController();
  /** One write at a time: each names the value the one before it left. */
  let last: Promise<unknown> = Promise.resolve();
  const write: SettlerLease["write"] = (make, options) => {
    const next = last.then(async () => {
      lost.signal.throwIfAborted();
      const at = { seen: order.runCheckAt ?? "", now: clock.now() };
      const written = await orders.write(job.workOrderId, make(order, at), options);
      if (written) order = written;
      else lost.abort(new AppError("lease-lost", `Work order ${job.workOrderId} went on without its settler.`));
      lost.signal.throwIfAborted();
    });
    last = next.catch(() => undefined);
    return next;
  };
  const beats = async () => {
    while (!closed.signal.aborted && !lost.signal.aborted) {
      await clock.sleep(heartbeatMilliseconds, closed.signal).catch(() => undefined);
      if (closed.signal.aborted) return;
      const beat = write((_, { seen, now }) => settlerWrite(seen, settler, now), { heartbeat: true });
      await beat.catch((error) => log.warn({ error }, "the heartbeat of a settler could not be written"));
    }
  };
  const beating = beats();
  return {
    get order() {
      return order;
    },
    signal: AbortSignal.any([lost.signal, shutdown]),
    write,
    async [Symbol.asyncDispose]() {
      closed.abort();
      await beating;
    },
  };
}
