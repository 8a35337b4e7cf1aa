import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import {
  type Chunk,
  type ChunkProgress,
  type ChunkReturn,
  type ChunkState,
  chunkSchema,
  chunkStateSchema,
  type Plan,
  planSchema,
} from "../domain/delivery/run.ts";
import type { Counters } from "../domain/workOrder.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { chunkProgress } from "./chunkProgress.ts";
import { readItem } from "./items.ts";

/** One issue of a chunk: the name under which a job, a worker or the coordinator acts on it. */
export interface ChunkIssue {
  readonly runId: string;
  readonly sk: string;
  readonly token: number;
}

/** A picked-up chunk: every write of its worker is conditional on both. */
export interface HeldChunk extends ChunkIssue {
  readonly worker: string;
}

/** What became of a chunk's people so far. */
export interface ChunkResult {
  readonly counts: Counters;
  /** Participant id → reason. */
  readonly skipped: Record<string, string>;
  /** Participant id → instant of the next attempt. */
  readonly retry: Record<string, string>;
}

/** Why and until when a chunk goes back to planned. */
export interface ChunkGivenBack extends ChunkResult {
  readonly returned: ChunkReturn;
  readonly reason: string;
  readonly notBefore?: string;
  readonly errorCode?: string;
  readonly pauseReason?: string;
}

/** Chunks by sort key with the people they skipped (id → reason), none if all were mailed. */
interface SkippedPage {
  readonly chunks: readonly { readonly sk: string; readonly skipped: Readonly<Record<string, string>> }[];
  /** Every chunk up to this sort key has been given; absent behind the last one. */
  readonly readTo?: string;
}

/**
 * Plans and chunks of runs (key `runId`, `sk`). Every change of a chunk is one conditional write on its token; false (or
 * undefined) means that somebody else has moved it on, and the caller leaves it alone. Reads are consistent.
 */
export interface Runs {
  plan(runId: string): Promise<Plan | undefined>;
  /** False if a coordinator with a higher fence has written it. */
  putPlan(plan: Plan): Promise<boolean>;
  /** Puts planned chunks, over what this or an older coordinator put and never issued. AppError `lease-lost` if a newer one stands there. */
  putChunks(chunks: readonly Chunk[]): Promise<void>;
  chunk(runId: string, sk: string): Promise<Chunk | undefined>;
  /** The named chunks without their people. */
  states(runId: string, sks: readonly string[]): Promise<ChunkState[]>;
  /** Every chunk of the run, page by page. */
  list(runId: string): AsyncIterable<Chunk[]>;
  /**
   * How far every chunk of a planned run came and when, without its people, page by page in no order; several pages are
   * read at a time. Not consistent: for looking, not for deciding.
   */
  progress(plan: Pick<Plan, "runId" | "nextNumber">, signal?: AbortSignal): AsyncIterable<ChunkProgress[]>;
  /**
   * The chunks of one language behind the sort key `after`, in the order of their keys: whom each skipped, page by page
   * of at most `limit` chunks.
   */
  skipped(
    runId: string,
    language: string,
    read: { readonly after?: string; readonly limit: number; readonly signal?: AbortSignal },
  ): AsyncIterable<SkippedPage>;
  /** planned → issued under token + 1, without worker. Answers the new token. */
  issue(planned: ChunkIssue, at: string): Promise<number | undefined>;
  /** Marks that the job of a chunk nobody picked up is added once more. */
  issueAgain(issue: ChunkIssue, at: string): Promise<boolean>;
  /** The right to work on a chunk: issued, this token, no worker. */
  pickUp(issue: ChunkIssue, worker: string, at: string): Promise<Chunk | undefined>;
  heartbeat(held: HeldChunk, at: string, soFar: Pick<ChunkResult, "counts" | "retry">): Promise<boolean>;
  finish(held: HeldChunk, result: ChunkResult, at: string): Promise<boolean>;
  giveBack(held: HeldChunk, result: ChunkGivenBack, at: string): Promise<boolean>;
  /** An unexpected throw; the text is kept. */
  fail(held: HeldChunk, text: string): Promise<boolean>;
  /** Takes a chunk from a silent worker: token + 1, losses + 1, no worker; conditional on the unchanged heartbeat. Answers the new token. */
  takeOver(lost: ChunkIssue & { heartbeatAt: string }, at: string): Promise<number | undefined>;
}

