import { type NativeAttributeValue, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { compareIds } from "../domain/delivery/idOrder.ts";
import type { Aws } from "./aws.ts";

type Item = Record<string, NativeAttributeValue>;

/** Where an ordered read begins and how it proceeds. */
export interface OrderedRead {
  /** A participant id: begins behind it. */
  readonly after?: string;
  /** Items read from one shard at a time. */
  readonly perShard: number;
  readonly signal?: AbortSignal;
}

/** One step of an ordered read: the next items, in the order of participant ids. It may hold none. */
export interface OrderedPage<Entry> {
  readonly items: Entry[];
  /** Every item up to this id has been given; absent behind the last one. */
  readonly readTo?: string;
}

/** What one shard returns: items in order, and up to where it was read; without `readTo` it ends there. */
export interface ShardPage<Entry> {
  readonly items: readonly Entry[];
  readonly readTo?: string;
}

interface Shard<Entry> {
  readonly read: (after: string | undefined) => Promise<ShardPage<Entry>>;
  readTo: string | undefined;
  ended: boolean;
  waiting: Entry[];
}

/**
 * Merges shards that are each in order into one order. All shards that run low are read at the same time; memory holds a
 * page or two of each. Whatever is at or before the place to which *every* shard was read can be given.
 */
export async function* mergedPages<Entry>(
  reads: readonly ((after: string | undefined) => Promise<ShardPage<Entry>>)[],
  idOf: (entry: Entry) => string,
  { after, perShard, signal }: OrderedRead,
): AsyncGenerator<OrderedPage<Entry>> {
  const shards: Shard<Entry>[] = reads.map((read) => ({ read, readTo: after, ended: false, waiting: [] }));
  for (;;) {
    signal?.throwIfAborted();
    const low = shards.filter(({ ended, waiting }) => !ended && waiting.length < perShard / 2);
    await Promise.all(low.map(advance)).catch((error: unknown) => {
      // An aborted request fails in its own words.
      signal?.throwIfAborted();
      throw error;
    });
    signal?.throwIfAborted();
    const open = shards.filter(({ ended }) => !ended).map(({ readTo }) => readTo as string);
    if (open.length === 0) {
      yield { items: takeUpTo(shards, undefined, idOf) };
      return;
    }
    const readTo = open.reduce((least, id) => (compareIds(id, least) < 0 ? id : least));
    yield { items: takeUpTo(shards, readTo, idOf), readTo };
  }
}

async function advance<Entry>(shard: Shard<Entry>): Promise<void> {
  const { items, readTo } = await shard.read(shard.readTo);
  shard.waiting.push(...items);
  shard.readTo = readTo;
  shard.ended = readTo === undefined;
}

function takeUpTo<Entry>(
  shards: readonly Shard<Entry>[],
  bound: string | undefined,
  idOf: (entry: Entry) => string,
): Entry[] {
  const taken = shards.flatMap(({ waiting }) => {
    const beyond = bound === undefined ? -1 : waiting.findIndex((entry) => compareIds(idOf(entry), bound) > 0);
    return waiting.splice(0, beyond < 0 ? waiting.length : beyond);
  });
  return taken.sort((one, other) => compareIds(idOf(one), idOf(other)));
}

/**
 * The items of 16 shards (`pks`) in the order of `participantId`. Consistent. `attributes`: what to read, all if absent.
 */
export function itemsInOrder(
  aws: Aws,
  { table, pks, attributes }: { table: string; pks: readonly string[]; attributes?: readonly string[] },
  read: OrderedRead,
): AsyncGenerator<OrderedPage<Item>> {
  const named = [...new Set(["pk", "participantId", ...(attributes ?? [])])];
  const shard = (pk: string) => async (after: string | undefined) => {
    const { Items = [], LastEvaluatedKey } = await aws.dynamo.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        Limit: read.perShard,
        KeyConditionExpression: after === undefined ? "#pk = :pk" : "#pk = :pk AND #participantId > :after",
        ExpressionAttributeValues: { ":pk": pk, ...(after !== undefined && { ":after": after }) },
        ExpressionAttributeNames: attributes
          ? Object.fromEntries(named.map((name) => [`#${name}`, name]))
          : { "#pk": "pk", ...(after !== undefined && { "#participantId": "participantId" }) },
        ...(attributes && { ProjectionExpression: named.map((name) => `#${name}`).join(", ") }),
      }),
      { abortSignal: read.signal },
    );
    const readTo = LastEvaluatedKey?.["participantId"] as string | undefined;
    return { items: Items, ...(readTo !== undefined && { readTo }) };
  };
  return mergedPages(pks.map(shard), (item) => item["participantId"], read);
}
