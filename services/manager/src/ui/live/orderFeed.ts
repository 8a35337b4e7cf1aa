import type { OrderList } from "../../api/orders.ts";
import { asFailure } from "./asFailure.ts";
import { reconnectWaitMilliseconds } from "./connection.ts";
import { type LiveMessage, readMessage } from "./liveMessage.ts";
import type { LivePorts } from "./livePorts.ts";
import type { OrderBook } from "./orderBook.ts";
import type { OrderReads } from "./orderReads.ts";

/** How the list stands. */
export interface Listed {
  /** `failed`: it was never read; it is tried again by itself. */
  readonly phase: "loading" | "ready" | "failed";
  readonly problem?: string;
  /** Items that the server could not read. */
  readonly unreadable: number;
}

/** Brings messages and lists into the book of orders. */
export interface OrderFeed {
  /** A frame of the WebSocket. Orders that are not held wait for the list under way, if there is one. */
  hear(text: string): void;
  /** Reads the list until it is there, unless a later call or `signal` ends it. True if it was taken over. */
  load(signal: AbortSignal): Promise<boolean>;
  listed(): Listed;
  readonly isLoading: boolean;
}

/** One reading of the list. */
interface Listing {
  /** Ids held when the request left: what the answer lacks of them is gone. */
  held: readonly string[];
}

type Ports = Pick<LivePorts, "api" | "clock" | "random">;

/** `onChange(id)` is called for each order whose state changed, `onChange()` when the list as such did. */
export function orderFeed(
  ports: Ports,
  book: OrderBook,
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
      reads.doubt(id);
      if (book.remove(id, version)) onChange(id);
    } else if (message.type === "work-order.snapshot" && book.get(id)) {
      if (book.apply(message.order)) onChange(id);
    } else if (book.isNews(id, version)) {
      // Too large for a message. Or not held, so it is new, or was deleted and this one is late: HTTP knows.
      reads.follow(id);
    }
  }

  function takeList({ held }: Listing, { orders, unreadable }: OrderList): void {
    const present = new Set(orders.map(({ id }) => id));
    const absent = (id: string) => !present.has(id);
    for (const id of reads.ids().filter(absent)) reads.doubt(id);
    for (const id of held.filter(absent)) if (book.remove(id)) onChange(id);
    for (const order of orders) if (book.apply(order)) onChange(order.id);
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
      mine.held = book.ids();
      try {
        const answer = await api.list();
        if (isOver()) return false;
        takeList(mine, answer);
        return true;
      } catch (error) {
        if (isOver()) return false;
        const { message, status } = asFailure(error);
        if (listed.phase !== "ready") listed = { ...listed, phase: "failed", problem: message };
        onChange();
        // Nobody is signed in any more: the page is being left.
        if (status === 401) return false;
        await clock.sleep(reconnectWaitMilliseconds(failures, random()), signal).catch(() => {});
      }
    }
    return false;
  }

  return {
    load,
    listed: () => listed,
    hear(text) {
      const message = readMessage(text);
      if (!message) return;
      if (!listing || book.get(message.workOrderId)) take(message);
      else if (message.version > (buffered.get(message.workOrderId)?.version ?? 0))
        buffered.set(message.workOrderId, message);
    },
    get isLoading() {
      return listing !== undefined;
    },
  };
}
