import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { milestoneOf, perSecond, type SentStates, sendDelay } from "./orderRateLimit.ts";

/** Throttles events: keeps the newest state of each order, and sends at most 4 messages per second and order. */
export interface OrderThrottle {
  /**
   * Takes an event. `acknowledge` is called once every connection got its state or was given up, or will get a newer one
   * of the same order, whose event the queue still keeps: the last state of a run must not be lost with this process.
   */
  offer(event: StatusEvent, acknowledge: () => void): void;
  /** Backpressure: true while broadcasting fails, or while more than 5,000 events are unacknowledged. Receive nothing then. */
  readonly congested: boolean;
  /** Graceful shutdown: sends what waits without further pauses, for 20 s at most. What was not sent stays in the queue. */
  drain(): Promise<void>;
}

export interface ThrottlePorts {
  /**
   * Begins to broadcast one state; throws if no connection can be reached at present. `settled` resolves once every
   * connection got it or was given up.
   */
  broadcast(event: StatusEvent): Promise<{ readonly settled: Promise<void> }>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Batch {
  event: StatusEvent;
  readonly acknowledgements: (() => void)[];
}

interface OrderState extends SentStates {
  waiting?: Batch;
  sending?: Batch;
  /** The newest that is on its way to the connections; the slowest of them must not delay what comes after. */
  posting?: Batch;
  /** Ends the pause before the next message. */
  pause?: AbortController;
  sentVersion: number;
}

const retryMilliseconds = 1000;
const waitingLimit = 5000;
const rememberedOrders = 5000;
// Less than the 33 s in which a service has to end.
const drainMilliseconds = 20_000;

export function throttleOrders({ broadcast, clock, log }: ThrottlePorts): OrderThrottle {
  const orders = new Map<string, OrderState>();
  const underWay = new Set<Promise<void>>();
  let unacknowledged = 0;
  let failing = false;
  let draining = false;

  function stateOf(workOrderId: string): OrderState {
    const state = orders.get(workOrderId) ?? { sentVersion: 0, sentAt: [] };
    // Moved to the end: the map is in the order of last use.
    orders.delete(workOrderId);
    orders.set(workOrderId, state);
    if (orders.size > rememberedOrders) forgetOldest();
    return state;
  }

  function forgetOldest(): void {
    for (const [id, { waiting, sending, posting }] of orders) {
      if (waiting || sending || posting) continue;
      orders.delete(id);
      return;
    }
  }

  function settle(batch: Batch): void {
    unacknowledged -= batch.acknowledgements.length;
    for (const acknowledge of batch.acknowledgements) acknowledge();
  }

  function sendNext(order: OrderState): void {
    order.pause?.abort();
    if (!order.waiting || order.sending) return;
    track(sendWhenDue(order));
  }

  function track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  }

  async function sendWhenDue(order: OrderState): Promise<void> {
    const wait = draining || !order.waiting ? 0 : sendDelay(order, order.waiting.event, clock.monotonic());
    if (wait > 0) {
      const pause = new AbortController();
      order.pause = pause;
      // Another event of the order arrived meanwhile: its own call takes over.
      if (await interrupted(clock.sleep(wait, pause.signal))) return;
    }
    if (order.waiting && !order.sending) await send(order, order.waiting);
  }

  async function send(order: OrderState, batch: Batch): Promise<void> {
    order.waiting = undefined;
    order.sending = batch;
    const { event } = batch;
    try {
      const { settled } = await broadcast(event);
      // From when its posts begin: finding the connections takes a read of the database, now short, now long.
      countSent(order);
      order.sentVersion = event.version;
      order.sentMilestone = milestoneOf(event);
      failing = false;
      order.sending = undefined;
      order.posting = batch;
      track(settled.then(() => posted(order, batch)));
    } catch (error) {
      if (!failing) log.warn({ error, workOrderId: event.workOrderId }, "broadcasting failed; trying again");
      failing = true;
      countSent(order);
      order.sending = undefined;
      keep(order, batch);
      if (draining) return;
      await clock.sleep(retryMilliseconds);
    }
    sendNext(order);
  }

  function countSent(order: OrderState): void {
    order.sentAt = [...order.sentAt, clock.monotonic()].slice(-perSecond);
  }

  function posted(order: OrderState, batch: Batch): void {
    if (order.posting === batch) order.posting = undefined;
    settle(batch);
  }

  async function settleAll(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay);
  }

  return {
    offer(event, acknowledge) {
      const order = stateOf(event.workOrderId);
      unacknowledged += 1;
      const batch: Batch = { event, acknowledgements: [acknowledge] };
      // Perhaps the same message that is being posted, received again: it stays in the queue until that has ended.
      const underWay = [order.posting, order.sending].find((other) => other && event.version <= other.event.version);
      if (underWay) {
        underWay.acknowledgements.push(acknowledge);
        return;
      }
      if (event.version <= order.sentVersion) return settle(batch);
      keep(order, batch);
      sendNext(order);
    },
    get congested() {
      return failing || unacknowledged > waitingLimit;
    },
    async drain() {
      draining = true;
      for (const order of orders.values()) sendNext(order);
      const inTime = new AbortController();
      const late = clock.sleep(drainMilliseconds, inTime.signal).catch(() => {});
      await Promise.race([settleAll(), late]);
      inTime.abort();
    },
  };
}

/** Adds a batch to what waits: the newer state stays, all acknowledgements stay with it. */
function keep(order: OrderState, batch: Batch): void {
  const waiting = order.waiting;
  if (!waiting) {
    order.waiting = batch;
    return;
  }
  if (batch.event.version > waiting.event.version) waiting.event = batch.event;
  waiting.acknowledgements.push(...batch.acknowledgements);
}

async function interrupted(sleep: Promise<void>): Promise<boolean> {
  try {
    await sleep;
    return false;
  } catch {
    return true;
  }
}
