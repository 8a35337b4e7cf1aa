import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { sendOutcomes, stalledMilliseconds } from "@email-agent/shared/domain/delivery/stalledSend.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";

export interface StallPorts {
  readonly orders: Pick<WorkOrderStore, "get" | "runsIn">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "record">;
}

export interface StallLimits {
  /** A Send that works this long without an outcome is stalled. */
  readonly stalledMilliseconds: number;
  /** Longest gap between two rounds; after a longer one all watching starts over. */
  readonly longestGapMilliseconds: number;
}

const minute = 60_000;
const stallLimits: StallLimits = Object.freeze({
  stalledMilliseconds,
  longestGapMilliseconds: 2 * minute,
});

/**
 * Records once per call how many Sends are stalled: they work, but for ten minutes no mail was sent, failed, skipped or in
 * doubt. Ingest counts them rather than the sender, so that the number is there when no sender is alive. A round that
 * cannot read records nothing, and the missing metric raises the alarm.
 */
export function stalledSends(ports: StallPorts, limits: StallLimits = stallLimits): () => Promise<void> {
  const { orders, clock, log, metrics } = ports;
  const watch = heartbeatWatch(clock, limits.longestGapMilliseconds);
  let known = new Set<string>();
  return async () => {
    const outcomes: [id: string, outcomes: string][] = [];
    for await (const { id } of orders.runsIn("working")) {
      const order = await readable(orders, id);
      const reached = order && sendOutcomes(order, clock.now());
      if (reached !== undefined) outcomes.push([id, reached]);
    }
    const silent = [...watch.look(outcomes)];
    const stalled = new Map(silent.filter(([, milliseconds]) => milliseconds >= limits.stalledMilliseconds));
    for (const [workOrderId, milliseconds] of stalled)
      if (!known.has(workOrderId))
        log.warn({ workOrderId, step: "Send", minutes: Math.floor(milliseconds / minute) }, "a Send is stalled");
    known = new Set(stalled.keys());
    metrics.record("StalledSends", stalled.size);
  };
}

/** The reaper reports an order that does not fit its schema; here it hides no other. */
async function readable({ get }: Pick<WorkOrderStore, "get">, id: string): Promise<WorkOrder | undefined> {
  try {
    return await get(id);
  } catch (error) {
    if (dispositionOf(error) !== "reject") throw error;
    return undefined;
  }
}
