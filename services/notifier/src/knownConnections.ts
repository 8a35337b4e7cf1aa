import type { Connections } from "@email-agent/shared/adapters/connections.ts";
import type { Connection } from "@email-agent/shared/domain/connection.ts";
import { badItemLog } from "@email-agent/shared/kit/badItems.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";

/** Cache of the open connections, read from the table at most every 2 s. */
export interface KnownConnections extends AsyncDisposable {
  /** The connections to send an event to. One that opens while the list is cached gets the event at the next reading. */
  audienceOf(event: StatusEvent): Promise<readonly Connection[]>;
  /** The connections open now. */
  fresh(): Promise<readonly Connection[]>;
  /** Forgets one until the next reading. */
  drop(connectionId: string): void;
}

export interface KnownConnectionsPorts {
  readonly connections: Pick<Connections, "list">;
  readonly clock: Clock;
  readonly log: Log;
  /** Begins to send an event to connections that were not on the list yet. */
  catchUp(newcomers: readonly Connection[], event: StatusEvent): void;
}

const cacheMilliseconds = 2000;

interface List {
  /** When reading began, monotonic: every connection in the table by then is on it. */
  readonly readAt: number;
  readonly byId: Map<string, Connection>;
}

/** The newest event of an order that was sent to a list which may lack a connection by now. */
interface Cached {
  readonly event: StatusEvent;
  readonly sentTo: List;
}

/**
 * A browser that connects while the list is cached loads all orders over HTTP, but an event sent after that to the old
 * list would not reach it, and the last event of a run has no successor that heals the loss. So the newest event per order
 * sent to a cached list is remembered until a reading that begins after it (which is arranged), and connections that are
 * not on the list it was sent to get it then.
 */
export function knownConnections({ connections, clock, log, catchUp }: KnownConnectionsPorts): KnownConnections {
  const ending = new AbortController();
  const report = badItemLog(log);
  const sinceReading = new Map<string, Cached>();
  let list: List | undefined;
  let reading: Promise<List> | undefined;
  let readingLater: Promise<void> | undefined;

  function read(): Promise<List> {
    reading ??= readTable().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readTable(): Promise<List> {
    const missed = [...sinceReading];
    sinceReading.clear();
    const readAt = clock.monotonic();
    try {
      const found = await connections.list(clock.now(), (error) =>
        report(error, "a connection in the table is invalid and gets no messages; delete the item"),
      );
      list = { readAt, byId: new Map(found.map((connection) => [connection.connectionId, connection])) };
    } catch (error) {
      for (const [id, cached] of missed) if (!sinceReading.has(id)) sinceReading.set(id, cached);
      throw error;
    }
    for (const [id, { event, sentTo }] of missed) {
      // A newer event of the order was sent during the reading; newcomers get that one at the next reading.
      if (sinceReading.has(id)) continue;
      const newcomers = [...list.byId.values()].filter(({ connectionId }) => !sentTo.byId.has(connectionId));
      if (newcomers.length > 0) catchUp(newcomers, event);
    }
    return list;
  }

  /** Reads again, as long as there are events that newcomers may have missed. */
  async function readLater(): Promise<void> {
    while (sinceReading.size > 0) {
      try {
        await clock.sleep(cacheMilliseconds, ending.signal);
      } catch {
        // Ending: newcomers get the state from the next notifier, or with the next event.
        return;
      }
      try {
        await read();
      } catch (error) {
        log.warn({ error }, "the connections could not be read; trying again");
      }
    }
  }

  return {
    async audienceOf(event) {
      const askedAt = clock.monotonic();
      const current = list && askedAt - list.readAt < cacheMilliseconds ? list : await read();
      sinceReading.delete(event.workOrderId);
      if (current.readAt < askedAt) {
        sinceReading.set(event.workOrderId, { event, sentTo: current });
        readingLater ??= readLater().finally(() => {
          readingLater = undefined;
        });
      }
      return [...current.byId.values()];
    },
    async fresh() {
      return [...(await read()).byId.values()];
    },
    drop(connectionId) {
      list?.byId.delete(connectionId);
    },
    async [Symbol.asyncDispose]() {
      ending.abort(new Error("ending"));
      await readingLater;
    },
  };
}
