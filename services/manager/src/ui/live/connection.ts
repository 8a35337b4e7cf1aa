import { RequestFailed } from "../http.ts";
import type { LivePorts } from "./livePorts.ts";

/** `open`: messages arrive. `down`: waiting for the next attempt. */
export type Link = "connecting" | "open" | "down";

export interface LinkHandlers {
  readonly onLink: (link: Link) => void;
  readonly onMessage: (text: string) => void;
}

export interface KeptConnection {
  /** The network is back or the page is visible again: reconnect without waiting. */
  hurry(): void;
  /** The network is gone: a connection that looks open is not. */
  drop(): void;
}

type Ports = Pick<LivePorts, "api" | "clock" | "openSocket" | "random">;

const openWithinMilliseconds = 15_000;
const pingMilliseconds = 5 * 60_000;
/** API Gateway closes a connection idle for this long; the browser of a sleeping machine never learns of it. */
const idleLimitMilliseconds = 10 * 60_000;
const firstWaitMilliseconds = 1000;
const longestWaitMilliseconds = 30_000;
/** A connection that was open this long resets the backoff. */
const steadyMilliseconds = 5000;

/** Reconnect backoff: exponential, 1, 2, 4 … s before the nth attempt in a row (from 0), at most 30 s, with up to 1 s of jitter. */
export function reconnectBackoffMilliseconds(failures: number, random: number): number {
  const wait = firstWaitMilliseconds * 2 ** Math.min(failures, 10) + random * 1000;
  return Math.min(longestWaitMilliseconds, wait);
}

/** Keeps a WebSocket open, reconnecting with backoff and a new ticket, until `signal` aborts or the user is signed out. */
export function keepConnected(ports: Ports, handlers: LinkHandlers, signal: AbortSignal): KeptConnection {
  const { clock, random } = ports;
  let waiting: AbortController | undefined;
  let current: OneConnection | undefined;
  let isHurried = false;

  async function keep(): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      isHurried = false;
      handlers.onLink("connecting");
      current = connectOnce(ports, handlers, signal);
      const { openFor, signedOut } = await current.ended;
      current = undefined;
      if (signal.aborted) return;
      handlers.onLink("down");
      if (signedOut) return;
      if (openFor >= steadyMilliseconds) failures = 0;
      if (isHurried) continue;
      waiting = new AbortController();
      const until = AbortSignal.any([signal, waiting.signal]);
      await clock.sleep(reconnectBackoffMilliseconds(failures, random()), until).catch(() => {});
      waiting = undefined;
    }
  }

  void keep();
  return {
    hurry() {
      isHurried = waiting !== undefined || current?.isStale() === true;
      waiting?.abort();
      if (isHurried) current?.close();
    },
    drop: () => current?.close(),
  };
}

interface OneConnection {
  /** How long it was open, in milliseconds, 0 if never. */
  readonly ended: Promise<{ readonly openFor: number; readonly signedOut: boolean }>;
  close(): void;
  /** It looks open, but the server closed it long ago. */
  isStale(): boolean;
}

function connectOnce(ports: Ports, { onLink, onMessage }: LinkHandlers, signal: AbortSignal): OneConnection {
  const { api, clock, openSocket } = ports;
  const ending = new AbortController();
  const closed = AbortSignal.any([signal, ending.signal]);
  let openedAt: number | undefined;
  let lastPingAt = 0;
  const isStale = () => openedAt !== undefined && clock.now() - lastPingAt > idleLimitMilliseconds;

  async function run() {
    const { url, ticket } = await api.ticket();
    if (closed.aborted) return;
    const socket = openSocket(`${url}?ticket=${encodeURIComponent(ticket)}`, {
      onOpen() {
        if (closed.aborted) return;
        openedAt = lastPingAt = clock.now();
        onLink("open");
      },
      // Messages of a closed socket are superseded by the next list.
      onMessage: (text) => void (closed.aborted || onMessage(text)),
      onClose: () => ending.abort(),
    });
    try {
      await clock.sleep(openWithinMilliseconds, closed);
      while (openedAt !== undefined && !isStale()) {
        await clock.sleep(lastPingAt + pingMilliseconds - clock.now(), closed);
        if (isStale()) return;
        socket.send('{"type":"ping"}');
        lastPingAt = clock.now();
      }
    } finally {
      ending.abort();
      socket.close();
    }
  }

  const ended = run()
    .catch((error: unknown) => error)
    .then((error) => ({
      openFor: openedAt === undefined ? 0 : clock.now() - openedAt,
      signedOut: error instanceof RequestFailed && error.status === 401,
    }));
  return { ended, close: () => ending.abort(), isStale };
}
