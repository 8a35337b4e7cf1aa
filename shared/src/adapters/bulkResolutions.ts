import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  type BulkResolution,
  bulkResolutionSchema,
  openResolutionSchema,
  type ResolvedClaims,
  resolvedClaimsSchema,
} from "../domain/delivery/bulkResolution.ts";
import { instant } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { runTtl } from "./runs.ts";

/** Bulk resolutions of an order, and whom each was about, so that one can be undone. `now`: epoch ms. */
export interface BulkResolutions {
  /** Lists it among the open ones, then puts it. */
  begin(workOrderId: string, resolution: Omit<BulkResolution, "runId" | "ttl">, now: number): Promise<void>;
  /**
   * Keeps whom the next writes are about, and adds to their number. `number` counts the calls of one resolution. False if it
   * has ended: another process found it abandoned.
   */
  addClaims(
    workOrderId: string,
    bulk: string,
    part: { readonly number: number; readonly language: string; readonly claims: ResolvedClaims["claims"] },
    now: number,
  ): Promise<boolean>;
  claims(bulk: string): AsyncIterable<Pick<ResolvedClaims, "language" | "claims">>;
  /** Adds to the number of mails that are resolved. False if it had ended by then. */
  addResolved(workOrderId: string, bulk: string, mails: number, now: number): Promise<boolean>;
  /** Those that have not ended, of all orders. Consistent read. */
  open(): AsyncIterable<{ readonly bulk: string; readonly workOrderId: string }>;
  get(workOrderId: string, bulk: string): Promise<BulkResolution | undefined>;
  /** Ends it: it takes no further mails. The item as it is then; `endedAt` stays that of the first call. */
  end(workOrderId: string, bulk: string, now: number): Promise<BulkResolution>;
  setResolved(workOrderId: string, bulk: string, mails: number): Promise<void>;
  /** Takes it from the open ones. */
  close(bulk: string): Promise<void>;
  /** The newest first. Consistent read. */
  newest(workOrderId: string, limit: number): Promise<BulkResolution[]>;
  markUndone(
    workOrderId: string,
    bulk: string,
    undone: { readonly by: string; readonly at: string; readonly restored: number },
  ): Promise<void>;
}

const openResolutions = "open-resolutions";

/** Bulk resolutions in the table `RUNS_TABLE`. */
export function bulkResolutions(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): BulkResolutions {
  const table = config.RUNS_TABLE;
  const headsOf = (workOrderId: string) => `resolutions-${workOrderId}`;
  const claimsOf = (bulk: string) => `resolution-${bulk}`;
  const read = (item: Record<string, unknown>) =>
    readItem(table, `${item["runId"]} ${item["sk"]}`, bulkResolutionSchema, item);
  const keyOf = (workOrderId: string, bulk: string) => ({ runId: headsOf(workOrderId), sk: bulk });
  const update = async (workOrderId: string, bulk: string, text: string, values: Record<string, unknown>) => {
    const { Attributes = {} } = await aws.dynamo.send(
      new UpdateCommand({
        TableName: table,
        Key: keyOf(workOrderId, bulk),
        UpdateExpression: text,
        ConditionExpression: "attribute_exists(sk)",
        ExpressionAttributeValues: values,
        ReturnValues: "ALL_NEW",
      }),
    );
    return read(Attributes);
  };
  return {
    ...openOnes(aws, table),
    async begin(workOrderId, resolution, now) {
      const ttl = runTtl(now);
      const open = { runId: openResolutions, sk: resolution.sk, workOrderId, ttl };
      await aws.dynamo.send(new PutCommand({ TableName: table, Item: open }));
      const Item = read({ ...resolution, runId: headsOf(workOrderId), ttl });
      const ConditionExpression = "attribute_not_exists(sk)";
      await aws.dynamo.send(new PutCommand({ TableName: table, Item, ConditionExpression }));
    },
    async addClaims(workOrderId, bulk, { number, language, claims }, now) {
      try {
        await aws.dynamo.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(workOrderId, bulk),
            UpdateExpression: "SET seenAt = :now ADD claimed :mails",
            ConditionExpression: "attribute_exists(sk) AND attribute_not_exists(endedAt)",
            ExpressionAttributeValues: { ":mails": claims.length, ":now": instant(now) },
          }),
        );
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
      const sk = String(number).padStart(6, "0");
      const Item = { runId: claimsOf(bulk), sk, language, claims: claims.map((claim) => [...claim]), ttl: runTtl(now) };
      await aws.dynamo.send(new PutCommand({ TableName: table, Item }));
      return true;
    },
    async *claims(bulk) {
      const pages = queryPages(aws, {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "runId = :id",
        ExpressionAttributeValues: { ":id": claimsOf(bulk) },
      });
      for await (const page of pages)
        for (const item of page) yield readItem(table, `${item["runId"]} ${item["sk"]}`, resolvedClaimsSchema, item);
    },
    async addResolved(workOrderId, bulk, mails, now) {
      const values = { ":mails": mails, ":now": instant(now) };
      const { endedAt } = await update(workOrderId, bulk, "SET seenAt = :now ADD resolved :mails", values);
      return endedAt === undefined;
    },
    async get(workOrderId, bulk) {
      const Key = keyOf(workOrderId, bulk);
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && read(Item);
    },
    end: (workOrderId, bulk, now) =>
      update(workOrderId, bulk, "SET endedAt = if_not_exists(endedAt, :now)", { ":now": instant(now) }),
    async setResolved(workOrderId, bulk, mails) {
      await update(workOrderId, bulk, "SET resolved = :mails", { ":mails": mails });
    },
    async newest(workOrderId, limit) {
      const { Items = [] } = await aws.dynamo.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: "runId = :id",
          ExpressionAttributeValues: { ":id": headsOf(workOrderId) },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return Items.map(read);
    },
    async markUndone(workOrderId, bulk, { by, at, restored }) {
      const values = { ":by": by, ":at": at, ":restored": restored };
      await update(workOrderId, bulk, "SET undoneBy = :by, undoneAt = :at ADD restored :restored", values);
    },
  };
}

function openOnes(aws: Pick<Aws, "dynamo">, table: string): Pick<BulkResolutions, "open" | "close"> {
  return {
    async *open() {
      const pages = queryPages(aws, {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "runId = :open",
        ExpressionAttributeValues: { ":open": openResolutions },
      });
      for await (const page of pages)
        for (const item of page) {
          const { sk: bulk, workOrderId } = readItem(
            table,
            `${openResolutions} ${item["sk"]}`,
            openResolutionSchema,
            item,
          );
          yield { bulk, workOrderId };
        }
    },
    async close(bulk) {
      await aws.dynamo.send(new DeleteCommand({ TableName: table, Key: { runId: openResolutions, sk: bulk } }));
    },
  };
}
