import { setTimeout as pause } from "node:timers/promises";
import { Redis, ReplyError } from "ioredis";
import { AppError } from "../service/errors.ts";
import type { Log } from "../service/log.ts";

// A connection that dies without a word (a failover, a cut line) would be waited on for a quarter of an hour: so long the
// system tries on its own. A blocking read of BullMQ answers at least every 10 s.
const fastTimeoutMilliseconds = 5000;
const blockingTimeoutMilliseconds = 30_000;
const retryMilliseconds = 500;

/**
 * Opens a connection for commands: it fails fast while Redis is away (one try per command, 2 s at most), because a
 * limiter that waits for Redis grants nothing. `openBlockingRedis` is for BullMQ workers, which wait without end.
 *
 * Opening itself waits until Redis is there, and checks `maxmemory-policy`: anything but `noeviction` may drop jobs
 * silently, so the process refuses to start (AppError `configuration`). So does a Redis that refuses its client.
 */
export async function openRedis(config: { REDIS_URL: string }, log: Log): Promise<Redis & AsyncDisposable> {
  const redis = connect(config.REDIS_URL, log, {
    maxRetriesPerRequest: 1,
    commandTimeout: 2000,
    socketTimeout: fastTimeoutMilliseconds,
  });
  try {
    refuseEviction(await firstAnswer(redis));
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** A connection for BullMQ workers and subscriptions: commands wait until Redis is back. */
export function openBlockingRedis(config: { REDIS_URL: string }, log: Log): Redis & AsyncDisposable {
  return connect(config.REDIS_URL, log, { maxRetriesPerRequest: null, socketTimeout: blockingTimeoutMilliseconds });
}

interface Patience {
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout?: number;
  readonly socketTimeout: number;
}

function connect(url: string, log: Log, options: Patience) {
  const redis = new Redis(url, { ...options, retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, 2000) });
  let reported = false;
  redis.on("error", (error) => {
    // ioredis repeats the error at each attempt to reconnect: one line per outage is enough.
    if (!reported) log.warn({ error }, "Redis is away; trying again until it is back");
    reported = true;
  });
  redis.on("ready", () => {
    if (reported) log.info({}, "Redis is back");
    reported = false;
  });
  return Object.assign(redis, {
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  });
}

/** What Redis says of its memory, however long it takes to come up; whoever starts everything at once need not order it. */
async function firstAnswer(redis: Redis): Promise<string> {
  for (;;) {
    try {
      return await redis.info("memory");
    } catch (error) {
      // An answer of its own (NOAUTH, NOPERM) will not change by waiting.
      if (error instanceof ReplyError) throw error;
      await pause(retryMilliseconds);
    }
  }
}

function refuseEviction(answer: string): void {
  const policy = /maxmemory_policy:(\S+)/.exec(answer)?.[1];
  if (policy !== undefined && policy !== "noeviction")
    throw new AppError(
      "configuration",
      `Redis has maxmemory-policy ${policy}, which may drop jobs silently. Set it to noeviction (redis-cli config set maxmemory-policy noeviction).`,
    );
}
