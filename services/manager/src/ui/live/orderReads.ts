import { RequestFailed } from "../http.ts";
import type { LivePorts } from "./livePorts.ts";
import type { OrderBook } from "./orderBook.ts";

/** Reads single orders over HTTP, one request per order at a time. */
export interface OrderReads {
  /** Reads once; rejects with RequestFailed. An order that is gone is forgotten, and its 404 rejects too. */
  refresh(id: string): Promise<void>;
  /** Reads because something was heard of the order; tries again by itself while the server does not answer. */
  follow(id: string): void;
  /** The order is said to be gone: an answer still under way may be from before, so it is asked for again. */
  doubt(id: string): void;
  /** Ids being read. */
  ids(): string[];
}

interface Reading {
  /** Asked for again since the request left: its answer may be older than that. */
  again: boolean;
  doubted: boolean;
  readonly done: Promise<void>;
}

const tries = 6;
const firstWaitMilliseconds = 1000;

export function orderReads(
  { api, clock }: Pick<LivePorts, "api" | "clock">,
  book: OrderBook,
  onChange: (id: string) => void,
): OrderReads {
  const readings = new Map<string, Reading>();

  async function read(id: string, reading: Reading): Promise<void> {
    do {
      reading.again = false;
      reading.doubted = false;
      try {
        const order = await api.read(id);
        if (!reading.doubted && book.apply(order)) onChange(id);
      } catch (error) {
        if (isGone(error) && book.remove(id)) onChange(id);
        if (!reading.again) throw error;
      }
    } while (reading.again);
  }

  function refresh(id: string): Promise<void> {
    const running = readings.get(id);
    if (running) {
      running.again = true;
      return running.done;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const reading: Reading = { again: false, doubted: false, done: promise };
    readings.set(id, reading);
    read(id, reading)
      .finally(() => readings.delete(id))
      .then(resolve, reject);
    return promise;
  }

  async function persist(id: string): Promise<void> {
    for (let n = 0; n < tries; n += 1) {
      try {
        return await refresh(id);
      } catch (error) {
        // Gone, or not for this user: waiting changes nothing. Else the next list heals what these tries could not.
        if (error instanceof RequestFailed && error.status >= 400 && error.status < 500) return;
        await clock.sleep(firstWaitMilliseconds * 2 ** n);
      }
    }
  }

  return {
    refresh,
    follow: (id) => void persist(id),
    doubt(id) {
      const reading = readings.get(id);
      if (reading) reading.again = reading.doubted = true;
    },
    ids: () => [...readings.keys()],
  };
}

function isGone(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 404;
}
