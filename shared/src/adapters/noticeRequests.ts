import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import {
  type DecidedNotice,
  type NoticeRequest,
  noticeAllowancesRunId,
  noticeLeaseMilliseconds,
  noticeRequestSchema,
  noticeRequestsRunId,
  noticesRunId,
} from "../domain/notices/notice.ts";
import { epochMilliseconds, instant } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { queryPages } from "./queryPages.ts";

/** The mails of notices that are still to be sent, by the key of the notice (`sk`). `now`: epoch ms. */
export interface NoticeRequests {
  /** Requests that are due and that no living sender holds, in the order of their keys. A hint: `claim` decides. */
  open(now: number): Promise<NoticeRequest[]>;
  /** Takes a request; undefined if another sender did. */
  claim(request: NoticeRequest, worker: string, now: number): Promise<NoticeRequest | undefined>;
  /** Each of these is false, with nothing changed, if the request is no longer this worker's. */
  renew(sk: string, worker: string, now: number): Promise<boolean>;
  /** The mail to a recipient may begin from now on. False as well if it was begun before. */
  begin(sk: string, worker: string, recipient: string): Promise<boolean>;
  /** The mail to a recipient was certainly not accepted: it may begin again. */
  unbegin(sk: string, worker: string, recipient: string): Promise<boolean>;
  /** Gives it back. `summed`: until its work order may have notices again. */
  putOff(sk: string, worker: string, until: number, options?: { readonly summed?: boolean }): Promise<boolean>;
  /** The notice has its outcome, and the request is gone. */
  finish(sk: string, worker: string, result: Required<Pick<DecidedNotice, "outcome" | "mails">>): Promise<boolean>;
  /** Takes `count` of the `most` that `name` has in the hour of `now`; false if they are not left. */
  allow(name: string, count: number, most: number, now: number): Promise<boolean>;
}

const hourMilliseconds = 3_600_000;

/** Requests in the table `RUNS_TABLE`. */
export function noticeRequests(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): NoticeRequests {
  const TableName = config.RUNS_TABLE;
  const update = (runId: string, sk: string, input: Omit<UpdateCommandInput, "TableName" | "Key">) =>
    unlessRefused(
      aws.dynamo.send(new UpdateCommand({ TableName, Key: { runId, sk }, ReturnValues: "ALL_NEW", ...input })),
    );
  /** A write of the worker that holds the request. */
  const held = async (sk: string, worker: string, change: string, values: Record<string, unknown>, also = "") =>
    (await update(noticeRequestsRunId, sk, {
      UpdateExpression: change,
      ConditionExpression: `worker = :worker${also}`,
      ExpressionAttributeValues: { ":worker": worker, ...values },
    })) !== undefined;
  const until = (now: number) => instant(now + noticeLeaseMilliseconds);

  return {
    async open(now) {
      const found: NoticeRequest[] = [];
      const values = { ":id": noticeRequestsRunId };
      const query = { KeyConditionExpression: "runId = :id", ExpressionAttributeValues: values };
      // What a later release asks for is left to its own senders.
      for await (const page of queryPages(aws, { TableName, ...query }))
        found.push(...page.flatMap((item) => noticeRequestSchema.safeParse(item).data ?? []));
      const isAhead = (time: string | undefined) => time !== undefined && epochMilliseconds(time) > now;
      return found.filter(({ heldUntil, notBefore }) => !isAhead(heldUntil) && !isAhead(notBefore));
    },
    async claim({ sk, attempts, heldUntil }, worker, now) {
      const held = heldUntil ? "heldUntil = :held" : "attribute_not_exists(heldUntil)";
      const taken = await update(noticeRequestsRunId, sk, {
        UpdateExpression: "SET worker = :worker, heldUntil = :until, attempts = :next",
        ConditionExpression: `attempts = :attempts AND ${held}`,
        ExpressionAttributeValues: {
          ...{ ":worker": worker, ":until": until(now), ":attempts": attempts, ":next": attempts + 1 },
          ...(heldUntil && { ":held": heldUntil }),
        },
      });
      const key = `${noticeRequestsRunId} ${sk}`;
      return taken?.Attributes && readItem(TableName, key, noticeRequestSchema, taken.Attributes);
    },
    renew: (sk, worker, now) => held(sk, worker, "SET heldUntil = :until", { ":until": until(now) }),
    begin(sk, worker, recipient) {
      const values = { ":one": new Set([recipient]), ":recipient": recipient };
      return held(sk, worker, "ADD begun :one", values, " AND NOT contains(begun, :recipient)");
    },
    unbegin: (sk, worker, recipient) => held(sk, worker, "DELETE begun :one", { ":one": new Set([recipient]) }),
    putOff(sk, worker, time, { summed = false } = {}) {
      const values = { ":time": instant(time), ":summed": summed };
      return held(sk, worker, "SET notBefore = :time, summed = :summed REMOVE worker, heldUntil", values);
    },
    async finish(sk, worker, { outcome, mails }) {
      await update(noticesRunId, sk, {
        UpdateExpression: "SET outcome = :outcome, mails = :mails",
        ConditionExpression: "attribute_exists(sk)",
        ExpressionAttributeValues: { ":outcome": outcome, ":mails": mails },
      });
      const request = { TableName, Key: { runId: noticeRequestsRunId, sk } };
      const condition = { ConditionExpression: "worker = :worker", ExpressionAttributeValues: { ":worker": worker } };
      return (await unlessRefused(aws.dynamo.send(new DeleteCommand({ ...request, ...condition })))) !== undefined;
    },
    async allow(name, number, most, now) {
      const hour = instant(now - (now % hourMilliseconds));
      const taken = await update(noticeAllowancesRunId, `${name}#${hour}`, {
        UpdateExpression: "ADD used :number SET #ttl = :ttl",
        ConditionExpression: "attribute_not_exists(used) OR used <= :before",
        ExpressionAttributeNames: { "#ttl": "ttl" },
        ExpressionAttributeValues: {
          ...{ ":number": number, ":before": most - number },
          ":ttl": Math.floor((now + 2 * hourMilliseconds) / 1000),
        },
      });
      return taken !== undefined;
    },
  };
}

async function unlessRefused<Result>(write: Promise<Result>): Promise<Result | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
