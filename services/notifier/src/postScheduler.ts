import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { ConnectionQueue } from "./connectionQueue.ts";

/**
 * Concurrency limit of posts: a fixed number of connections at a time, in the order in which they became ready. Slow
 * connections have a limit of their own (a bulkhead), so that all others go on.
 */
export interface PostScheduler extends AsyncDisposable {
  /** Something waits for this connection, and no post to it is under way. */
  ready(queue: ConnectionQueue): void;
  /** Begins as many posts as the limit allows. */
  fill(): void;
}

/** Posts under way at once: at a latency of 20 ms that is 3,200 posts a second, more than a core signs. */
const quickLimit = 64;
const slowLimit = 256;
/** The connections to API Gateway that posting needs at most. */
export const postsAtOnce = quickLimit + slowLimit;
const slowMilliseconds = 500;
const sweepMilliseconds = 250;

/**
 * `post` posts what has waited longest for a connection and never rejects. It resolves to a function that handles the
 * result, which is called at the moment when the next post may begin.
 */
export function postScheduler(clock: Clock, post: (queue: ConnectionQueue) => Promise<() => void>): PostScheduler {
  const quick = { ready: new Set<ConnectionQueue>(), posting: new Map<ConnectionQueue, number>(), limit: quickLimit };
  const slow = { ready: new Set<ConnectionQueue>(), posting: new Map<ConnectionQueue, number>(), limit: slowLimit };
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  let sweeping: Promise<void> | undefined;

  function fill(): void {
    for (const lane of [quick, slow])
      for (const queue of lane.ready) {
        if (lane.posting.size >= lane.limit || closing.signal.aborted) break;
        lane.ready.delete(queue);
        lane.posting.set(queue, clock.monotonic());
        const work = postIn(queue).finally(() => working.delete(work));
        working.add(work);
      }
    if (quick.posting.size > 0)
      sweeping ??= moveSlowOnes().finally(() => {
        sweeping = undefined;
      });
  }

  async function postIn(queue: ConnectionQueue): Promise<void> {
    const startedAt = clock.monotonic();
    const settle = await post(queue);
    quick.posting.delete(queue);
    slow.posting.delete(queue);
    queue.isSlow = clock.monotonic() - startedAt >= slowMilliseconds;
    settle();
    fill();
  }

  /** A connection that takes long moves from the quick lane to the slow one. */
  async function moveSlowOnes(): Promise<void> {
    while (quick.posting.size > 0 && !closing.signal.aborted) {
      await clock.sleep(sweepMilliseconds, closing.signal).catch(() => {});
      for (const [queue, startedAt] of quick.posting) {
        if (clock.monotonic() - startedAt < slowMilliseconds || slow.posting.size >= slow.limit) break;
        quick.posting.delete(queue);
        slow.posting.set(queue, startedAt);
        queue.isSlow = true;
      }
      fill();
    }
  }

  function ready(queue: ConnectionQueue): void {
    (queue.isSlow ? slow : quick).ready.add(queue);
  }

  return {
    ready,
    fill,
    async [Symbol.asyncDispose]() {
      closing.abort(new Error("ending"));
      while (working.size > 0) await Promise.all(working);
      await sweeping;
    },
  };
}
