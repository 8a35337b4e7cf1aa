import { hash } from "node:crypto";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Redis } from "ioredis";

/** What a script returns: strings and whole numbers (Redis cuts fractions, so those come as strings). */
export type ScriptResult = readonly (string | number)[];

/** Runs one Lua script, which is atomic in Redis. */
export type RedisScript = (keys: readonly string[], values: readonly (string | number)[]) => Promise<ScriptResult>;

/**
 * A script on a connection. AppError `dependency` if Redis is away, loading or refuses: the caller then grants nothing.
 * During a reconnect nothing is queued, because a late result is of no use.
 */
export function redisScript(redis: Redis, lua: string): RedisScript {
  const sha = hash("sha1", lua);
  return async (keys, values) => {
    if (redis.status === "reconnecting" || redis.status === "close" || redis.status === "end")
      throw unavailable(redis.status);
    const rest = [keys.length, ...keys, ...values] as const;
    try {
      return (await redis.evalsha(sha, ...rest)) as ScriptResult;
    } catch (error) {
      // A server that is new or was flushed does not know the script yet.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw unavailable(error);
    }
    try {
      return (await redis.eval(lua, ...rest)) as ScriptResult;
    } catch (error) {
      throw unavailable(error);
    }
  };
}

function unavailable(cause: unknown): AppError {
  return new AppError("dependency", "Redis does not respond, so no message may begin: limits are kept there.", {
    cause,
  });
}
