import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { type Delivery, deliverySchema } from "../domain/delivery/delivery.ts";
import type { ResolvedStatus } from "../domain/delivery/resolution.ts";
import { shardKey, shardKeys } from "../domain/delivery/shards.ts";
import type { Aws } from "./aws.ts";
import { type DeliveryReads, readDelivery } from "./deliveryReads.ts";
import { readItem } from "./items.ts";
import { itemsInOrder, type OrderedPage, type OrderedRead } from "./mergedPages.ts";

/** What searching and filtering look at. */
const personSchema = deliverySchema.pick({ participantId: true, status: true, name: true, email: true });
type DeliveryPerson = z.infer<typeof personSchema>;

export type AttentionStatus = "failed" | "in-doubt";

/** Cursor in the list of deliveries that need attention. */
export interface AttentionPlace {
  readonly endedAt: string;
  readonly participantId: string;
}

/** One step of a list of those who need attention. */
interface AttentionPage {
  readonly items: readonly { readonly delivery: Delivery; readonly place: AttentionPlace }[];
  /** Everything newer than this has been given; absent behind the last one. */
  readonly readTo?: AttentionPlace;
}

/** What a user says of a mail in doubt. `claimId`: the claim whose evidence the user saw; `at`: ISO time now. */
export interface Resolution {
  readonly participantId: string;
  readonly claimId: string;
  readonly status: ResolvedStatus;
  readonly by: string;
  readonly at: string;
}

/** Reads the ledger as people look at it, and writes what they resolve. */
export interface DeliveryLists {
  /** Every delivery of the partition in the order of participant ids. Consistent. */
  inOrder(partition: string, read: OrderedRead): AsyncIterable<OrderedPage<Delivery>>;
  /** The same with projection: id, name, address and status only. */
  peopleInOrder(partition: string, read: OrderedRead): AsyncIterable<OrderedPage<DeliveryPerson>>;
  /**
   * Failed or in-doubt deliveries, newest first, from the index `byAttention` and then read again consistently: one that
   * is listed needs attention now; one that came up a moment ago may be missing still.
   */
  needingAttention(
    partition: string,
    status: AttentionStatus,
    read: { readonly after?: AttentionPlace; readonly limit: number; readonly signal?: AbortSignal },
  ): AsyncIterable<AttentionPage>;
  /**
   * in-doubt → sent or deferred, conditional on status and claim, which goes away; the delivery leaves the list for
   * attention. Undefined if it is not in doubt under this claim any more. `endedAt` stays: what a running pass finds
   * deferred belongs to it only if it was claimed in it.
   */
  resolve(partition: string, resolution: Resolution): Promise<Delivery | undefined>;
}

const attentionSchema = z.object({ participantId: z.string(), endedAt: z.string() });

export function deliveryLists(aws: Aws, table: string, getMany: DeliveryReads["getMany"]): DeliveryLists {
  return {
    async *inOrder(partition, read) {
      const pages = itemsInOrder(aws, { table, pks: shardKeys(partition) }, read);
      for await (const { items, ...rest } of pages)
        yield { items: items.map((item) => readDelivery(table, item)), ...rest };
    },
    async *peopleInOrder(partition, read) {
      const attributes = Object.keys(personSchema.shape);
      const pages = itemsInOrder(aws, { table, pks: shardKeys(partition), attributes }, read);
      for await (const { items, ...rest } of pages) {
        const person = (item: (typeof items)[number]) =>
          readItem(table, `${item["pk"]}/${item["participantId"]}`, personSchema, item);
        yield { items: items.map(person), ...rest };
      }
    },
    needingAttention: (partition, status, read) => attentionPages(aws, table, getMany, partition, status, read),
    resolve: (partition, resolution) => resolve(aws, table, getMany, partition, resolution),
  };
}

async function* attentionPages(
  aws: Aws,
  table: string,
  getMany: DeliveryReads["getMany"],
  partition: string,
  status: AttentionStatus,
  { after, limit, signal }: { after?: AttentionPlace; limit: number; signal?: AbortSignal },
): AsyncGenerator<AttentionPage> {
  const attention = `${partition}#${status}`;
  const keyOf = (place: AttentionPlace) => ({ ...place, attention, pk: shardKey(partition, place.participantId) });
  let from = after;
  do {
    signal?.throwIfAborted();
    const { Items = [], LastEvaluatedKey } = await aws.dynamo.send(
      new QueryCommand({
        TableName: table,
        IndexName: "byAttention",
        Limit: limit,
        KeyConditionExpression: "attention = :attention",
        ExpressionAttributeValues: { ":attention": attention },
        ScanIndexForward: false,
        ...(from && { ExclusiveStartKey: keyOf(from) }),
      }),
    );
    const places = Items.map((item) => readItem(table, `${item["pk"]}/byAttention`, attentionSchema, item));
    const now = await getMany(
      partition,
      places.map(({ participantId }) => participantId),
    );
    signal?.throwIfAborted();
    const items = places.flatMap((place) => {
      const delivery = now.get(place.participantId);
      return delivery?.status === status ? [{ delivery, place }] : [];
    });
    from = LastEvaluatedKey && readItem(table, `${attention}/byAttention`, attentionSchema, LastEvaluatedKey);
    yield { items, ...(from && { readTo: from }) };
  } while (from);
}

async function resolve(
  aws: Aws,
  table: string,
  getMany: DeliveryReads["getMany"],
  partition: string,
  { participantId, claimId, status, by, at }: Resolution,
): Promise<Delivery | undefined> {
  try {
    const { Attributes } = await aws.dynamo.send(
      new UpdateCommand({
        TableName: table,
        Key: { pk: shardKey(partition, participantId), participantId },
        UpdateExpression: "SET #status = :status, resolvedBy = :by, resolvedAt = :at REMOVE claimId, attention",
        ConditionExpression: "#status = :inDoubt AND claimId = :claimId",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: {
          ":status": status,
          ":by": by,
          ":at": at,
          ":inDoubt": "in-doubt",
          ":claimId": claimId,
        },
        ReturnValues: "ALL_NEW",
      }),
    );
    return Attributes && readDelivery(table, Attributes);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // A resolution that the SDK sends again after a lost response is refused although it was made: the item then holds it.
    const found = (await getMany(partition, [participantId])).get(participantId);
    const isOurs = found?.status === status && found.resolvedBy === by && found.resolvedAt === at;
    return isOurs ? found : undefined;
  }
}
