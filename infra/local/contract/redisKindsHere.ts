import { debianRedis } from "../debianRedis.ts";
import { findOnPath, type RedisKind } from "../redis.ts";

/** The kinds of Redis that can be started on this machine. */
export async function redisKindsHere(): Promise<RedisKind[]> {
  const kinds: RedisKind[] = [];
  if (findOnPath()) kinds.push("path");
  if (await debianRedis()) kinds.push("debian");
  return [...kinds, "js"];
}
