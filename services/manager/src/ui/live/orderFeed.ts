import type { OrderList } from "../../api/orders.ts";
import { asFailure } from "./asFailure.ts";
import { reconnectBackoffMilliseconds } from "./connection.ts";
import { type LiveMessage, readMessage } from "./liveMessage.ts";
import type { LivePorts } from "./livePorts.ts";
import type { OrderCache } from "./orderCache.ts";
import type { OrderReads } from "./orderReads.ts";

/** The state of the list. */
export interface Listed {
  /** `failed`: it has never been read; it is retried with backoff. */
  readonly phase: "loading" | "ready" | "failed";
  readonly problem?: string;
  /** Items that the server could not read. */
  readonly unreadable: number;
}

/** Feeds messages and lists into the order cache. */
export interface OrderFeed {
  /** A WebSocket frame. Messages of unknown orders are buffered while a list is being read. */
  receive(text: string): void;
  /** Reads the list, with retries, unless a later call or `signal` ends it. True if it was applied. */
  load(signal: AbortSignal): Promise<boolean>;
  listed(): Listed;
  readonly isLoading: boolean;
}

/** One reading of the list. */
interface Listing {
  /** Ids held when the request was sent: those missing in the response are gone. */
  held: readonly string[];
}

type Ports = Pick<LivePorts, "api" | "clock" | "random">;

/** `onChange(id)` is called for each order whose state changed, `onChange()` when the list as such did. */
export function orderFeed(
  ports: Ports,
  cache: OrderCache,
  reads: OrderReads,
  onChange: (id?: string) => void,
): OrderFeed {
  const { api, clock, random } = ports;
  let listing: Listing | undefined;
  let listed: Listed = { phase: "loading", unreadable: 0 };
  /** The newest message per order that is not held. */
  let buffered = new Map<string, LiveMessage>();

  function take(message: LiveMessage): void {
    const { workOrderId: id, version } = message;
    if (message.type === "work-order.deleted") {
      reads.invalidate(id);
      if (cache.remove(id, version)) onChange(id);
    } else if (message.type === "work-order.snapshot" && cache.get(id)) {
      if (cache.apply(message.order)) onChange(id);
    } else if (cache.isNewer(id, version)) {
      // Too large for a message; or unknown: it is new, or deleted and this message is late. HTTP decides.
      reads.follow(id);
    }
  }

  function takeList({ held }: Listing, { orders, unreadable }: OrderList): void {
    const present = new Set(orders.map(({ id }) => id));
    const absent = (id: string) => !present.has(id);
    for (const id of reads.ids().filter(absent)) reads.invalidate(id);
    for (const id of held.filter(absent)) if (cache.remove(id)) onChange(id);
    for (const order of orders) if (cache.apply(order)) onChange(order.id);
    listed = { phase: "ready", unreadable };
    listing = undefined;
    const waiting = buffered;
    buffered = new Map();
    for (const message of waiting.values()) take(message);
    onChange();
  }

  async function load(signal: AbortSignal): Promise<boolean> {
    const mine: Listing = { held: [] };
    listing = mine;
    const isOver = () => listing !== mine || signal.aborted;
    for (let failures = 0; !isOver(); failures += 1) {
      mine.held = cache.ids();
      try {
        const list = await api.list();
        if (isOver()) return false;
        takeList(mine, list);
        return true;
      } catch (error) {
        if (isOver()) return false;
        const { message, status } = asFailure(error);
        if (listed.phase !== "ready") listed = { ...listed, phase: "failed", problem: message };
        onChange();
        // The user is signed out: the page is being left.
        if (status === 401) return false;
        await clock.sleep(reconnectBackoffMilliseconds(failures, random()), signal).catch(() => {});
      }
    }
    return false;
  }

  return {
    load,
    listed: () => listed,
    receive(text) {
      const message = readMessage(text);
      if (!message) return;
      if (!listing || cache.get(message.workOrderId)) take(message);
      else if (message.version > (buffered.get(message.workOrderId)?.version ?? 0))
        buffered.set(message.workOrderId, message);
    },
    get isLoading() {
      return listing !== undefined;
    },
  };
}
