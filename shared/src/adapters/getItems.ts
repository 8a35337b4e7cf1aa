import { setTimeout as pause } from "node:timers/promises";
import { BatchGetCommand, type NativeAttributeValue } from "@aws-sdk/lib-dynamodb";
import { shardKey } from "../domain/delivery/shards.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { fitsSortKey } from "./sortKey.ts";

type Item = Record<string, NativeAttributeValue>;

/** BatchGetItem takes 100 keys at most, and none twice. */
const batchSize = 100;
const attempts = 8;
const firstPauseMilliseconds = 40;

/**
 * Reads items by key, consistently, 100 at a time; keys the database left unprocessed are asked again with growing
 * pauses, then AppError `storage`. Doubled keys (by `identityOf`) are read once; absent items are absent in the result.
 */
export async function getItems<Key extends Record<string, string>>(
  aws: Aws,
  table: string,
  keys: readonly Key[],
  identityOf: (key: Key) => string,
): Promise<Item[]> {
  const distinct = [...new Map(keys.map((key) => [identityOf(key), key])).values()];
  const found: Item[] = [];
  for (let start = 0; start < distinct.length; start += batchSize) {
    found.push(...(await getBatch(aws, table, distinct.slice(start, start + batchSize))));
  }
  return found;
}

/** The items of this participant in these sharded partitions of a table keyed by `pk` and `participantId`. */
export async function itemsOfPerson(
  aws: Aws,
  table: string,
  partitions: readonly string[],
  participantId: string,
): Promise<Item[]> {
  // DynamoDB refuses other keys instead of finding nothing.
  if (!fitsSortKey(participantId)) return [];
  const keys = partitions.map((partition) => ({ pk: shardKey(partition, participantId), participantId }));
  return getItems(aws, table, keys, ({ pk }) => pk);
}

/** True if any of these partitions has an item of this participant. */
export async function isOnAny(...asked: Parameters<typeof itemsOfPerson>): Promise<boolean> {
  return (await itemsOfPerson(...asked)).length > 0;
}

async function getBatch(aws: Aws, table: string, keys: Record<string, string>[]): Promise<Item[]> {
  const found: Item[] = [];
  let open: Record<string, NativeAttributeValue>[] = keys;
  for (let attempt = 1; ; attempt++) {
    const { Responses, UnprocessedKeys } = await aws.dynamo.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys: open, ConsistentRead: true } } }),
    );
    found.push(...(Responses?.[table] ?? []));
    open = UnprocessedKeys?.[table]?.Keys ?? [];
    if (open.length === 0) return found;
    if (attempt === attempts)
      throw new AppError("storage", `Table ${table} left ${open.length} reads unanswered for too long.`);
    await pause(firstPauseMilliseconds * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}
