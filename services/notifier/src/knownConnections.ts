import type { Connections } from "@email-agent/shared/adapters/connections.ts";
import type { Connection } from "@email-agent/shared/domain/connection.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Log } from "@email-agent/shared/service/log.ts";

/** The open connections, read from the table at most every 2 s. */
export interface KnownConnections extends AsyncDisposable {
  /** Whom to send an event to. Who opens a connection while the list is cached gets the event at the next reading. */
  audienceOf(event: StatusEvent): Promise<readonly Connection[]>;
  /** The connections of this moment. */
  fresh(): Promise<readonly Connection[]>;
  /** Forgets one until the next reading. */
  drop(connectionId: string): void;
}

export interface KnownConnectionsPorts {
  readonly connections: Pick<Connections, "list">;
  readonly clock: Clock;
  readonly log: Log;
  /** Begins to give connections that were not on the list yet the events they missed. */
  catchUp(newcomers: readonly Connection[], events: readonly StatusEvent[]): void;
}

const cacheMilliseconds = 2000;

interface List {
  /** When reading began, monotonic: whoever was in the table by then is on it. */
  readonly readAt: number;
  readonly byId: Map<string, Connection>;
}

/**
 * A browser that connects while the list is cached loads all orders over HTTP, but an event sent after that to the old
 * list would pass it by, and the last event of a run has no successor that heals the loss. So the newest event per order
 * sent to a cached list is remembered until the next reading (which is arranged), and newcomers get it then.
 */
export function knownConnections({ connections, clock, log, catchUp }: KnownConnectionsPorts): KnownConnections {
  const ending = new AbortController();
  const sinceReading = new Map<string, StatusEvent>();
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
    const before = list;
    const missed = [...sinceReading.values()];
    sinceReading.clear();
    const readAt = clock.monotonic();
    try {
      const found = await connections.list(clock.now(), (error) =>
        log.error({ error }, "a connection in the table does not fit and gets no messages; delete the item"),
      );
      list = { readAt, byId: new Map(found.map((connection) => [connection.connectionId, connection])) };
    } catch (error) {
      for (const event of missed) if (!sinceReading.has(event.workOrderId)) sinceReading.set(event.workOrderId, event);
      throw error;
    }
    const newcomers = [...list.byId.values()].filter(({ connectionId }) => !before?.byId.has(connectionId));
    if (newcomers.length > 0 && missed.length > 0) catchUp(newcomers, missed);
    return list;
  }

  /** Reads again, as long as there are events that newcomers may have missed. */
  async function readLater(): Promise<void> {
    while (sinceReading.size > 0) {
      try {
        await clock.sleep(cacheMilliseconds, ending.signal);
      } catch {
        // Ending: newcomers hear from the next notifier, or from the next event.
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
      if (current.readAt < askedAt) {
        sinceReading.set(event.workOrderId, event);
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
