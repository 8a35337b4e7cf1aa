import { PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  type BulkResolution,
  bulkResolutionSchema,
  type ResolvedClaims,
  resolvedClaimsSchema,
} from "../domain/delivery/bulkResolution.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { runTtl } from "./runs.ts";

/** Bulk resolutions of an order, and whom each was about, so that one can be undone. `now`: epoch ms. */
export interface BulkResolutions {
  begin(workOrderId: string, resolution: Omit<BulkResolution, "runId" | "ttl">, now: number): Promise<void>;
  /** Keeps whom the next writes are about, and adds to their number. `number` counts the calls of one resolution. */
  addClaims(
    workOrderId: string,
    bulk: string,
    part: { readonly number: number; readonly language: string; readonly claims: ResolvedClaims["claims"] },
    now: number,
  ): Promise<void>;
  claims(bulk: string): AsyncIterable<Pick<ResolvedClaims, "language" | "claims">>;
  /** Adds to the number of mails that are resolved. */
  addResolved(workOrderId: string, bulk: string, mails: number): Promise<void>;
  /** The newest first. Consistent read. */
  newest(workOrderId: string, limit: number): Promise<BulkResolution[]>;
  markUndone(
    workOrderId: string,
    bulk: string,
    undone: { readonly by: string; readonly at: string; readonly restored: number },
  ): Promise<void>;
}

/** Bulk resolutions in the table `RUNS_TABLE`. */
export function bulkResolutions(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): BulkResolutions {
  const table = config.RUNS_TABLE;
  const headsOf = (workOrderId: string) => `resolutions-${workOrderId}`;
  const claimsOf = (bulk: string) => `resolution-${bulk}`;
  const read = (item: Record<string, unknown>) =>
    readItem(table, `${item["runId"]} ${item["sk"]}`, bulkResolutionSchema, item);
  const add = async (workOrderId: string, bulk: string, number: "claimed" | "resolved", mails: number) => {
    await aws.dynamo.send(
      new UpdateCommand({
        TableName: table,
        Key: { runId: headsOf(workOrderId), sk: bulk },
        UpdateExpression: "ADD #number :mails",
        ConditionExpression: "attribute_exists(sk)",
        ExpressionAttributeNames: { "#number": number },
        ExpressionAttributeValues: { ":mails": mails },
      }),
    );
  };
  return {
    async begin(workOrderId, resolution, now) {
      const Item = read({ ...resolution, runId: headsOf(workOrderId), ttl: runTtl(now) });
      const ConditionExpression = "attribute_not_exists(sk)";
      await aws.dynamo.send(new PutCommand({ TableName: table, Item, ConditionExpression }));
    },
    async addClaims(workOrderId, bulk, { number, language, claims }, now) {
      await add(workOrderId, bulk, "claimed", claims.length);
      const sk = String(number).padStart(6, "0");
      const Item = { runId: claimsOf(bulk), sk, language, claims: claims.map((claim) => [...claim]), ttl: runTtl(now) };
      await aws.dynamo.send(new PutCommand({ TableName: table, Item }));
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
    addResolved: (workOrderId, bulk, mails) => add(workOrderId, bulk, "resolved", mails),
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
      await aws.dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: { runId: headsOf(workOrderId), sk: bulk },
          UpdateExpression: "SET undoneBy = :by, undoneAt = :at ADD restored :restored",
          ConditionExpression: "attribute_exists(sk)",
          ExpressionAttributeValues: { ":by": by, ":at": at, ":restored": restored },
        }),
      );
    },
  };
}
