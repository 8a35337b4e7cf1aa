import type { Connection } from "@email-agent/shared/domain/connection.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { type OutgoingMessage, outgoingMessage, type PostResult, type Sockets } from "./adapters/sockets.ts";
import { type Outbox, openOutbox, type Posting } from "./outbox.ts";
import { postPlaces } from "./postPlaces.ts";
import { socketText } from "./socketText.ts";

/** Posts events to connections. A connection that is behind gets of each order only the newest state. */
export interface Poster extends AsyncDisposable {
  /**
   * Takes an event for these connections, and waits for room while too many posts wait. `settled` resolves once each of
   * them got this state or was given up, or has a newer state of the order waiting: never rejects.
   */
  offer(event: StatusEvent, connections: readonly Connection[]): Promise<{ readonly settled: Promise<void> }>;
}

export interface PosterPorts {
  readonly sockets: Pick<Sockets, "post">;
  readonly metrics: Pick<Metrics, "count">;
  readonly clock: Clock;
  readonly log: Log;
  /** Forgets a connection that is closed. */
  remove(connectionId: string): Promise<void>;
}

/** Posts that may wait: 2,000 connections × 250 orders, about 30 MB. */
const waitingLimit = 500_000;
/** Below this share of it events are taken again. */
const roomShare = 0.9;
/** How often a post is repeated. Throttling passes; what else fails twice has a reason that stays. */
const repeats = { throttled: 5, failed: 1 } as const;
const firstRestMilliseconds = 250;
const longestRestMilliseconds = 4000;
// API Gateway says 410 also between the end of the connect Lambda and the end of the handshake.
const handshakeMilliseconds = 10_000;
const handshakeRestMilliseconds = 1000;

/** One post at a time per connection keeps an order's states in the order of their versions. */
export function postNewest({ sockets, metrics, clock, log, remove }: PosterPorts): Poster {
  const outboxes = new Map<string, Outbox>();
  const places = postPlaces(clock, postNext);
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  let waiting = 0;
  let room: PromiseWithResolvers<void> | undefined;

  function put(connection: Connection, posting: Posting): void {
    const { connectionId } = connection;
    const outbox = outboxes.get(connectionId) ?? openOutbox(connection);
    outboxes.set(connectionId, outbox);
    waiting += outbox.put(posting);
    makeReady(outbox);
  }

  function makeReady(outbox: Outbox): void {
    if (outbox.isBusy) return;
    if (outbox.size > 0) places.ready(outbox);
    else outboxes.delete(outbox.connection.connectionId);
  }

  async function postNext(outbox: Outbox): Promise<() => void> {
    const posting = outbox.take();
    waiting -= 1;
    if (waiting < waitingLimit * roomShare) giveRoom();
    let settle: () => void;
    try {
      const result = await sockets.post(outbox.connection.connectionId, posting.message);
      settle = () => settleAs(result, outbox, posting);
    } catch (error) {
      settle = () => failed(outbox, posting, "failed", error);
    }
    return () => {
      settle();
      makeReady(outbox);
    };
  }

  function settleAs(result: PostResult, outbox: Outbox, posting: Posting): void {
    if (result === "sent") posted(outbox, posting);
    else if (result === "gone") gone(outbox, posting);
    else failed(outbox, posting, result);
  }

  function posted(outbox: Outbox, posting: Posting): void {
    outbox.failures = 0;
    outbox.isOpening = false;
    outbox.end(posting);
  }

  function failed(outbox: Outbox, posting: Posting, result: "throttled" | "failed", error?: unknown): void {
    outbox.failures += 1;
    rest(outbox, Math.min(longestRestMilliseconds, firstRestMilliseconds * 2 ** (outbox.failures - 1)));
    if (outbox.failures <= repeats[result]) {
      waiting += outbox.putBack(posting);
      return;
    }
    outbox.end(posting);
    metrics.count("BroadcastErrors", 1);
    const { connectionId } = outbox.connection;
    log.warn({ connectionId, ...(error ? { error } : { result }) }, "a message did not reach a connection");
  }

  function gone(outbox: Outbox, posting: Posting): void {
    const { connectionId, connectedAt } = outbox.connection;
    const age = clock.now() - epochMilliseconds(connectedAt);
    if (age < handshakeMilliseconds && !outbox.isOpening) {
      outbox.isOpening = true;
      rest(outbox, handshakeRestMilliseconds);
      waiting += outbox.putBack(posting);
      return;
    }
    outbox.end(posting);
    waiting -= outbox.empty();
    track(prune(connectionId));
  }

  async function prune(connectionId: string): Promise<void> {
    try {
      await remove(connectionId);
      log.info({ connectionId }, "connection gone, pruned");
    } catch (error) {
      metrics.count("BroadcastErrors", 1);
      log.warn({ error, connectionId }, "a closed connection could not be removed from the table");
    }
  }

  /** Leaves a connection alone for a while; what comes for it in the meantime replaces what waits. */
  function rest(outbox: Outbox, milliseconds: number): void {
    outbox.isResting = true;
    const goOn = () => {
      outbox.isResting = false;
      makeReady(outbox);
      places.fill();
    };
    track(clock.sleep(milliseconds, closing.signal).then(goOn, () => {}));
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => working.delete(tracked));
    working.add(tracked);
  }

  /** Whether the posts of an event to these connections fit; those that only replace a waiting one always do. */
  function fits(event: StatusEvent, connections: readonly Connection[]): boolean {
    if (waiting === 0 || waiting + connections.length <= waitingLimit || closing.signal.aborted) return true;
    const isNew = ({ connectionId }: Connection) => !outboxes.get(connectionId)?.has(event.workOrderId);
    return waiting + connections.filter(isNew).length <= waitingLimit;
  }

  function roomAgain(): Promise<void> {
    if (!room)
      log.warn({ waiting, waitingLimit }, "too many messages wait for their connections; no more events are taken");
    room ??= Promise.withResolvers();
    return room.promise;
  }

  function giveRoom(): void {
    room?.resolve();
    room = undefined;
  }

  return {
    async offer(event, connections) {
      while (!fits(event, connections)) await roomAgain();
      const { promise: settled, resolve } = Promise.withResolvers<void>();
      // The one more is this call's: the event must not be settled before all have it.
      const posting: Posting = { event, message: messageOf(event), unsettled: 1, settle: resolve };
      for (const connection of connections) put(connection, posting);
      posting.unsettled -= 1;
      if (posting.unsettled === 0) resolve();
      places.fill();
      return { settled };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error("ending"));
      giveRoom();
      await places[Symbol.asyncDispose]();
      while (working.size > 0) await Promise.all(working);
    },
  };
}

const messageOf = (event: StatusEvent): OutgoingMessage => outgoingMessage(socketText(event));
