import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { judgedMails, type ReturnedLately } from "../domain/bounces/returnRate.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";
import { returnedAccount } from "./quota.ts";

const usedSchema = z.looseObject({ bucket: z.string(), used: z.int().default(0) });
const returnedSchema = z.looseObject({
  hard: z.int().default(0),
  soft: z.int().default(0),
  complained: z.int().default(0),
});

export interface ReturnRates {
  /**
   * The last thousand mails of an account, in whole buckets of five minutes, and what of them came back; at most 90 days.
   * `after`: only buckets that begin later (ISO).
   */
  lately(account: string, after?: string): Promise<ReturnedLately>;
}

/** In the table Quota, by consistent reads of one account. */
export function returnRates(aws: Pick<Aws, "dynamo">, config: { readonly QUOTA_TABLE: string }): ReturnRates {
  const table = config.QUOTA_TABLE;
  const keys = (account: string, since: string) => ({
    TableName: table,
    ConsistentRead: true,
    KeyConditionExpression: "account = :account AND #bucket > :since",
    ExpressionAttributeNames: { "#bucket": "bucket" },
    ExpressionAttributeValues: { ":account": account, ":since": since },
  });
  /** Backwards, until there are enough. */
  const sent = async (account: string, since: string) => {
    let used = 0;
    let oldest: string | undefined;
    let page: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await aws.dynamo.send(
        new QueryCommand({ ...keys(account, since), ScanIndexForward: false, Limit: 100, ExclusiveStartKey: page }),
      );
      for (const item of Items) {
        if (used >= judgedMails) break;
        const bucket = readItem(table, `${account} ${item["bucket"]}`, usedSchema, item);
        used += bucket.used;
        oldest = bucket.bucket;
      }
      page = used < judgedMails ? LastEvaluatedKey : undefined;
    } while (page);
    return { used, oldest };
  };
  return {
    async lately(account, after = "") {
      const { used, oldest } = await sent(account, after || " ");
      const sum = { used, hard: 0, soft: 0, complained: 0 };
      if (oldest === undefined) return sum;
      const returned = returnedAccount(account);
      const since = {
        ...keys(returned, oldest),
        KeyConditionExpression: "account = :account AND #bucket >= :since",
      };
      for await (const items of queryPages(aws, since))
        for (const item of items) {
          const found = readItem(table, `${returned} ${item["bucket"]}`, returnedSchema, item);
          sum.hard += found.hard;
          sum.soft += found.soft;
          sum.complained += found.complained;
        }
      return sum;
    },
  };
}
