import type { WorkOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { peopleLeft } from "@email-agent/shared/domain/delivery/forecastPeople.ts";
import { isHeldUp, waitingAhead } from "@email-agent/shared/domain/delivery/waiting.ts";
import { type WorkOrder, zeroCounters } from "@email-agent/shared/domain/workOrder.ts";
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
  stalledMilliseconds: 10 * minute,
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
      const reached = order && outcomesOf(order, clock.now());
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

/**
 * A value that changes whenever a Send makes progress. Undefined for an order whose Send does not work now, or waits on
 * purpose: for a pause of its account, the next slot of a slow rate limit, or recipients whose servers greylist.
 */
function outcomesOf(order: WorkOrder, now: number): string | undefined {
  const { Send } = order.steps;
  if (Send.status !== "working") return undefined;
  const { retries, ...account } = waitingAhead(Send.waiting);
  // An attempt that is overdue is no reason to keep waiting.
  const ahead = retries && retries.nextAt > now ? { ...account, retries } : account;
  if (isHeldUp(ahead, peopleLeft(order), now)) return undefined;
  const { sent, failed, skipped, inDoubt } = Send.counters ?? zeroCounters;
  return [Send.runId, sent, failed, skipped, inDoubt].join(" ");
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
