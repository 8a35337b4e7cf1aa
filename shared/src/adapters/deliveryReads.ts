import { GetCommand, type NativeAttributeValue } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type Delivery, deliverySchema, isReached } from "../domain/delivery/delivery.ts";
import { shardKey, shardKeys } from "../domain/delivery/shards.ts";
import { idSet } from "../domain/recipients/idSet.ts";
import type { Aws } from "./aws.ts";
import { getItems, isOnAny } from "./getItems.ts";
import { readItem } from "./items.ts";
import { inParallel, queryPages } from "./queryPages.ts";

type Item = Record<string, NativeAttributeValue>;

/** Shards read at the same time. */
const parallelShards = 4;

const statusSchema = deliverySchema.pick({ participantId: true, status: true, permanent: true });
const standingSchema = deliverySchema.pick({
  participantId: true,
  runId: true,
  claimId: true,
  status: true,
  permanent: true,
  endedAt: true,
  nextAttemptAt: true,
});
const heldSchema = z.object({ participantId: z.string(), claimId: z.string() });
type Held = z.infer<typeof heldSchema>;

interface DeliveryCounts {
  readonly sending: number;
  readonly sent: number;
  readonly failed: number;
  readonly inDoubt: number;
  readonly deferred: number;
}

/** Which sending deliveries have no holder any more. */
export type Abandoned = { readonly notRunId: string } | { readonly participantIds: readonly string[] } | "all";

/** What the recipient filter needs to know of one mailing: a compact set of hashed participant ids, no names, no addresses. */
export interface ReachedSet {
  /** sent, sending or in-doubt. */
  has(participantId: string): boolean;
  /** failed with `permanent` true. */
  failedPermanently(participantId: string): boolean;
  /** failed, permanently or not. */
  failed(participantId: string): boolean;
  /** How many are sent, sending or in-doubt. */
  readonly size: number;
  /** How many of them are in doubt. */
  readonly inDoubt: number;
}

/** Consistent reads of the ledger. */
export interface DeliveryReads {
  get(partition: string, participantId: string): Promise<Delivery | undefined>;
  getMany(partition: string, participantIds: readonly string[]): Promise<Map<string, Delivery>>;
  /** The deliveries to one participant in any of these partitions, by partition. By key: 100 in one request. */
  ofPerson(partitions: readonly string[], participantId: string): Promise<Map<string, Delivery>>;
  /** True if any of the partitions has a delivery to this participant. An id that no key can hold is on none. */
  isOnAny(partitions: readonly string[], participantId: string): Promise<boolean>;
  /** One pass over the 16 shards with projection. */
  reached(partition: string, signal?: AbortSignal): Promise<ReachedSet>;
  count(partition: string, signal?: AbortSignal): Promise<DeliveryCounts>;
  /** The status of every delivery of the partition, without name or address: page by page, all shards, with projection. */
  standings(partition: string, signal?: AbortSignal): AsyncIterable<z.infer<typeof standingSchema>[]>;
  /** Every delivery of the partition, page by page, all shards. */
  all(partition: string, signal?: AbortSignal): AsyncIterable<Delivery[]>;
}

interface HeldReads {
  /** Deliveries still `sending` whose holder is gone, page by page. */
  sending(partition: string, of: Abandoned, signal?: AbortSignal): AsyncIterable<Held[]>;
}

