import { setTimeout as pause } from "node:timers/promises";
import { Redis, ReplyError } from "ioredis";
import { leaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import { AppError } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";
import { isPrimary, isReplicaReply, primaryConnector, reconnectOnReplica, watchRole } from "./redisPrimary.ts";

// A connection that dies silently (a failover, a cut line) would be waited on for a quarter of an hour: so long the
// system tries on its own.
const socketTimeout = leaseTimes.redisSilenceMilliseconds;
const connectTimeout = 3000;
const disconnectTimeout = 500;
const retryMilliseconds = 500;

/**
 * Opens a connection for commands: it fails fast while Redis is away (one try per command, 2 s at most), because a
 * limiter that waits for Redis grants nothing. `openBlockingRedis` is for BullMQ workers, which wait without end.
 *
 * Opening itself waits until there is a primary, and checks `maxmemory-policy`: anything but `noeviction` may drop jobs
 * silently, so the process refuses to start (AppError `configuration`). So does a Redis that refuses its client.
 */
export async function openRedis(config: { REDIS_URL: string }, log: Log): Promise<Redis & AsyncDisposable> {
  const redis = connect(config.REDIS_URL, log, { maxRetriesPerRequest: 1, commandTimeout: 2000 });
  try {
    refuseEviction(await firstInfo(redis));
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** A connection for BullMQ workers and subscriptions: commands wait until Redis is back. */
export function openBlockingRedis(config: { REDIS_URL: string }, log: Log): Redis & AsyncDisposable {
  return connect(config.REDIS_URL, log, { maxRetriesPerRequest: null });
}

interface Patience {
  readonly maxRetriesPerRequest: number | null;
  readonly commandTimeout?: number;
}

function connect(url: string, log: Log, patience: Patience) {
  const outage = outageLog(log);
  const redis = new Redis(url, {
    ...{ ...patience, socketTimeout, connectTimeout, disconnectTimeout },
    retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, 2000),
    reconnectOnError: reconnectOnReplica,
    Connector: primaryConnector(outage.replica),
  });
  redis.on("error", outage.away);
  redis.on("ready", outage.over);
  watchRole(redis, outage.replica);
  return Object.assign(redis, {
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  });
}

/** One line per outage: ioredis repeats an error at each attempt to reconnect. */
function outageLog(log: Log) {
  let reported: "away" | "replica" | undefined;
  const report = (what: "away" | "replica", fields: Record<string, unknown>, text: string) => {
    if (reported === undefined) log.warn(fields, text);
    reported = what;
  };
  return {
    away: (error: unknown) => report("away", { error }, "Redis is away; trying again until it is back"),
    replica: () => report("replica", {}, "Redis is a read-only replica here; reconnecting until it is the primary"),
    over() {
      if (reported) log.info({}, "Redis is back");
      reported = undefined;
    },
  };
}

/**
 * The INFO of the primary, however long it takes to come up: processes may start in any order. The reply is looked at for its role,
 * because INFO goes out before the connection counts as ready.
 */
async function firstInfo(redis: Redis): Promise<string> {
  for (;;) {
    try {
      const info = await redis.info();
      if (isPrimary(info)) return info;
    } catch (error) {
      // A reply such as NOAUTH or NOPERM will not change by waiting.
      if (error instanceof ReplyError && !isReplicaReply(error)) throw error;
    }
    await pause(retryMilliseconds);
  }
}

function refuseEviction(info: string): void {
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
  if (policy !== undefined && policy !== "noeviction")
    throw new AppError(
      "configuration",
      `Redis has maxmemory-policy ${policy}, which may drop jobs silently. Set it to noeviction (redis-cli config set maxmemory-policy noeviction).`,
    );
}
