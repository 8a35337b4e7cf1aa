import { BatchGetCommand, GetCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import {
  type Chunk,
  type ChunkProgress,
  type ChunkState,
  chunkSchema,
  chunkStateSchema,
  type Plan,
} from "../domain/delivery/run.ts";
import type { Aws } from "./aws.ts";
import { chunkProgress } from "./chunkProgress.ts";
import { readItem } from "./items.ts";

/** Chunks by sort key with the people they skipped (id → reason), none if all were mailed. */
interface SkippedPage {
  readonly chunks: readonly { readonly sk: string; readonly skipped: Readonly<Record<string, string>> }[];
  /** Every chunk up to this sort key has been given; absent behind the last one. */
  readonly readTo?: string;
}

/** Reads of the chunks of a run; consistent unless said otherwise. */
export interface ChunkReads {
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
}

const stateFields = Object.keys(chunkStateSchema.shape);
const keysPerBatch = 100;

export function chunkReads(aws: Aws, table: string): ChunkReads {
  return {
    async chunk(runId, sk) {
      const { Item } = await aws.dynamo.send(
        new GetCommand({ TableName: table, Key: { runId, sk }, ConsistentRead: true }),
      );
      return Item && readItem(table, `${runId} ${sk}`, chunkSchema, Item);
    },
    states: (runId, sks) => readStates(aws, table, runId, sks),
    list: (runId) => listChunks(aws, table, runId),
    skipped: (runId, language, read) => listSkipped(aws, table, runId, language, read),
    progress: (plan, signal) => chunkProgress(aws, table, plan, signal),
  };
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
  // `chunk#…` sorts before `retry#…`, here as in the keys.
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
