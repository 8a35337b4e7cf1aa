import type { StepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { settleableRuns } from "@email-agent/shared/domain/lifecycle/settlement.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { type Log, withLogContext } from "@email-agent/shared/kit/log.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";

export interface SettlePorts {
  readonly orders: Pick<WorkOrderStore, "get" | "runsIn">;
  readonly queues: Pick<StepQueues, "addSettlement">;
  readonly clock: Pick<Clock, "monotonic">;
  readonly log: Log;
}

export interface SettleLimits {
  /** A settler that has not moved the clock for this long is lost. */
  readonly lostMilliseconds: number;
}

/**
 * Gets the claims of ended runs settled: each call adds a job for every settling order without a settler, or whose settler
 * is lost. The job is a hint: several ingests may add it, Redis may lose it, and the settler's pick-up decides.
 */
export function settleRuns(ports: SettlePorts, { lostMilliseconds }: SettleLimits) {
  const { orders, clock, log } = ports;
  const watch = heartbeatWatch(clock, lostMilliseconds);
  return async (signal?: AbortSignal): Promise<void> => {
    const runs = await Array.fromAsync(orders.runsIn("settling"));
    const silent = watch.look(runs.map(({ id, runCheckAt }) => [id, runCheckAt]));
    for (const { id: workOrderId } of runs) {
      if (signal?.aborted) return;
      await withLogContext({ workOrderId }, async () => {
        try {
          await addJob(ports, workOrderId, (silent.get(workOrderId) ?? 0) >= lostMilliseconds);
        } catch (error) {
          log.warn({ error }, "The claims of an ended run could not be checked; the next round tries again");
        }
      });
    }
  };
}

async function addJob({ orders, queues, log }: SettlePorts, id: string, isLost: boolean): Promise<void> {
  const order = await orders.get(id);
  const { runState, runCheckAt, settler, unsettled = {} } = order ?? {};
  const [runId, run] = settleableRuns(unsettled)[0] ?? [];
  if (!order || runState !== "settling" || !runCheckAt || runId === undefined || !run) return;
  if (settler !== undefined && !isLost) return;
  log.info({ runId, settler }, "The claims of an ended run are to be settled");
  await queues.addSettlement(run.step, { workOrderId: id, runId, token: order.fence, settles: runCheckAt });
}
