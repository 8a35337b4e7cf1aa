import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Outbox } from "./outbox.ts";

/** Decides which connections are posted to at present: a fixed number, in the order in which they became ready. */
export interface PostPlaces extends AsyncDisposable {
  /** Something waits for this connection, and no post to it is under way. */
  ready(outbox: Outbox): void;
  /** Begins as many posts as there are free places. */
  fill(): void;
}

/** Posts under way at once: at a latency of 20 ms that is 3,200 posts a second, more than a core signs. */
const quickPlaces = 64;
/** Places of their own for connections that take long, so that all others go on. */
const slowPlaces = 256;
/** The connections to API Gateway that posting needs at most. */
export const postsAtOnce = quickPlaces + slowPlaces;
const slowMilliseconds = 500;
const sweepMilliseconds = 250;

/**
 * `post` posts what has waited longest for a connection and never rejects. It resolves to what is to be done about the
 * result, which is called in the same moment in which the place becomes free.
 */
export function postPlaces(clock: Clock, post: (outbox: Outbox) => Promise<() => void>): PostPlaces {
  const quick = { ready: new Set<Outbox>(), posting: new Map<Outbox, number>(), places: quickPlaces };
  const slow = { ready: new Set<Outbox>(), posting: new Map<Outbox, number>(), places: slowPlaces };
  const working = new Set<Promise<void>>();
  const closing = new AbortController();
  let sweeping: Promise<void> | undefined;

  function fill(): void {
    for (const lane of [quick, slow])
      for (const outbox of lane.ready) {
        if (lane.posting.size >= lane.places || closing.signal.aborted) break;
        lane.ready.delete(outbox);
        lane.posting.set(outbox, clock.monotonic());
        const work = postIn(outbox).finally(() => working.delete(work));
        working.add(work);
      }
    if (quick.posting.size > 0)
      sweeping ??= moveSlowOnes().finally(() => {
        sweeping = undefined;
      });
  }

  async function postIn(outbox: Outbox): Promise<void> {
    const startedAt = clock.monotonic();
    const settle = await post(outbox);
    quick.posting.delete(outbox);
    slow.posting.delete(outbox);
    outbox.isSlow = clock.monotonic() - startedAt >= slowMilliseconds;
    settle();
    fill();
  }

  /** A connection that takes long gives its quick place back, and has a slow one from then on. */
  async function moveSlowOnes(): Promise<void> {
    while (quick.posting.size > 0 && !closing.signal.aborted) {
      await clock.sleep(sweepMilliseconds, closing.signal).catch(() => {});
      for (const [outbox, startedAt] of quick.posting) {
        if (clock.monotonic() - startedAt < slowMilliseconds || slow.posting.size >= slow.places) break;
        quick.posting.delete(outbox);
        slow.posting.set(outbox, startedAt);
        outbox.isSlow = true;
      }
      fill();
    }
  }

  function ready(outbox: Outbox): void {
    (outbox.isSlow ? slow : quick).ready.add(outbox);
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
