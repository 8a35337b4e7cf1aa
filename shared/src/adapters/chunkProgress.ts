import { type ChunkProgress, chunkProgressSchema, type Plan } from "../domain/delivery/run.ts";
import type { Aws } from "./aws.ts";
import { readItem } from "./items.ts";
import { inParallel, queryPages } from "./queryPages.ts";

/** A chunk of 100 people is about 4 KB, so this many make one page of 1 MB. */
const chunksPerQuery = 250;
const queriesAtOnce = 8;
const fields = Object.keys(chunkProgressSchema.shape);

/** See `ChunkReads.progress`. A page of the table ends after 1 MB however few fields are read, so ranges of numbers are read side by side. */
export async function* chunkProgress(
  aws: Aws,
  table: string,
  { runId, nextNumber }: Pick<Plan, "runId" | "nextNumber">,
  signal?: AbortSignal,
): AsyncGenerator<ChunkProgress[]> {
  const ranges = [...Object.entries(nextNumber).flatMap(chunkRanges), { from: "retry#", to: "retry#~" }];
  const pages = inParallel(
    queriesAtOnce,
    ranges.map((range) => () => queryPages(aws, rangeInput(table, runId, range), signal)),
  );
  for await (const page of pages)
    yield page.map((item) => readItem(table, `${runId} ${item["sk"]}`, chunkProgressSchema, item));
}

interface Range {
  readonly from: string;
  readonly to: string;
}

function chunkRanges([language, next]: [string, number]): Range[] {
  const sk = (number: number) => `chunk#${language}#${String(number).padStart(6, "0")}`;
  return Array.from({ length: Math.ceil(next / chunksPerQuery) }, (_, range) => ({
    from: sk(range * chunksPerQuery),
    to: sk((range + 1) * chunksPerQuery - 1),
  }));
}

function rangeInput(table: string, runId: string, { from, to }: Range) {
  return {
    TableName: table,
    KeyConditionExpression: "runId = :runId AND sk BETWEEN :from AND :to",
    ProjectionExpression: fields.map((name) => `#${name}`).join(","),
    ExpressionAttributeNames: Object.fromEntries(fields.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: { ":runId": runId, ":from": from, ":to": to },
  };
}
