import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, QueryCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { encodeTime } from "ulid";
import {
  type AccountLine,
  type AccountRequest,
  accountRequestSchema,
  accountRequestsRunId,
  requestAgeMilliseconds,
  requestAttempts,
  requestLeaseMilliseconds,
} from "../domain/delivery/accountRequest.ts";
import { epochMilliseconds, instant } from "../domain/time.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";

/** What was asked of an account, and what came of it. `now`: epoch ms. */
export interface AccountRequests {
  put(request: Pick<AccountRequest, "sk" | "kind" | "account" | "by" | "to">, now: number): Promise<void>;
  /** A consistent read. */
  get(sk: string): Promise<AccountRequest | undefined>;
  /** Requests that no living sender works on, oldest first; a hint, `claim` decides. */
  open(now: number): Promise<AccountRequest[]>;
  /** Takes a request; undefined if another sender did. */
  claim(request: AccountRequest, worker: string, now: number): Promise<AccountRequest | undefined>;
  /** Each of these is false, with nothing changed, if the request is no longer this worker's. */
  renew(sk: string, worker: string, now: number): Promise<boolean>;
  addLine(sk: string, worker: string, line: AccountLine, now: number): Promise<boolean>;
  /** Says that the message of a trial mail begins. */
  begin(sk: string, worker: string, now: number): Promise<boolean>;
  finish(sk: string, worker: string, result: Pick<AccountRequest, "pause">): Promise<boolean>;
  /** Gives it back unfinished, for a sender that goes on running. */
  release(sk: string, worker: string): Promise<boolean>;
}

const keptSeconds = 86_400;

/** Requests in the table `RUNS_TABLE`. */
export function accountRequests(aws: Pick<Aws, "dynamo">, config: { RUNS_TABLE: string }): AccountRequests {
  const table = config.RUNS_TABLE;
  const read = (item: Record<string, unknown>) =>
    readItem(table, `${accountRequestsRunId} ${item["sk"]}`, accountRequestSchema, item);
  const update = async (sk: string, input: Omit<UpdateCommandInput, "TableName" | "Key">) => {
    const Key = { runId: accountRequestsRunId, sk };
    try {
      const { Attributes } = await aws.dynamo.send(new UpdateCommand({ TableName: table, Key, ...input }));
      return Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
  /** A write of the worker that holds the request. */
  const held = async (sk: string, worker: string, expression: string, values: Record<string, unknown>, names = {}) =>
    (await update(sk, {
      UpdateExpression: expression,
      ConditionExpression: "worker = :worker AND #status = :working",
      ExpressionAttributeNames: { "#status": "status", ...names },
      ExpressionAttributeValues: { ":worker": worker, ":working": "working", ...values },
    })) !== undefined;
  const until = (now: number) => instant(now + requestLeaseMilliseconds);

  return {
    async put(request, now) {
      const fields = { ...request, runId: accountRequestsRunId, at: instant(now), status: "asked" as const };
      const item = read({ ...fields, ttl: Math.floor(now / 1000) + keptSeconds });
      await aws.dynamo.send(
        new PutCommand({ TableName: table, Item: item, ConditionExpression: "attribute_not_exists(sk)" }),
      );
    },
    async get(sk) {
      const Key = { runId: accountRequestsRunId, sk };
      const { Item } = await aws.dynamo.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && read(Item);
    },
    async open(now) {
      const { Items = [] } = await aws.dynamo.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "runId = :id AND sk > :oldest",
          FilterExpression: "#status <> :done",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":id": accountRequestsRunId,
            ":oldest": encodeTime(Math.max(0, now - requestAgeMilliseconds)),
            ":done": "done",
          },
        }),
      );
      // What a later release asks for is left to its own senders, and must not hold up the others.
      const known = Items.flatMap((item) => accountRequestSchema.safeParse(item).data ?? []);
      return known.filter(({ heldUntil }) => heldUntil === undefined || epochMilliseconds(heldUntil) < now);
    },
    async claim({ sk, attempts, heldUntil }, worker, now) {
      const taken = await update(sk, {
        // What an earlier sender found is found again.
        UpdateExpression:
          "SET #status = :working, worker = :worker, heldUntil = :until, attempts = :next, #lines = :none",
        ConditionExpression: `#status <> :done AND attempts = :attempts AND ${heldUntil ? "heldUntil = :held" : "attribute_not_exists(heldUntil)"}`,
        ExpressionAttributeNames: { "#status": "status", "#lines": "lines" },
        ExpressionAttributeValues: {
          ...{ ":working": "working", ":done": "done", ":worker": worker, ":until": until(now), ":none": [] },
          ...{ ":attempts": attempts, ":next": Math.min(attempts + 1, requestAttempts + 1) },
          ...(heldUntil && { ":held": heldUntil }),
        },
        ReturnValues: "ALL_NEW",
      });
      return taken && read(taken);
    },
    renew: (sk, worker, now) => held(sk, worker, "SET heldUntil = :until", { ":until": until(now) }),
    addLine: (sk, worker, line, now) =>
      held(
        sk,
        worker,
        "SET #lines = list_append(#lines, :line), heldUntil = :until",
        { ":line": [line], ":until": until(now) },
        { "#lines": "lines" },
      ),
    begin: (sk, worker, now) =>
      held(sk, worker, "SET begun = :yes, heldUntil = :until", { ":yes": true, ":until": until(now) }),
    finish: (sk, worker, { pause }) =>
      held(
        sk,
        worker,
        `SET #status = :done${pause ? ", pause = :pause" : ""} REMOVE heldUntil, #to`,
        {
          ":done": "done",
          ...(pause && { ":pause": pause }),
        },
        { "#to": "to" },
      ),
    release: (sk, worker) =>
      held(sk, worker, "SET #status = :asked, attempts = attempts - :one REMOVE heldUntil, worker", {
        ":asked": "asked",
        ":one": 1,
      }),
  };
}
