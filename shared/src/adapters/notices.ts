import { GetCommand } from "@aws-sdk/lib-dynamodb";
import {
  type DecidedNotice,
  decidedNoticeSchema,
  type NoticeRequest,
  noticePatienceMilliseconds,
  noticeRequestSchema,
  noticeRequestsRunId,
  noticesRunId,
} from "../domain/notices/notice.ts";
import { instant } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { runTtl } from "./runs.ts";
import { transact } from "./transaction.ts";

type NewNotice = Pick<
  NoticeRequest,
  "sk" | "workOrderId" | "eventCode" | "subEvent" | "stage" | "facts" | "account" | "users"
>;

/** Notices that were decided. `now`: epoch ms. */
export interface Notices {
  /** Decides a notice once: it and the request for its mails are written together. The notice as it was decided, now or before. */
  decide(notice: NewNotice, now: number): Promise<DecidedNotice & { readonly isNew: boolean }>;
}

/** Notices in the table `RUNS_TABLE`. */
export function notices(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): Notices {
  const TableName = config.RUNS_TABLE;
  const read = (item: Record<string, unknown>) =>
    readItem(TableName, `${noticesRunId} ${item["sk"]}`, decidedNoticeSchema, item);
  return {
    async decide({ account, users, ...about }, now) {
      const at = instant(now);
      const notice = read({ ...about, runId: noticesRunId, at, ttl: runTtl(now) });
      const ttl = Math.floor((now + 7 * noticePatienceMilliseconds) / 1000);
      const asked = { ...about, account, users, at, ttl, runId: noticeRequestsRunId };
      // DynamoDB holds no empty set.
      const { begun: _, ...request } = readItem(TableName, `${asked.runId} ${about.sk}`, noticeRequestSchema, asked);
      const options = { TableName, ConditionExpression: "attribute_not_exists(sk)" };
      const parts = [{ Put: { ...options, Item: notice } }, { Put: { ...options, Item: request } }];
      if (!(await transact(aws, parts))) return { ...notice, isNew: true };
      const Key = { runId: noticesRunId, sk: about.sk };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return { ...(Item ? read(Item) : notice), isNew: false };
    },
  };
}
