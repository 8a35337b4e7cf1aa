import { RequestFailed } from "../http.ts";
import type { LivePorts } from "./livePorts.ts";
import type { OrderCache } from "./orderCache.ts";

/** Reads single orders over HTTP, one request per order at a time. */
export interface OrderReads {
  /** Reads once; rejects with RequestFailed. A 404 also removes the order from the cache. */
  refresh(id: string): Promise<void>;
  /** Reads after a message about the order; retries with exponential backoff while the server does not respond. */
  follow(id: string): void;
  /** The order seems to be gone: a response in flight may be older than that, so it is read again. */
  invalidate(id: string): void;
  /** Ids being read. */
  ids(): string[];
}

interface Reading {
  /** Requested again since this request was sent, whose response may be older. */
  again: boolean;
  invalidated: boolean;
  readonly done: Promise<void>;
}

const tries = 6;
const firstWaitMilliseconds = 1000;

export function orderReads(
  { api, clock }: Pick<LivePorts, "api" | "clock">,
  cache: OrderCache,
  onChange: (id: string) => void,
): OrderReads {
  const readings = new Map<string, Reading>();

  async function read(id: string, reading: Reading): Promise<void> {
    do {
      reading.again = false;
      reading.invalidated = false;
      try {
        const order = await api.read(id);
        if (!reading.invalidated && cache.apply(order)) onChange(id);
      } catch (error) {
        if (isGone(error) && cache.remove(id)) onChange(id);
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
    const reading: Reading = { again: false, invalidated: false, done: promise };
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
        // Gone, or not for this user: waiting changes nothing. Otherwise the next list repairs what these attempts could not.
        if (error instanceof RequestFailed && error.status >= 400 && error.status < 500) return;
        await clock.sleep(firstWaitMilliseconds * 2 ** n);
      }
    }
  }

  return {
    refresh,
    follow: (id) => void persist(id),
    invalidate(id) {
      const reading = readings.get(id);
      if (reading) reading.again = reading.invalidated = true;
    },
    ids: () => [...readings.keys()],
  };
}

function isGone(error: unknown): boolean {
  return error instanceof RequestFailed && error.status === 404;
}