const runTtlDays = 90;

/** `ttl` (epoch seconds) of an item of a run that is written at `now` (epoch ms). */
export function runTtl(now: number): number {
  return Math.floor(now / 1000) + runTtlDays * 86_400;
}

const stateFields = Object.keys(chunkStateSchema.shape);
const putsAtOnce = 10;
const keysPerBatch = 100;

/** Plans and chunks in the table `RUNS_TABLE`. */
export function runs(aws: Aws, config: { RUNS_TABLE: string }): Runs {
  const table = config.RUNS_TABLE;
  const change = chunkChange(aws, table);
  const readChunk: Runs["chunk"] = async (runId, sk) => {
    const { Item } = await aws.dynamo.send(
      new GetCommand({ TableName: table, Key: { runId, sk }, ConsistentRead: true }),
    );
    return Item && readItem(table, `${runId} ${sk}`, chunkSchema, Item);
  };

  return {
    async plan(runId) {
      const { Item } = await aws.dynamo.send(
        new GetCommand({ TableName: table, Key: { runId, sk: "plan" }, ConsistentRead: true }),
      );
      return Item && readItem(table, `${runId} plan`, planSchema, Item);
    },
    async putPlan(plan) {
      const item = readItem(table, `${plan.runId} plan`, planSchema, plan);
      return accepted(
        aws.dynamo.send(
          new PutCommand({
            TableName: table,
            Item: item,
            ConditionExpression: "attribute_not_exists(sk) OR fence <= :fence",
            ExpressionAttributeValues: { ":fence": plan.fence },
          }),
        ),
      );
    },
    async putChunks(chunks) {
      for (let from = 0; from < chunks.length; from += putsAtOnce)
        await Promise.all(chunks.slice(from, from + putsAtOnce).map((chunk) => putChunk(aws, table, chunk)));
    },
    chunk: readChunk,
    states: (runId, sks) => readStates(aws, table, runId, sks),
    list: (runId) => listChunks(aws, table, runId),
    skipped: (runId, language, read) => listSkipped(aws, table, runId, language, read),
    progress: (plan, signal) => chunkProgress(aws, table, plan, signal),
    async issue(planned, at) {
      const done = await change(planned, "#status = :planned AND #token = :token", {
        set: { status: "issued", token: planned.token + 1, heartbeatAt: at },
        remove: ["worker", "notBefore", "returned", "reason", "errorCode", "pauseReason"],
        values: { ":planned": "planned" },
      });
      return done && planned.token + 1;
    },
    async issueAgain(issue, at) {
      const condition = "#status = :issued AND #token = :token AND attribute_not_exists(#worker)";
      return Boolean(await change(issue, condition, { set: { heartbeatAt: at }, values: { ":issued": "issued" } }));
    },
    async pickUp(issue, worker, at) {
      const condition = "#status = :issued AND #token = :token AND attribute_not_exists(#worker)";
      const item = await change(issue, condition, {
        set: { worker, heartbeatAt: at },
        setIfAbsent: { startedAt: at },
        remove: ["endedAt"],
        values: { ":issued": "issued" },
        answerItem: true,
      });
      if (item) return readItem(table, `${issue.runId} ${issue.sk}`, chunkSchema, item);
      // A pick-up repeated by the SDK after a lost answer is refused though it was made: then the worker's name stands.
      const chunk = await readChunk(issue.runId, issue.sk);
      return chunk?.status === "issued" && chunk.token === issue.token && chunk.worker === worker ? chunk : undefined;
    },
    async heartbeat(held, at, { counts, retry }) {
      const set = { heartbeatAt: at, counts, retry };
      return Boolean(await change(held, heldCondition, { set, values: heldValues(held) }));
    },
    async finish(held, { counts, skipped, retry }, at) {
      const set = { status: "done", counts, skipped, retry, endedAt: at };
      return Boolean(await change(held, heldCondition, { set, values: heldValues(held) }));
    },
    async giveBack(held, { counts, skipped, retry, returned, reason, notBefore, errorCode, pauseReason }, at) {
      const optional = {
        ...(notBefore && { notBefore }),
        ...(errorCode && { errorCode }),
        ...(pauseReason && { pauseReason }),
      };
      const set = { status: "planned", counts, skipped, retry, returned, reason, endedAt: at, ...optional };
      // A chunk that only waited for its account has not begun to send.
      const remove = counts.sent + counts.failed + counts.inDoubt > 0 ? ["worker"] : ["worker", "startedAt"];
      return Boolean(await change(held, heldCondition, { set, remove, values: heldValues(held) }));
    },
    async fail(held, text) {
      const set = { status: "failed", reason: text };
      return Boolean(await change(held, heldCondition, { set, values: heldValues(held) }));
    },
    async takeOver(lost, at) {
      const condition =
        "#status = :issued AND #token = :token AND heartbeatAt = :seen AND attribute_exists(#worker) AND attribute_exists(losses)";
      const item = await change(lost, condition, {
        set: { token: lost.token + 1, heartbeatAt: at },
        add: { losses: 1 },
        remove: ["worker"],
        values: { ":issued": "issued", ":seen": lost.heartbeatAt },
      });
      return item && lost.token + 1;
    },
  };
}

