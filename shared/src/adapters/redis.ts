import { Redis } from "ioredis";
import { AppError } from "../service/errors.ts";
import type { Log } from "../service/log.ts";

/**
 * Opens a connection for commands: it fails fast while Redis is away (one try per command, 2 s at most), because a
 * limiter that waits for Redis grants nothing. `forBlocking` is for BullMQ workers, which wait without end.
 *
 * The first use checks `maxmemory-policy`: anything but `noeviction` may drop jobs silently, so the process refuses to
 * start (AppError `configuration`).
 */
export async function openRedis(config: { REDIS_URL: string }, log: Log): Promise<Redis & AsyncDisposable> {
  const redis = connect(config.REDIS_URL, log, { maxRetriesPerRequest: 1, commandTimeout: 2000 });
  await refuseEviction(redis);
  return redis;
}

/** A connection for BullMQ workers and subscriptions: commands wait until Redis is back. */
export function openBlockingRedis(config: { REDIS_URL: string }, log: Log): Redis & AsyncDisposable {
  return connect(config.REDIS_URL, log, { maxRetriesPerRequest: null });
}

function connect(url: string, log: Log, options: { maxRetriesPerRequest: number | null; commandTimeout?: number }) {
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

async function refuseEviction(redis: Redis): Promise<void> {
  const answer = await redis.info("memory");
  const policy = /maxmemory_policy:(\S+)/.exec(answer)?.[1];
  if (policy !== undefined && policy !== "noeviction")
    throw new AppError(
      "configuration",
      `Redis has maxmemory-policy ${policy}, which may drop jobs silently. Set it to noeviction (redis-cli config set maxmemory-policy noeviction).`,
    );
}
