import type { Connection } from "@email-agent/shared/domain/connection.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { type OutgoingMessage, outgoingMessage, type PostResult, type Sockets } from "./adapters/sockets.ts";
import { type ConnectionQueue, connectionQueue, type Posting } from "./connectionQueue.ts";
import { postScheduler } from "./postScheduler.ts";
import { socketText } from "./socketText.ts";

/** Posts events to connections. A connection that is behind gets only the newest state of each order (coalescing). */
export interface Poster extends AsyncDisposable {
  /**
   * Takes an event for these connections, and waits while too many posts wait (backpressure). `settled` resolves once each
   * of them got this state or was given up, or has a newer state of the order waiting; it never rejects.
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
/** Below this share of it events are accepted again. */
const roomShare = 0.9;
/** How often a post is retried. Throttling passes; any other failure that happens twice is not transient. */
const retries = { throttled: 5, failed: 1 } as const;
/** Exponential backoff of a connection whose posts fail. */
const firstBackoffMilliseconds = 250;
const longestBackoffMilliseconds = 4000;
// API Gateway also responds 410 between the end of the connect Lambda and the end of the handshake.
const handshakeMilliseconds = 10_000;
const handshakeBackoffMilliseconds = 1000;

/** One post at a time per connection keeps an order's states in the order of their versions. */
export function postNewest({ sockets, metrics, clock, log, remove }: PosterPorts): Poster {
  const queues = new Map<string, ConnectionQueue>();
  const scheduler = postScheduler(clock, postNext);
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  let waiting = 0;
  let room: PromiseWithResolvers<void> | undefined;

  function put(connection: Connection, posting: Posting): void {
    const { connectionId } = connection;
    const queue = queues.get(connectionId) ?? connectionQueue(connection);
    queues.set(connectionId, queue);
    waiting += queue.put(posting);
    makeReady(queue);
  }

  function makeReady(queue: ConnectionQueue): void {
    if (queue.isBusy) return;
    if (queue.size > 0) scheduler.ready(queue);
    else queues.delete(queue.connection.connectionId);
  }

  async function postNext(queue: ConnectionQueue): Promise<() => void> {
    const posting = queue.take();
    waiting -= 1;
    if (waiting < waitingLimit * roomShare) giveRoom();
    let settle: () => void;
    try {
      const result = await sockets.post(queue.connection.connectionId, posting.message);
      settle = () => settleAs(result, queue, posting);
    } catch (error) {
      settle = () => failed(queue, posting, "failed", error);
    }
    return () => {
      settle();
      makeReady(queue);
    };
  }

  function settleAs(result: PostResult, queue: ConnectionQueue, posting: Posting): void {
    if (result === "sent") posted(queue, posting);
    else if (result === "gone") gone(queue, posting);
    else failed(queue, posting, result);
  }

  function posted(queue: ConnectionQueue, posting: Posting): void {
    queue.failures = 0;
    queue.isOpening = false;
    queue.end(posting);
  }

  function failed(queue: ConnectionQueue, posting: Posting, result: "throttled" | "failed", error?: unknown): void {
    queue.failures += 1;
    backOff(queue, Math.min(longestBackoffMilliseconds, firstBackoffMilliseconds * 2 ** (queue.failures - 1)));
    if (queue.failures <= retries[result]) {
      waiting += queue.requeue(posting);
      return;
    }
    queue.end(posting);
    metrics.count("BroadcastErrors", 1);
    const { connectionId } = queue.connection;
    log.warn({ connectionId, ...(error ? { error } : { result }) }, "a message did not reach a connection");
  }

  function gone(queue: ConnectionQueue, posting: Posting): void {
    const { connectionId, connectedAt } = queue.connection;
    const age = clock.now() - epochMilliseconds(connectedAt);
    if (age < handshakeMilliseconds && !queue.isOpening) {
      queue.isOpening = true;
      backOff(queue, handshakeBackoffMilliseconds);
      waiting += queue.requeue(posting);
      return;
    }
    queue.end(posting);
    waiting -= queue.empty();
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

  /** Posts nothing to a connection for a while; what arrives for it meanwhile replaces what waits. */
  function backOff(queue: ConnectionQueue, milliseconds: number): void {
    queue.isBackingOff = true;
    const goOn = () => {
      queue.isBackingOff = false;
      makeReady(queue);
      scheduler.fill();
    };
    track(clock.sleep(milliseconds, closing.signal).then(goOn, () => {}));
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => working.delete(tracked));
    working.add(tracked);
  }

  /** Whether the posts of an event to these connections fit; a post that replaces a waiting one always does. */
  function fits(event: StatusEvent, connections: readonly Connection[]): boolean {
    if (waiting === 0 || waiting + connections.length <= waitingLimit || closing.signal.aborted) return true;
    const isNew = ({ connectionId }: Connection) => !queues.get(connectionId)?.has(event.workOrderId);
    return waiting + connections.filter(isNew).length <= waitingLimit;
  }

  function roomAgain(): Promise<void> {
    if (!room)
      log.warn({ waiting, waitingLimit }, "too many messages wait for their connections; no more events are accepted");
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
      // Counts this call itself: the event must not be settled before every queue has it.
      const posting: Posting = { event, message: messageOf(event), unsettled: 1, settle: resolve };
      for (const connection of connections) put(connection, posting);
      posting.unsettled -= 1;
      if (posting.unsettled === 0) resolve();
      scheduler.fill();
      return { settled };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error("ending"));
      giveRoom();
      await scheduler[Symbol.asyncDispose]();
      while (working.size > 0) await Promise.all(working);
    },
  };
}

const messageOf = (event: StatusEvent): OutgoingMessage => outgoingMessage(socketText(event));
