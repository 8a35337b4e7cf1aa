import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import type { QuotaBucket } from "../domain/delivery/quotaWindow.ts";
import { epochMilliseconds, type Instant, instant, instantSchema } from "../domain/time.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

/** An item of Quota: what one account reserved in the 5 minutes that begin at `bucket`. `ttl` is epoch seconds. */
const quotaItemSchema = z.looseObject({
  account: z.string().min(1),
  bucket: instantSchema,
  used: z.int().min(0),
  ttl: z.int(),
});

/**
 * The durable record of what accounts used of their quota. It is raised before a message is claimed and lowered only for
 * messages that certainly did not leave, so it never holds less than was sent.
 */
export interface Quota {
  /** Raises a bucket. False, with nothing changed, if the bucket alone would then hold more than `limit`. */
  add(account: string, bucket: Instant, count: number, limit: number): Promise<boolean>;
  /** Lowers a bucket by messages that did not leave, at most once. False if it holds less than that. */
  giveBack(account: string, bucket: Instant, count: number): Promise<boolean>;
  /** The buckets that begin at or after `start` (epoch ms), by a consistent read. */
  bucketsSince(account: string, start: number): Promise<QuotaBucket[]>;
}

/** Long enough for bounces, which come hours or days later, to be counted against the last thousand mails of an account. */
const keptMilliseconds = 90 * 24 * 60 * 60_000;

/** `ttl` (epoch seconds) of a bucket. */
export function quotaTtl(bucket: Instant): number {
  return Math.ceil((epochMilliseconds(bucket) + keptMilliseconds) / 1000);
}

/** Under which Quota holds what came back of an account's mails, by the bucket in which they were sent. */
export function returnedAccount(account: string): string {
  return `bounces#${account}`;
}

/** Usage in the table `QUOTA_TABLE` (key `account`, `bucket`). */
export function quota(aws: Aws, config: { QUOTA_TABLE: string }): Quota {
  const table = config.QUOTA_TABLE;
  return {
    async add(account, bucket, count, limit) {
      if (count > limit) return false;
      const request = new UpdateCommand({
        TableName: table,
        Key: { account, bucket },
        UpdateExpression: "SET #ttl = :ttl ADD used :count",
        ConditionExpression: "attribute_not_exists(used) OR used <= :most",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: {
          ":ttl": quotaTtl(bucket),
          ":count": count,
          ":most": limit - count,
        },
      });
      return accepted(aws.dynamo.send(request));
    },
    giveBack(account, bucket, count) {
      const request = new UpdateCommand({
        TableName: table,
        Key: { account, bucket },
        UpdateExpression: "ADD used :less",
        ConditionExpression: "attribute_exists(account) AND used >= :count",
        ExpressionAttributeValues: { ":less": -count, ":count": count },
      });
      sendOnce(request);
      return accepted(aws.dynamo.send(request));
    },
    bucketsSince: (account, start) => readBuckets(aws, table, account, instant(start)),
  };
}

async function readBuckets(aws: Aws, table: string, account: string, since: Instant): Promise<QuotaBucket[]> {
  const found: QuotaBucket[] = [];
  let page: Record<string, unknown> | undefined;
  do {
    const response = await aws.dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "account = :account AND #bucket >= :since",
        ExpressionAttributeNames: { "#bucket": "bucket" },
        ExpressionAttributeValues: { ":account": account, ":since": since },
        ConsistentRead: true,
        ...(page && { ExclusiveStartKey: page }),
      }),
    );
    for (const item of response.Items ?? []) {
      const { bucket, used } = readItem(table, `${account} ${item["bucket"]}`, quotaItemSchema, item);
      found.push({ start: epochMilliseconds(bucket), used });
    }
    page = response.LastEvaluatedKey;
  } while (page);
  return found;
}

/**
 * Keeps the SDK from repeating a request whose response was lost: lowering twice would count less than was sent. Places that
 * are not given back are free a day later.
 */
function sendOnce(request: UpdateCommand): void {
  let sent = false;
  request.middlewareStack.add(
    (next) => (args) => {
      if (sent) throw new AppError("storage", "DynamoDB did not respond; the request must not be repeated.");
      sent = true;
      return next(args);
    },
    // Behind the repetition, so it is passed by each try.
    { step: "finalizeRequest", priority: "low", name: "sendOnce", override: true },
  );
}

async function accepted(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
