import { QueryCommand, type QueryCommandInput, ScanCommand, type ScanCommandInput } from "@aws-sdk/lib-dynamodb";
import type { WorkOrder } from "../domain/workOrder.ts";
import type { Aws } from "./aws.ts";
import { readOrder } from "./orderItem.ts";

type Reader = Pick<Aws, "dynamo">;

/** All orders, page by page; the markers of uniqueness (`key#…`) live in the same table and are skipped. */
export async function* listOrders(
  aws: Reader,
  table: string,
  onBadItem: (error: unknown) => void = rethrow,
): AsyncIterable<WorkOrder> {
  const input: ScanCommandInput = {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: "NOT begins_with(id, :marker)",
    ExpressionAttributeValues: { ":marker": "key#" },
  };
  for await (const item of scanned(aws, input)) {
    const order = readOr(onBadItem, () => readOrder(table, String(item["id"]), item));
    if (order) yield order;
  }
}

function readOr(onBadItem: (error: unknown) => void, read: () => WorkOrder): WorkOrder | undefined {
  try {
    return read();
  } catch (error) {
    onBadItem(error);
    return undefined;
  }
}

function rethrow(error: unknown): never {
  throw error;
}

/** An entry of the index of runs. */
export interface RunEntry {
  readonly id: string;
  /** The heartbeat of a run that works, the wake-up of one that sleeps. */
  readonly runCheckAt: string;
}

/** The runs in one state, those with the lowest `runCheckAt` first; `until`: none above it. */
export async function* runEntries(aws: Reader, table: string, state: string, until?: string): AsyncIterable<RunEntry> {
  const input: QueryCommandInput = {
    TableName: table,
    IndexName: "byRunState",
    KeyConditionExpression: until === undefined ? "runState = :state" : "runState = :state AND runCheckAt <= :until",
    ExpressionAttributeValues: { ":state": state, ...(until !== undefined && { ":until": until }) },
    ProjectionExpression: "id, runCheckAt",
  };
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await aws.dynamo.send(new QueryCommand({ ...input, ...(ExclusiveStartKey && { ExclusiveStartKey }) }));
    for (const item of page.Items ?? []) yield { id: String(item["id"]), runCheckAt: String(item["runCheckAt"]) };
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}

/** Ids of orders whose command has waited since `until` or longer. The index is nearly always empty, so it is scanned. */
export async function* pendingCommandIds(aws: Reader, table: string, until: string): AsyncIterable<string> {
  const input: ScanCommandInput = {
    TableName: table,
    IndexName: "byPendingCommand",
    FilterExpression: "pendingCommandAt <= :until",
    ExpressionAttributeValues: { ":until": until },
    ProjectionExpression: "id",
  };
  for await (const item of scanned(aws, input)) yield String(item["id"]);
}

/** Ids of orders whose Send ended at `since` or later. There is no index of ends: the whole table is scanned. */
export async function* endedSends(aws: Reader, table: string, since: string): AsyncIterable<string> {
  const input: ScanCommandInput = {
    TableName: table,
    FilterExpression: "#steps.#send.endedAt >= :since",
    ExpressionAttributeNames: { "#steps": "steps", "#send": "Send" },
    ExpressionAttributeValues: { ":since": since },
    ProjectionExpression: "id",
  };
  for await (const item of scanned(aws, input)) yield String(item["id"]);
}

async function* scanned(aws: Reader, input: ScanCommandInput): AsyncIterable<Record<string, unknown>> {
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await aws.dynamo.send(new ScanCommand({ ...input, ...(ExclusiveStartKey && { ExclusiveStartKey }) }));
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
}
