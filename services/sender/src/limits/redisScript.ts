import { hash } from "node:crypto";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Redis } from "ioredis";

/** What a script answers: strings and whole numbers (Redis cuts fractions, so those come as strings). */
export type ScriptAnswer = readonly (string | number)[];

/** Runs one Lua script, in which Redis does everything at once. */
export type RedisScript = (keys: readonly string[], values: readonly (string | number)[]) => Promise<ScriptAnswer>;

/**
 * A script on a connection. AppError `dependency` if Redis is away, loading or refuses: the caller then grants nothing.
 * While the connection is being made again nothing is queued, for an answer that comes late grants to nobody.
 */
export function redisScript(redis: Redis, lua: string): RedisScript {
  const sha = hash("sha1", lua);
  return async (keys, values) => {
    if (redis.status === "reconnecting" || redis.status === "close" || redis.status === "end") throw away(redis.status);
    const rest = [keys.length, ...keys, ...values] as const;
    try {
      return (await redis.evalsha(sha, ...rest)) as ScriptAnswer;
    } catch (error) {
      // A server that is new or was flushed does not know the script yet.
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw away(error);
    }
    try {
      return (await redis.eval(lua, ...rest)) as ScriptAnswer;
    } catch (error) {
      throw away(error);
    }
  };
}

function away(cause: unknown): AppError {
  return new AppError("dependency", "Redis does not answer, so no message may begin: limits are kept there.", {
    cause,
  });
}
