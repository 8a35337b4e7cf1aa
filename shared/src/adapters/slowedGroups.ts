import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { recoveredAt, type SlowedGroup } from "../domain/delivery/receiverSlowing.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

/** Beside the buckets of an account in Quota: a sort key that is before every instant. `at` is epoch milliseconds, `ttl` seconds. */
const prefix = "#slowed#";
const slowedItemSchema = z.looseObject({
  account: z.string(),
  bucket: z.string().startsWith(prefix),
  perSecond: z.number().positive(),
  from: z.number().positive(),
  at: z.number(),
  ttl: z.int(),
});

/** The durable record of receiving domain groups that asked an account to slow down: Redis may lose it. */
export interface SlowedGroups {
  put(account: string, slowed: SlowedGroup): Promise<void>;
  /** Those that are not as fast as before at `now` (epoch ms). */
  list(account: string, now: number): Promise<SlowedGroup[]>;
}

export function slowedGroups(aws: Aws, config: { QUOTA_TABLE: string }): SlowedGroups {
  const table = config.QUOTA_TABLE;
  return {
    async put(account, { group, perSecond, from, at }) {
      const values = { ":perSecond": perSecond, ":from": from, ":at": at };
      await aws.dynamo.send(
        new UpdateCommand({
          TableName: table,
          Key: { account, bucket: `${prefix}${group}` },
          UpdateExpression: "SET perSecond = :perSecond, #from = :from, #at = :at, #ttl = :ttl",
          ExpressionAttributeNames: { "#from": "from", "#at": "at", "#ttl": "ttl" },
          ExpressionAttributeValues: { ...values, ":ttl": Math.ceil(recoveredAt({ perSecond, from, at }) / 1000) },
        }),
      );
    },
    async list(account, now) {
      const found: SlowedGroup[] = [];
      let page: Record<string, unknown> | undefined;
      do {
        const response = await aws.dynamo.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: "account = :account AND begins_with(#bucket, :prefix)",
            ExpressionAttributeNames: { "#bucket": "bucket" },
            ExpressionAttributeValues: { ":account": account, ":prefix": prefix },
            ConsistentRead: true,
            ...(page && { ExclusiveStartKey: page }),
          }),
        );
        for (const item of response.Items ?? []) {
          const { bucket, ...slowed } = readItem(table, `${account} ${item["bucket"]}`, slowedItemSchema, item);
          if (recoveredAt(slowed) > now) found.push({ group: bucket.slice(prefix.length), ...slowed });
        }
        page = response.LastEvaluatedKey;
      } while (page);
      return found;
    },
  };
}