/** Consistent reads of the ledger, each item judged by its schema. */
export function deliveryReads(aws: Aws, table: string): DeliveryReads & HeldReads {
  const read = <Schema extends z.ZodType>(schema: Schema, item: Item) =>
    readItem(table, `${item["pk"]}/${item["participantId"]}`, schema, withoutLeftovers(item));
  const pages = (partition: string, query: ShardQuery, signal?: AbortSignal) =>
    inParallel(
      parallelShards,
      shardKeys(partition).map((pk) => () => queryPages(aws, shardInput(table, pk, query), signal)),
    );
  const getMany: DeliveryReads["getMany"] = async (partition, participantIds) => {
    const keys = participantIds.map((id) => ({ pk: shardKey(partition, id), participantId: id }));
    const found = await getItems(aws, table, keys, ({ participantId }) => participantId);
    return new Map(found.map((item) => [item["participantId"], readDelivery(table, item)]));
  };
  /** Calls `visit` with the status of every delivery of the partition. */
  const eachStatus = async (
    partition: string,
    signal: AbortSignal | undefined,
    visit: (delivery: z.infer<typeof statusSchema>) => void,
  ) => {
    const attributes = ["pk", "participantId", "status", "permanent"];
    for await (const items of pages(partition, { attributes }, signal)) {
      for (const item of items) visit(read(statusSchema, item));
    }
  };

  return {
    getMany,
    async get(partition, participantId) {
      const Key = { pk: shardKey(partition, participantId), participantId };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && readDelivery(table, Item);
    },
    async ofPerson(partitions, participantId) {
      const keys = partitions.map((partition) => ({ pk: shardKey(partition, participantId), participantId }));
      const found = new Map((await getItems(aws, table, keys, ({ pk }) => pk)).map((item) => [item["pk"], item]));
      const read = partitions.flatMap((partition): [string, Delivery][] => {
        const item = found.get(shardKey(partition, participantId));
        return item ? [[partition, readDelivery(table, item)]] : [];
      });
      return new Map(read);
    },
    isOnAny: (partitions, participantId) => isOnAny(aws, table, partitions, participantId),
    async *all(partition, signal) {
      for await (const items of pages(partition, {}, signal)) {
        yield items.map((item) => readDelivery(table, item));
      }
    },
    async *standings(partition, signal) {
      const attributes = ["pk", ...Object.keys(standingSchema.shape)];
      for await (const items of pages(partition, { attributes }, signal))
        yield items.map((item) => read(standingSchema, item));
    },
    async reached(partition, signal) {
      const [reached, failedPermanently, failedForNow] = [idSet(), idSet(), idSet()];
      let inDoubt = 0;
      await eachStatus(partition, signal, ({ participantId, status, permanent }) => {
        if (status === "in-doubt") inDoubt += 1;
        if (isReached(status)) reached.add(participantId);
        if (status === "failed") (permanent ? failedPermanently : failedForNow).add(participantId);
      });
      return {
        has: (id) => reached.has(id),
        failedPermanently: (id) => failedPermanently.has(id),
        failed: (id) => failedPermanently.has(id) || failedForNow.has(id),
        size: reached.size,
        inDoubt,
      };
    },
    async count(partition, signal) {
      const counts = { sending: 0, sent: 0, failed: 0, inDoubt: 0, deferred: 0 };
      await eachStatus(partition, signal, ({ status }) => {
        counts[status === "in-doubt" ? "inDoubt" : status] += 1;
      });
      return counts satisfies DeliveryCounts;
    },
    async *sending(partition, of, signal) {
      if (typeof of === "object" && "participantIds" in of) {
        const found = await getMany(partition, of.participantIds);
        yield [...found.values()].filter(({ status }) => status === "sending").map((item) => read(heldSchema, item));
        return;
      }
      const others: Record<string, string> = typeof of === "object" ? { runId: of.notRunId } : {};
      const query = { attributes: ["pk", "participantId", "claimId"], where: { status: "sending" }, whereNot: others };
      for await (const items of pages(partition, query, signal)) yield items.map((item) => read(heldSchema, item));
    },
  };
}

/**
 * Drops what does not apply: nulls, the end of an earlier attempt while the next is under way, and who resolved an
 * earlier claim.
 */
function withoutLeftovers(item: Item): Item {
  const hasClaim = typeof item["claimId"] === "string";
  const isLeft = (name: string) =>
    (name === "endedAt" && item["status"] === "sending") ||
    (hasClaim && (name === "resolvedBy" || name === "resolvedAt" || name === "resolvedIn"));
  return Object.fromEntries(Object.entries(item).filter(([name, value]) => value !== null && !isLeft(name)));
}

/** A delivery as it was read, judged by its schema. */
export function readDelivery(table: string, item: Item): Delivery {
  return readItem(table, `${item["pk"]}/${item["participantId"]}`, deliverySchema, withoutLeftovers(item));
}

interface ShardQuery {
  /** Attributes to read; all if absent. */
  readonly attributes?: readonly string[];
  /** Only items with these values, and without those. */
  readonly where?: Readonly<Record<string, string>>;
  readonly whereNot?: Readonly<Record<string, string>>;
}

/** The Query of one shard; every attribute by placeholder, for `status` and others are reserved words. */
function shardInput(table: string, pk: string, { attributes, where = {}, whereNot = {} }: ShardQuery) {
  const names = new Set(["pk", ...(attributes ?? []), ...Object.keys(where), ...Object.keys(whereNot)]);
  const filters = [
    ...Object.keys(where).map((name) => `#${name} = :is_${name}`),
    ...Object.keys(whereNot).map((name) => `#${name} <> :not_${name}`),
  ];
  return {
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: "#pk = :pk",
    ...(attributes && { ProjectionExpression: attributes.map((name) => `#${name}`).join(", ") }),
    ...(filters.length > 0 && { FilterExpression: filters.join(" AND ") }),
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ":pk": pk,
      ...Object.fromEntries(Object.entries(where).map(([name, value]) => [`:is_${name}`, value])),
      ...Object.fromEntries(Object.entries(whereNot).map(([name, value]) => [`:not_${name}`, value])),
    },
  };
}
