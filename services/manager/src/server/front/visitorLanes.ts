import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Semaphore } from "@email-agent/shared/kit/semaphore.ts";
import { type ConcurrencyOptions, limitConcurrency } from "../http/limitConcurrency.ts";

interface LaneOptions extends ConcurrencyOptions {
  /** A permit is held so long at least: with `atOnce` it bounds the requests per second. */
  readonly shortestMilliseconds: number;
  /** And so long at most: a client that sends or reads slowly, or waits for another server, must not keep others out. */
  readonly longestMilliseconds: number;
}

/**
 * How much of the process clients without a session may take, however many they are: half of it, at 3 ms of work for any
 * request that reaches Next.js and 8 ms for the view of a mail.
 */
const lanes = {
  /** At most 40 a second. */
  view: {
    ...{ atOnce: 2, maxWaiting: 16, retryAfterSeconds: 5 },
    ...{ shortestMilliseconds: 50, longestMilliseconds: 5000 },
  },
  /** At most 400 a second, and many may wait: mailbox providers may not repeat what is refused. */
  unsubscribe: {
    ...{ atOnce: 8, maxWaiting: 4000, retryAfterSeconds: 5 },
    ...{ shortestMilliseconds: 20, longestMilliseconds: 5000 },
  },
  /** At most 800 a second: image proxies of mailbox providers fetch them soon after a mailing. */
  media: {
    ...{ atOnce: 8, maxWaiting: 400, retryAfterSeconds: 5 },
    ...{ shortestMilliseconds: 10, longestMilliseconds: 2000 },
  },
  /** At most 160 a second. A first visit loads some 30 files at once. */
  other: {
    ...{ atOnce: 4, maxWaiting: 200, retryAfterSeconds: 2 },
    ...{ shortestMilliseconds: 25, longestMilliseconds: 100 },
  },
} as const satisfies Record<string, LaneOptions>;
export type LaneName = keyof typeof lanes;

/** A request whose body has not arrived by then costs nothing until it has, and holds no permit. */
const arrivalMilliseconds = 100;

export interface VisitorLanes {
  /**
   * Calls `pass` when the lane has a free permit.
   *
   * @throws AppError `busy` if too many wait already; an error if the client goes away while it waits
   */
  run(lane: LaneName, response: ServerResponse, pass: () => unknown): Promise<void>;
}

/** The lane of a request without a session. */
export function laneOf(method: string, path: string): LaneName {
  if (path.startsWith("/view/")) return "view";
  if (path.startsWith("/media/")) return "media";
  return method === "POST" && path.startsWith("/u/") ? "unsubscribe" : "other";
}

export function visitorLanes(): VisitorLanes {
  const limits = Object.fromEntries(
    Object.entries(lanes).map(([name, options]) => [name, limitConcurrency(options)]),
  ) as Record<LaneName, Semaphore>;
  return {
    run(name, response, pass) {
      const { shortestMilliseconds, longestMilliseconds } = lanes[name];
      const gone = new AbortController();
      const closed = new Promise<void>((resolve) => response.once("close", resolve));
      void closed.then(() => gone.abort(new Error("The client went away.")));
      return limits[name].run(async () => {
        const made = whenMade(response);
        pass();
        const shortest = sleep(shortestMilliseconds);
        const after = (milliseconds: number) => sleep(milliseconds, undefined, { ref: false, signal: gone.signal });
        const longest = after(longestMilliseconds);
        const arrived = after(arrivalMilliseconds).then(() => (response.req.complete ? longest : undefined));
        await Promise.race([closed, made, longest, arrived]).catch(() => {});
        await shortest;
      }, gone.signal);
    },
  };
}

/** Resolves when the work for a response is done; its client may take long to read it. */
function whenMade(response: ServerResponse): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { end } = response;
  response.end = ((...given: Parameters<typeof end>) => {
    resolve();
    return end.apply(response, given);
  }) as typeof end;
  return promise;
}
