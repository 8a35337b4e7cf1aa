import type { Order } from "../../api/orders.ts";
import { type KeptConnection, keepConnected, type Link } from "./connection.ts";
import { frameNotifier } from "./frameNotifier.ts";
import type { LivePorts } from "./livePorts.ts";
import { orderCache } from "./orderCache.ts";
import { type Listed, orderFeed } from "./orderFeed.ts";
import { orderReads } from "./orderReads.ts";
import { type PendingCommands, pendingCommands } from "./pendingCommands.ts";

export interface OrdersView extends Listed {
  readonly orders: readonly Order[];
}

/** `connected`: messages arrive, and the list has been read since the socket opened. */
export type ConnectionState = "connected" | "connecting" | "disconnected";

/** The work orders as this browser knows them, kept current. Every getter returns the same object until it changes. */
export interface LiveStore {
  /** Connects and stays connected until the returned function is called. */
  open(): () => void;
  /** Calls back on changes, before a paint and at most ten times a second. Returns the function that unsubscribes. */
  subscribe(onChange: () => void): () => void;
  orders(): OrdersView;
  /** With the optimistic state of a pending command. */
  order(id: string): Order | undefined;
  connection(): ConnectionState;
  readonly commands: Pick<PendingCommands, "give" | "of">;
  /** Applies an order that another request returned. */
  apply(order: Order): void;
  /** The order was deleted by another request. */
  remove(id: string): void;
  /** Reads one order over HTTP; rejects with RequestFailed. */
  refresh(id: string): Promise<void>;
  /** Reads the list again, now. */
  reload(): void;
  /** Events of the browser about network and visibility. */
  notice(what: "online" | "offline" | "visible"): void;
}

/** The first list waits this long for the WebSocket; behind a proxy that blocks it, the page falls back to HTTP. */
const firstListWithinMilliseconds = 1500;

export function liveStore(ports: LivePorts): LiveStore {
  const cache = orderCache();
  const notifier = frameNotifier(ports);
  let ending = new AbortController();
  let kept: KeptConnection | undefined;
  let link: Link = "connecting";
  /** The list has been read since the socket opened, so that it and the messages leave no gap. */
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
  const reads = orderReads(ports, cache, onChange);
  const feed = orderFeed(ports, cache, reads, onChange);
  const commands = pendingCommands(ports, cache, { onChange: onCommand, readAgain: reads.follow });

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
    // Without a socket the first list still comes over HTTP.
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
      const onMessage = (text: string) => feed.receive(text);
      kept = keepConnected(ports, { onLink: (next) => onLink(next, signal), onMessage }, signal);
      void ports.clock.sleep(firstListWithinMilliseconds, signal).then(
        () => loadFirst(signal),
        () => {},
      );
      return () => mine.abort();
    },
    subscribe: notifier.subscribe,
    orders() {
      view ??= { ...feed.listed(), orders: cache.all().map(commands.shown) };
      return view;
    },
    order(id) {
      const order = cache.get(id);
      return order && commands.shown(order);
    },
    connection() {
      if (link === "down") return "disconnected";
      return isFresh ? "connected" : "connecting";
    },
    commands,
    apply(order) {
      if (cache.apply(order)) onChange(order.id);
    },
    remove(id) {
      reads.invalidate(id);
      if (cache.remove(id, Number.POSITIVE_INFINITY)) onChange(id);
    },
    refresh: reads.refresh,
    reload: () => void load(ending.signal),
    notice: (what) => (what === "offline" ? kept?.drop() : kept?.hurry()),
  };
}
