import { hash } from "node:crypto";
import { shardCount } from "./delivery.ts";

/** The shard of a participant, 0 to 15. It never changes for an id, for it is part of stored keys. */
export function shardOf(participantId: string): number {
  return Number.parseInt(hash("sha256", participantId).slice(0, 8), 16) % shardCount;
}

/** The partition key of a participant's item: `<partition>#<shard>`. */
export function shardKey(partition: string, participantId: string): string {
  return `${partition}#${shardOf(participantId)}`;
}

/** The 16 partition keys of a partition. */
export function shardKeys(partition: string): string[] {
  return Array.from({ length: shardCount }, (_, shard) => `${partition}#${shard}`);
}
