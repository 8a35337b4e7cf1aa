import { setTimeout as pause } from "node:timers/promises";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { type DryRunRecipient, dryRunRecipientSchema } from "../domain/delivery/dryRunRecipient.ts";
import { shardKey, shardKeys } from "../domain/delivery/shards.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { isOnAny, itemsOfPerson } from "./getItems.ts";
import { readItem } from "./items.ts";
import { itemsInOrder, type OrderedPage, type OrderedRead } from "./mergedPages.ts";
import { inParallel, queryPages } from "./queryPages.ts";

/** One line of a Dry-Run's list, without its keys. */
export type DryRunLine = Omit<DryRunRecipient, "pk" | "ttl">;

/** Names one list: that of a run in one language. */
export interface DryRunListId {
  readonly runId: string;
  readonly language: string;
}

export interface DryRunRecipients {
  /** Puts the lines of a run, 25 at a time. Doing it again overwrites them: a run that starts over leaves one line per person. */
  put(runId: string, language: string, lines: readonly DryRunLine[]): Promise<void>;
  /** The lines of one participant on these lists, in no order. An id that no key can hold has none. */
  ofPerson(lists: readonly DryRunListId[], participantId: string): Promise<DryRunRecipient[]>;
  /** True if any of these lists has a line of this participant. An id that no key can hold is on none. */
  isOnAny(lists: readonly DryRunListId[], participantId: string): Promise<boolean>;
  /** Every line of a run and language, page by page, all shards. Throws `signal.reason` when aborted. */
  pages(runId: string, language: string, signal?: AbortSignal): AsyncIterable<DryRunRecipient[]>;
  /** Every line of a run and language in the order of participant ids. Consistent. */
  inOrder(runId: string, language: string, read: OrderedRead): AsyncIterable<OrderedPage<DryRunRecipient>>;
}

const batchSize = 25;
const parallelShards = 4;
const ttlSeconds = 90 * 86_400;
const attempts = 8;
const firstPauseMilliseconds = 40;

/** The lists of `DRY_RUN_TABLE` (key `pk`, `participantId`), kept for 90 days. */
export function dryRunRecipients(aws: Aws, config: { DRY_RUN_TABLE: string }): DryRunRecipients {
  const table = config.DRY_RUN_TABLE;
  const readLine = (item: Record<string, unknown>) =>
    readItem(table, `${item["pk"]}/${item["participantId"]}`, dryRunRecipientSchema, item);
  return {
    async put(runId, language, lines) {
      const items = lines.map((line) => ({
        ...line,
        pk: shardKey(partitionOf(runId, language), line.participantId),
        ttl: Math.floor(Date.parse(line.at) / 1000) + ttlSeconds,
      }));
      for (let start = 0; start < items.length; start += batchSize) {
        await putBatch(aws, table, items.slice(start, start + batchSize));
      }
    },
    async ofPerson(lists, participantId) {
      return (await itemsOfPerson(aws, table, partitionsOf(lists), participantId)).map(readLine);
    },
    isOnAny: (lists, participantId) => isOnAny(aws, table, partitionsOf(lists), participantId),
    async *pages(runId, language, signal) {
      const shards = shardKeys(partitionOf(runId, language)).map((pk) => {
        const input = {
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
        };
        return () => queryPages(aws, input, signal);
      });
      for await (const items of inParallel(parallelShards, shards)) {
        yield items.map(readLine);
      }
    },
    async *inOrder(runId, language, read) {
      const pks = shardKeys(partitionOf(runId, language));
      for await (const { items, ...rest } of itemsInOrder(aws, { table, pks }, read))
        yield { items: items.map(readLine), ...rest };
    },
  };
}

function partitionsOf(lists: readonly DryRunListId[]): string[] {
  return lists.map(({ runId, language }) => partitionOf(runId, language));
}

function partitionOf(runId: string, language: string): string {
  return `${runId}#${language}`;
}

async function putBatch(aws: Aws, table: string, items: readonly DryRunRecipient[]): Promise<void> {
  let open = items.map((item) => ({
    PutRequest: { Item: readItem(table, `${item.pk}/${item.participantId}`, dryRunRecipientSchema, item) },
  }));
  for (let attempt = 1; open.length > 0; attempt++) {
    if (attempt > attempts)
      throw new AppError("storage", `Table ${table} left ${open.length} writes undone for too long.`);
    if (attempt > 1) await pause(firstPauseMilliseconds * 2 ** (attempt - 2) * (0.5 + Math.random()));
    const { UnprocessedItems } = await aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: open } }));
    open = (UnprocessedItems?.[table] ?? []) as typeof open;
  }
}
