import type { Order } from "../../api/orders.ts";
import { type KeptConnection, keepConnected, type Link } from "./connection.ts";
import { frameNotifier } from "./frameNotifier.ts";
import type { LivePorts } from "./livePorts.ts";
import { orderBook } from "./orderBook.ts";
import { type Listed, orderFeed } from "./orderFeed.ts";
import { orderReads } from "./orderReads.ts";
import { type PendingCommands, pendingCommands } from "./pendingCommands.ts";

export interface OrdersView extends Listed {
  readonly orders: readonly Order[];
}

/** `connected` means that messages come and the list behind them was read. */
export type ConnectionState = "connected" | "connecting" | "disconnected";

/** The work orders as this browser knows them, kept current. Every getter answers the same object until it changed. */
export interface LiveStore {
  /** Connects and keeps connected until the answered function is called. */
  open(): () => void;
  /** Calls back when anything changed, in a frame and at most ten times a second. Answers the way to end it. */
  subscribe(onChange: () => void): () => void;
  orders(): OrdersView;
  /** With the step of a pending command as expected. */
  order(id: string): Order | undefined;
  connection(): ConnectionState;
  readonly commands: Pick<PendingCommands, "give" | "of">;
  /** Takes over an order that another request answered. */
  apply(order: Order): void;
  /** The order was deleted by another request. */
  remove(id: string): void;
  /** Reads one order over HTTP; rejects with RequestFailed. */
  refresh(id: string): Promise<void>;
  /** Reads the list again, now. */
  reload(): void;
  /** What the browser says about network and visibility. */
  notice(what: "online" | "offline" | "visible"): void;
}

/** So long the first list waits for the WebSocket; behind a proxy that swallows it, the page shows what HTTP tells. */
const firstListWithinMilliseconds = 1500;

export function liveStore(ports: LivePorts): LiveStore {
  const book = orderBook();
  const notifier = frameNotifier(ports);
  let ending = new AbortController();
  let kept: KeptConnection | undefined;
  let link: Link = "connecting";
  /** The list was read since the socket opened, so that it and the messages leave no gap. */
  let isFresh = false;
  let view: OrdersView | undefined;

  const onChange = (id?: string) => {
    view = undefined;
    if (id !== undefined) commands.settle(id);
    notifier.soon();
  };
  const onCommand = () => {
    view = undefined;
    notifier.now();
  };
  const reads = orderReads(ports, book, onChange);
  const feed = orderFeed(ports, book, reads, onChange);
  const commands = pendingCommands(ports, book, { onChange: onCommand, readAgain: reads.follow });

  async function load(signal: AbortSignal): Promise<void> {
    const wasOpen = link === "open";
    if (!(await feed.load(signal)) || !wasOpen || link !== "open") return;
    isFresh = true;
    notifier.soon();
  }

  function onLink(next: Link, signal: AbortSignal): void {
    link = next;
    isFresh = false;
    if (next === "open") void load(signal);
    // Without a socket HTTP still tells how things stand.
    if (next === "down") loadFirst(signal);
    notifier.soon();
  }

  function loadFirst(signal: AbortSignal): void {
    if (!signal.aborted && feed.listed().phase === "loading" && !feed.isLoading) void load(signal);
  }

  return {
    open() {
      const mine = new AbortController();
      const { signal } = mine;
      ending = mine;
      const onMessage = (text: string) => feed.hear(text);
      kept = keepConnected(ports, { onLink: (next) => onLink(next, signal), onMessage }, signal);
      void ports.clock.sleep(firstListWithinMilliseconds, signal).then(
        () => loadFirst(signal),
        () => {},
      );
      return () => mine.abort();
    },
    subscribe: notifier.subscribe,
    orders() {
      view ??= { ...feed.listed(), orders: book.all().map(commands.shown) };
      return view;
    },
    order(id) {
      const order = book.get(id);
      return order && commands.shown(order);
    },
    connection() {
      if (link === "down") return "disconnected";
      return isFresh ? "connected" : "connecting";
    },
    commands,
    apply(order) {
      if (book.apply(order)) onChange(order.id);
    },
    remove(id) {
      reads.doubt(id);
      if (book.remove(id, Number.POSITIVE_INFINITY)) onChange(id);
    },
    refresh: reads.refresh,
    reload: () => void load(ending.signal),
    notice: (what) => (what === "offline" ? kept?.drop() : kept?.hurry()),
  };
}