const heldCondition = "#status = :issued AND #token = :token AND #worker = :holder";
const heldValues = (held: HeldChunk) => ({ ":issued": "issued", ":holder": held.worker });

interface Change {
  readonly set: Record<string, unknown>;
  readonly setIfAbsent?: Record<string, unknown>;
  readonly add?: Record<string, number>;
  readonly remove?: readonly string[];
  readonly values: Record<string, unknown>;
  readonly answerItem?: boolean;
}

/** One conditional update of a chunk; undefined if the condition refused it, else the item after it (if asked for). */
function chunkChange(aws: Aws, table: string) {
  return async ({ runId, sk, token }: ChunkIssue, condition: string, change: Change) => {
    const { set, setIfAbsent = {}, add = {}, remove = [], values, answerItem } = change;
    const named = [...Object.keys(set), ...Object.keys(setIfAbsent), ...Object.keys(add), ...remove, "status", "token"];
    const names = Object.fromEntries(named.map((name) => [`#${name}`, name]));
    if (condition.includes("#worker")) names["#worker"] = "worker";
    const assignments = [
      ...Object.keys(set).map((name) => `#${name} = :set_${name}`),
      ...Object.keys(setIfAbsent).map((name) => `#${name} = if_not_exists(#${name}, :set_${name})`),
    ];
    const clauses = [`SET ${assignments}`];
    if (Object.keys(add).length) clauses.push(`ADD ${Object.keys(add).map((name) => `#${name} :add_${name}`)}`);
    if (remove.length) clauses.push(`REMOVE ${remove.map((name) => `#${name}`)}`);
    const prefixed = (prefix: string, fields: Record<string, unknown>) =>
      Object.entries(fields).map(([name, value]) => [`:${prefix}_${name}`, value]);
    const request = new UpdateCommand({
      TableName: table,
      Key: { runId, sk },
      UpdateExpression: clauses.join(" "),
      ConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: {
        ...Object.fromEntries([...prefixed("set", { ...set, ...setIfAbsent }), ...prefixed("add", add)]),
        ...values,
        ":token": token,
      },
      ReturnValues: answerItem ? "ALL_NEW" : "NONE",
    });
    try {
      return (await aws.dynamo.send(request)).Attributes ?? {};
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
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

async function putChunk(aws: Aws, table: string, chunk: Chunk): Promise<void> {
  const item = readItem(table, `${chunk.runId} ${chunk.sk}`, chunkSchema, chunk);
  const put = new PutCommand({
    TableName: table,
    Item: item,
    ConditionExpression: "attribute_not_exists(sk) OR (#status = :planned AND #token = :never AND fence <= :fence)",
    ExpressionAttributeNames: { "#status": "status", "#token": "token" },
    ExpressionAttributeValues: { ":planned": "planned", ":never": 0, ":fence": chunk.fence },
  });
  if (!(await accepted(aws.dynamo.send(put))))
    throw new AppError("lease-lost", `Chunk ${chunk.sk} of run ${chunk.runId} belongs to a later coordinator.`);
}

async function readStates(aws: Aws, table: string, runId: string, sks: readonly string[]): Promise<ChunkState[]> {
  const found: ChunkState[] = [];
  let keys: Record<string, unknown>[] = sks.map((sk) => ({ runId, sk }));
  const names = Object.fromEntries(stateFields.map((name) => [`#${name}`, name]));
  while (keys.length > 0) {
    const { Responses, UnprocessedKeys } = await aws.dynamo.send(
      new BatchGetCommand({
        RequestItems: {
          [table]: {
            Keys: keys.slice(0, keysPerBatch),
            ConsistentRead: true,
            ProjectionExpression: Object.keys(names).join(","),
            ExpressionAttributeNames: names,
          },
        },
      }),
    );
    for (const item of Responses?.[table] ?? [])
      found.push(readItem(table, `${runId} ${item["sk"]}`, chunkStateSchema, item));
    keys = [...(UnprocessedKeys?.[table]?.Keys ?? []), ...keys.slice(keysPerBatch)];
  }
  return found;
}

async function* listChunks(aws: Aws, table: string, runId: string): AsyncIterable<Chunk[]> {
  // `chunk#…` and `retry#…`, not `plan`.
  for (const prefix of ["chunk#", "retry#"]) {
    let from: Record<string, unknown> | undefined;
    do {
      const page = await aws.dynamo.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: "runId = :runId AND begins_with(sk, :prefix)",
          ExpressionAttributeValues: { ":runId": runId, ":prefix": prefix },
          ...(from && { ExclusiveStartKey: from }),
        }),
      );
      yield (page.Items ?? []).map((item) => readItem(table, `${runId} ${item["sk"]}`, chunkSchema, item));
      from = page.LastEvaluatedKey;
    } while (from);
  }
}

const skippedSchema = chunkSchema.pick({ sk: true, skipped: true });

async function* listSkipped(
  aws: Aws,
  table: string,
  runId: string,
  language: string,
  { after, limit, signal }: { after?: string; limit: number; signal?: AbortSignal },
): AsyncIterable<SkippedPage> {
  // `chunk#…` stands before `retry#…`, here as in the keys.
  const prefixes = [`chunk#${language}#`, `retry#${language}#`];
  const begun = prefixes.findIndex((prefix) => after?.startsWith(prefix));
  const first = Math.max(0, begun);
  let from = begun < 0 ? undefined : after;
  for (const [index, prefix] of prefixes.slice(first).entries()) {
    const isLast = first + index === prefixes.length - 1;
    do {
      signal?.throwIfAborted();
      const { Items = [], LastEvaluatedKey } = await aws.dynamo.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: limit,
          KeyConditionExpression: "runId = :runId AND begins_with(sk, :prefix)",
          ProjectionExpression: "sk, skipped",
          ExpressionAttributeValues: { ":runId": runId, ":prefix": prefix },
          ...(from !== undefined && { ExclusiveStartKey: { runId, sk: from } }),
        }),
      );
      signal?.throwIfAborted();
      const chunks = Items.map((item) => readItem(table, `${runId} ${item["sk"]}`, skippedSchema, item));
      from = LastEvaluatedKey?.["sk"] as string | undefined;
      const readTo = from ?? (isLast ? undefined : prefixes.at(-1));
      yield { chunks, ...(readTo !== undefined && { readTo }) };
    } while (from !== undefined);
  }
}
