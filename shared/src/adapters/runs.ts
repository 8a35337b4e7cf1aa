import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type Chunk, chunkSchema, type Plan, planSchema } from "../domain/delivery/run.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { type ChunkReads, chunkReads } from "./chunkReads.ts";
import { type ChunkWrites, chunkWrites } from "./chunkWrites.ts";
import { readItem } from "./items.ts";

/** Plans and chunks of runs (key `runId`, `sk`). */
export interface Runs extends ChunkReads, ChunkWrites {
  plan(runId: string): Promise<Plan | undefined>;
  /** False if a coordinator with a higher fence has written it. */
  putPlan(plan: Plan): Promise<boolean>;
  /** Puts planned chunks, over what this or an older coordinator put and never issued. AppError `lease-lost` if a newer coordinator put one. */
  putChunks(chunks: readonly Chunk[]): Promise<void>;
}

const runTtlDays = 90;

/** `ttl` (epoch seconds) of an item of a run that is written at `now` (epoch ms). */
export function runTtl(now: number): number {
  return Math.floor(now / 1000) + runTtlDays * 86_400;
}

const putsAtOnce = 10;

/** Plans and chunks in the table `RUNS_TABLE`. */
export function runs(aws: Aws, config: { RUNS_TABLE: string }): Runs {
  const table = config.RUNS_TABLE;
  const reads = chunkReads(aws, table);
  return {
    ...reads,
    ...chunkWrites(aws, table, reads.chunk),
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
