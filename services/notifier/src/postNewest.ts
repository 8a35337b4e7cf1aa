import type { Connection } from "@email-agent/shared/domain/connection.ts";
import { epochMilliseconds } from "@email-agent/shared/domain/time.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Log } from "@email-agent/shared/service/log.ts";
import type { Metrics } from "@email-agent/shared/service/metrics.ts";
import { type OutgoingMessage, outgoingMessage, type PostResult, type Sockets } from "./adapters/sockets.ts";
import { type Outbox, openOutbox, type Posting } from "./outbox.ts";
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

/** Posts under way at once: at a latency of 20 ms that is 3,200 posts a second, more than a core signs. */
const quickPlaces = 64;
/** Places of their own for connections that take long, so that all others go on. */
const slowPlaces = 256;
/** The connections to API Gateway that posting needs at most. */
export const postsAtOnce = quickPlaces + slowPlaces;
const slowMilliseconds = 500;
const sweepMilliseconds = 250;
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
  const quick = { ready: new Set<Outbox>(), posting: new Map<Outbox, number>(), places: quickPlaces };
  const slow = { ready: new Set<Outbox>(), posting: new Map<Outbox, number>(), places: slowPlaces };
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  let waiting = 0;
  let room: PromiseWithResolvers<void> | undefined;
  let sweeping: Promise<void> | undefined;

  function put(connection: Connection, posting: Posting): void {
    const { connectionId } = connection;
    const outbox = outboxes.get(connectionId) ?? openOutbox(connection);
    outboxes.set(connectionId, outbox);
    waiting += outbox.put(posting);
    makeReady(outbox);
  }

  function makeReady(outbox: Outbox): void {
    if (outbox.isBusy) return;
    if (outbox.size > 0) (outbox.isSlow ? slow : quick).ready.add(outbox);
    else outboxes.delete(outbox.connection.connectionId);
  }

  /** Fills the places; each ended post calls it again. */
  function fillPlaces(): void {
    for (const lane of [quick, slow])
      for (const outbox of lane.ready) {
        if (lane.posting.size >= lane.places || closing.signal.aborted) break;
        lane.ready.delete(outbox);
        lane.posting.set(outbox, clock.monotonic());
        const work = postNext(outbox).finally(() => working.delete(work));
        working.add(work);
      }
    if (quick.posting.size > 0)
      sweeping ??= moveSlowOnes().finally(() => {
        sweeping = undefined;
      });
  }

  /** A connection that takes long gives its quick place back, and has a slow one from then on. */
  async function moveSlowOnes(): Promise<void> {
    while (quick.posting.size > 0) {
      if (await ends(clock.sleep(sweepMilliseconds, closing.signal))) return;
      for (const [outbox, startedAt] of quick.posting) {
        if (clock.monotonic() - startedAt < slowMilliseconds || slow.posting.size >= slow.places) break;
        quick.posting.delete(outbox);
        slow.posting.set(outbox, startedAt);
        outbox.isSlow = true;
      }
      fillPlaces();
    }
  }

  async function postNext(outbox: Outbox): Promise<void> {
    const posting = outbox.take();
    waiting -= 1;
    if (waiting < waitingLimit * roomShare) giveRoom();
    const { connectionId } = outbox.connection;
    const startedAt = clock.monotonic();
    let result: PostResult | "failed";
    let failure: unknown;
    try {
      result = await sockets.post(connectionId, posting.message);
    } catch (error) {
      result = "failed";
      failure = error;
    }
    quick.posting.delete(outbox);
    slow.posting.delete(outbox);
    outbox.isSlow = clock.monotonic() - startedAt >= slowMilliseconds;
    const removal = result === "gone" ? gone(outbox, posting) : undefined;
    if (result === "sent") posted(outbox, posting);
    else if (result !== "gone") failed(outbox, posting, result, failure);
    makeReady(outbox);
    fillPlaces();
    await removal;
  }

  function posted(outbox: Outbox, posting: Posting): void {
    outbox.failures = 0;
    outbox.isOpening = false;
    outbox.end(posting);
  }

  function failed(outbox: Outbox, posting: Posting, result: "throttled" | "failed", error: unknown): void {
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

  async function gone(outbox: Outbox, posting: Posting): Promise<void> {
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
    const over = clock.sleep(milliseconds, closing.signal).then(
      () => {
        outbox.isResting = false;
        makeReady(outbox);
        fillPlaces();
      },
      () => {},
    );
    const work = over.finally(() => working.delete(work));
    working.add(work);
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
      fillPlaces();
      return { settled };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new Error("ending"));
      giveRoom();
      while (working.size > 0) await Promise.all(working);
      await sweeping;
    },
  };
}

const messageOf = (event: StatusEvent): OutgoingMessage => outgoingMessage(socketText(event));

async function ends(sleep: Promise<void>): Promise<boolean> {
  try {
    await sleep;
    return false;
  } catch {
    return true;
  }
}
