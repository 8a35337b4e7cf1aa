import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { retryTransient } from "@email-agent/shared/kit/retryTransient.ts";
import { type BackupTable, keyNames, type RawItem } from "./backupFiles.ts";
import type { Operation } from "./operation.ts";

type Ports = Pick<Operation, "aws" | "tables" | "signal" | "log">;

/** Tries again while the database is slow or away, for two minutes. */
export function patiently<Result>(
  { log, signal }: Pick<Ports, "log" | "signal">,
  what: string,
  work: () => Promise<Result>,
) {
  return retryTransient({ clock: systemClock, log }, what, work, { signal, milliseconds: 120_000 });
}

/** BatchWriteItem takes 25 at most. */
const batchSize = 25;
const lanes = 16;
const attempts = 10;
/** A page of DynamoDB may hold a megabyte, which is ten times as much in memory. */
export const pageItems = 500;

/** Every item of a table, page by page; `keysOnly` leaves all else out. */
export async function* pagesOf(
  ports: Ports,
  table: BackupTable,
  { keysOnly = false, names = [] }: { keysOnly?: boolean; names?: readonly string[] } = {},
): AsyncGenerator<RawItem[]> {
  const { aws, tables, signal } = ports;
  const fields = [...keyNames(table), ...names];
  let after: RawItem | undefined;
  do {
    signal.throwIfAborted();
    const scan = new ScanCommand({
      ...{ TableName: tables[table], ConsistentRead: true, Limit: pageItems },
      ...(keysOnly && {
        ProjectionExpression: fields.map((_, index) => `#f${index}`).join(","),
        ExpressionAttributeNames: Object.fromEntries(fields.map((name, index) => [`#f${index}`, name])),
      }),
      ...(after && { ExclusiveStartKey: after }),
    });
    const page = await patiently(ports, "a scan", () => aws.dynamo.send(scan));
    yield page.Items ?? [];
    after = page.LastEvaluatedKey;
  } while (after);
}

/** True if the table holds nothing. */
export async function isEmpty({ aws, tables }: Ports, table: BackupTable): Promise<boolean> {
  const { Items = [] } = await aws.dynamo.send(
    new ScanCommand({ TableName: tables[table], ConsistentRead: true, Limit: 1 }),
  );
  return Items.length === 0;
}

/** Puts items without a condition, thousands in a second, with flat memory. `written` hears of each batch. */
export async function putAll(
  ports: Ports,
  table: BackupTable,
  items: AsyncIterable<RawItem>,
  written: (count: number) => void,
): Promise<void> {
  await inBatches(items, async (batch) => {
    await writeBatch(
      ports,
      table,
      batch.map((Item) => ({ PutRequest: { Item } })),
    );
    written(batch.length);
  });
}

/** Deletes items by their keys, without a condition. */
export async function deleteAll(ports: Ports, table: BackupTable, keys: AsyncIterable<RawItem>): Promise<void> {
  await inBatches(keys, (batch) =>
    writeBatch(
      ports,
      table,
      batch.map((Key) => ({ DeleteRequest: { Key } })),
    ),
  );
}

/** Puts the items whose keys are free, and leaves what is there; `put` hears of those that were put. */
export async function putMissing(
  ports: Ports,
  table: BackupTable,
  items: AsyncIterable<RawItem>,
  put: (item: RawItem) => void,
): Promise<void> {
  await inBatches(items, async (batch) => {
    const each = batch.map(async (item) => ({ item, isPut: await putIfAbsent(ports, table, item) }));
    for (const { item, isPut } of await Promise.all(each)) if (isPut) put(item);
  });
}

async function putIfAbsent({ aws, tables }: Ports, table: BackupTable, Item: RawItem): Promise<boolean> {
  const [hash = ""] = keyNames(table);
  return accepted(
    aws.dynamo.send(
      new PutItemCommand({
        ...{ TableName: tables[table], Item },
        ConditionExpression: "attribute_not_exists(#hash)",
        ExpressionAttributeNames: { "#hash": hash },
      }),
    ),
  );
}

/**
 * Deletes an order, unless a step of it runs or a command waits: from then on nothing can start it. One that only waits to be
 * counted after a restore is idle, too.
 */
export async function deleteIdleOrder({ aws, tables }: Ports, Key: RawItem): Promise<boolean> {
  const counting = "runState = :settling AND attribute_exists(restored)";
  const condition = [
    "attribute_not_exists(runLease) AND attribute_not_exists(pendingCommandAt)",
    `(attribute_not_exists(runState) OR (${counting} AND attribute_not_exists(restored.released) AND attribute_not_exists(settler)))`,
  ];
  return accepted(
    aws.dynamo.send(
      new DeleteItemCommand({
        ...{ TableName: tables.WORK_ORDERS_TABLE, Key },
        ConditionExpression: condition.join(" AND "),
        ExpressionAttributeValues: { ":settling": { S: "settling" } },
      }),
    ),
  );
}

/** True if the write was made, false if its condition did not hold. */
export async function accepted(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Calls `write` for batches of the items, some at the same time; the first error ends all. */
export async function inBatches(
  items: AsyncIterable<RawItem>,
  write: (batch: RawItem[]) => Promise<void>,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  const begin = async (batch: RawItem[]) => {
    const writing = write(batch).finally(() => underWay.delete(writing));
    // A failure is noticed when it is waited for, here or below.
    writing.catch(() => {});
    underWay.add(writing);
    if (underWay.size >= lanes) await Promise.race(underWay);
  };
  let batch: RawItem[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    await begin(batch);
    batch = [];
  }
  if (batch.length > 0) await begin(batch);
  await Promise.all(underWay);
}

async function writeBatch(ports: Ports, table: BackupTable, requests: WriteRequest[]): Promise<void> {
  const { aws, tables, signal } = ports;
  const name = tables[table];
  let open = requests;
  for (let attempt = 1; open.length > 0; attempt += 1) {
    signal.throwIfAborted();
    const write = new BatchWriteItemCommand({ RequestItems: { [name]: open } });
    const { UnprocessedItems } = await patiently(ports, "a write", () => aws.dynamo.send(write));
    open = UnprocessedItems?.[name] ?? [];
    if (open.length === 0) return;
    if (attempt === attempts)
      throw new Error(`The table ${name} took ${open.length} items not in time. Try again later.`);
    await systemClock.sleep(50 * 2 ** attempt * (0.5 + Math.random()));
  }
}
