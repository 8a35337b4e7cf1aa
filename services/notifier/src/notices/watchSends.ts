import type { OrderReads } from "@email-agent/shared/adapters/orderReads.ts";
import { sendOutcomes } from "@email-agent/shared/domain/delivery/stalledSend.ts";
import { newsMilliseconds } from "@email-agent/shared/domain/notices/noticeCases.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { sweep } from "@email-agent/shared/kit/sweep.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { heartbeatWatch } from "@email-agent/shared/run/heartbeatWatch.ts";
import type { NoticeDecisions } from "./decideNotices.ts";

interface WatchPorts {
  readonly orders: OrderReads;
  readonly decisions: Pick<NoticeDecisions, "of">;
  /** Brings the browsers the state of an order whose run has ended; one that they have costs nothing. */
  readonly show: (order: WorkOrder) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WatchTimes {
  /** Between two looks at the orders with a run. */
  readonly lookMilliseconds: number;
  /** Between two scans for Sends that ended unseen. */
  readonly scanMilliseconds: number;
}

const minute = 60_000;
export const watchTimes: WatchTimes = Object.freeze({ lookMilliseconds: minute, scanMilliseconds: 60 * minute });

interface SendWatch extends AsyncDisposable {
  /** An event was received. Never rejects or waits: what fails is looked at again. */
  readonly onEvent: (event: StatusEvent) => void;
}

/**
 * Brings orders to the decision of notices: at each status event; every minute all orders with a run, for what is about time,
 * and those that had one since the look before, whose last event is lost if the process that wrote it died before it published
 * it: the browsers get their state, too. And, at the start and every hour, those whose Send ended in the
 * last hours, for it may have ended while no notifier lived.
 */
export function watchSends(ports: WatchPorts, times: WatchTimes = watchTimes): SendWatch {
  const { orders, decisions, show, clock, log } = ports;
  const watch = heartbeatWatch(clock, 3 * times.lookMilliseconds);
  let seen = new Set<string>();
  /** Orders of which an event since the last look said that they have a run. */
  let heard = new Set<string>();
  /** Orders whose notices could not be decided. */
  const again = new Set<string>();
  const underWay = new Set<Promise<void>>();

  const read = async (id: string): Promise<WorkOrder | undefined> => {
    try {
      return await orders.get(id);
    } catch (error) {
      // An order that does not fit its schema is reported by ingest; here it hides no other.
      if (dispositionOf(error) !== "reject") throw error;
      return undefined;
    }
  };
  const attempt = async (id: string, work: () => Promise<void>) => {
    try {
      await work();
      again.delete(id);
    } catch (error) {
      again.add(id);
      log.warn({ error, workOrderId: id }, "the notices of a work order could not be decided; trying again");
    }
  };
  const look = async (signal: AbortSignal) => {
    const current = new Set<string>();
    for (const state of ["working", "sleeping", "settling"] as const)
      for await (const { id } of orders.runsIn(state)) current.add(id);
    const found = new Map<string, WorkOrder>();
    // One that waits for its start has nothing to say before it does, or is scheduled no more.
    const scheduled = new Set<string>();
    for await (const { id } of orders.runsIn("scheduled")) scheduled.add(id);
    const ended = new Set([...seen.union(heard)].filter((id) => !scheduled.has(id) && !current.has(id)));
    heard = new Set();
    for (const id of new Set([...current, ...ended, ...again])) {
      if (signal.aborted) return;
      await attempt(id, async () => {
        const order = await read(id);
        if (order && ended.has(id)) show(order);
        if (order) found.set(id, order);
      });
    }
    const outcomes = [...found.values()].flatMap((order) => {
      const reached = sendOutcomes(order, clock.now());
      return reached === undefined ? [] : [[order.id, reached] as const];
    });
    const silent = watch.look(outcomes);
    for (const [id, order] of found) await attempt(id, () => decisions.of(order, silent.get(id) ?? 0));
    seen = current.union(scheduled);
  };
  const scan = async (signal: AbortSignal) => {
    for await (const id of orders.endedSends(instant(clock.now() - newsMilliseconds))) {
      if (signal.aborted) return;
      await attempt(id, async () => {
        const order = await read(id);
        if (order) await decisions.of(order);
      });
    }
  };
  const looking = sweep({ name: "notices", everyMilliseconds: times.lookMilliseconds, work: look, clock, log });
  const scanning = sweep({ name: "ended Sends", everyMilliseconds: times.scanMilliseconds, work: scan, clock, log });

  return {
    onEvent(event) {
      if (event.type === "work-order.deleted") return;
      if (event.order.runState !== undefined) heard.add(event.workOrderId);
      const deciding = attempt(event.workOrderId, () => decisions.of(event.order)).finally(() =>
        underWay.delete(deciding),
      );
      underWay.add(deciding);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([looking[Symbol.asyncDispose](), scanning[Symbol.asyncDispose]()]);
      await Promise.all(underWay);
    },
  };
}
