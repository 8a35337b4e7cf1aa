import type { Connection } from "@email-agent/shared/domain/connection.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import type { OutgoingMessage } from "./adapters/sockets.ts";

/** One event on its way to many connections: all their queues hold this one object. */
export interface Posting {
  readonly event: Pick<StatusEvent, "workOrderId" | "version">;
  readonly message: OutgoingMessage;
  /** Connections that neither got it nor were given up. */
  unsettled: number;
  /** Called when `unsettled` becomes 0. */
  settle(): void;
}

/** Coalescing queue of one connection: the newest state of each order, in the order in which the orders arrived. */
export interface ConnectionQueue {
  readonly connection: Connection;
  readonly size: number;
  /** A post is under way, or the connection is in backoff. */
  readonly isBusy: boolean;
  isBackingOff: boolean;
  /** Its last post took long. */
  isSlow: boolean;
  /** It was reported gone once, perhaps because it is still opening. */
  isOpening: boolean;
  /** Posts in a row that failed. */
  failures: number;
  has(workOrderId: string): boolean;
  /** Adds an event unless a newer one of its order is there; ends the older one. Returns by how much `size` grew. */
  put(posting: Posting): 0 | 1;
  /** Takes what has waited longest, to be ended or put back. Throws if nothing waits. */
  take(): Posting;
  /** Requeues what was taken and not delivered, unless a newer state waits. Returns by how much `size` grew. */
  requeue(posting: Posting): 0 | 1;
  /** Ends what was taken: delivered or given up. */
  end(posting: Posting): void;
  /** Gives up everything; returns how many waited. */
  empty(): number;
}

export function connectionQueue(connection: Connection): ConnectionQueue {
  const waiting = new Map<string, Posting>();
  let taken: Posting | undefined;
  const isOlder = ({ event }: Posting, than: Posting | undefined) =>
    than !== undefined && event.workOrderId === than.event.workOrderId && event.version <= than.event.version;

  return {
    connection,
    isBackingOff: false,
    isSlow: false,
    isOpening: false,
    failures: 0,
    get size() {
      return waiting.size;
    },
    get isBusy() {
      return taken !== undefined || this.isBackingOff;
    },
    has: (workOrderId) => waiting.has(workOrderId),
    put(posting) {
      const { workOrderId } = posting.event;
      const before = waiting.get(workOrderId);
      if (isOlder(posting, before) || isOlder(posting, taken)) return 0;
      posting.unsettled += 1;
      waiting.set(workOrderId, posting);
      if (before) release(before);
      return before ? 0 : 1;
    },
    take() {
      const [next] = waiting.values();
      if (!next) throw new Error("Nothing waits for this connection.");
      waiting.delete(next.event.workOrderId);
      taken = next;
      return next;
    },
    requeue(posting) {
      taken = undefined;
      const { workOrderId } = posting.event;
      if (waiting.has(workOrderId)) {
        release(posting);
        return 0;
      }
      waiting.set(workOrderId, posting);
      return 1;
    },
    end(posting) {
      taken = undefined;
      release(posting);
    },
    empty() {
      const given = [...waiting.values()];
      waiting.clear();
      for (const posting of given) release(posting);
      return given.length;
    },
  };
}

function release(posting: Posting): void {
  posting.unsettled -= 1;
  if (posting.unsettled === 0) posting.settle();
}
