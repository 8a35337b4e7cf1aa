import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { isOrderId } from "@email-agent/shared/domain/workOrder.ts";
import { type BackupTable, backupTables, type RawItem } from "./backupFiles.ts";
import type { Operation } from "./operation.ts";
import { deleteAll, deleteIdleOrder, pagesOf } from "./tableWrites.ts";

/** What people asked for since the backup, by participant id: it outlives the restore. */
export type Kept = ReadonlyMap<string, RawItem>;

const keptFields = [
  "unsubscribe",
  "unsubscribedAt",
  "unsubscribedBy",
  "suppression",
  "softBounces",
  "forgotten",
] as const;

/** Unsubscriptions and suppressions of the tables as they are now. */
export async function keptFacts(operation: Operation): Promise<Kept> {
  const kept = new Map<string, RawItem>();
  for await (const page of pagesOf(operation, "PARTICIPANTS_TABLE"))
    for (const item of page) {
      const fields = keptFields.flatMap((name) => (isSet(item[name]) ? [[name, item[name]] as const] : []));
      if (fields.length > 0) kept.set(item["id"]?.S ?? "", Object.fromEntries(fields) as RawItem);
    }
  return kept;
}

function isSet(value: RawItem[string] | undefined): boolean {
  return value !== undefined && value.NULL !== true && value.BOOL !== false;
}

/** A restored person keeps what the person asked for since. */
export function withKept(table: BackupTable, item: RawItem, kept: Kept): RawItem {
  return table === "PARTICIPANTS_TABLE" ? { ...item, ...kept.get(item["id"]?.S ?? "") } : item;
}

/** What knows of mails, and of what was done, that the backup does not: a restore adds to them what they lack. */
const neverEmptied: readonly BackupTable[] = ["DELIVERIES_TABLE", "QUOTA_TABLE", "AUDIT_TABLE"];

/**
 * Empties the other tables for a restore. The marks of forgotten people stay, too, and their erasure is done again on what
 * the backup brings back.
 *
 * @throws Error if a step works, a command waits, or claims are being settled: then nothing but idle orders is gone.
 */
export async function clearTables(operation: Operation): Promise<void> {
  for await (const page of pagesOf(operation, "WORK_ORDERS_TABLE", {
    keysOnly: true,
    names: ["runState", "pendingCommandAt"],
  }))
    for (const { id, runState, pendingCommandAt } of page) if (runState || pendingCommandAt) throw atWork(id?.S ?? "");
  // From here on no step can start: without its order a command has no effect.
  for await (const page of pagesOf(operation, "WORK_ORDERS_TABLE", { keysOnly: true }))
    for (const key of page)
      if (isOrderId(key["id"]?.S ?? "") && !(await deleteIdleOrder(operation, key))) throw atWork(key["id"]?.S ?? "");
  for (const table of backupTables)
    if (!neverEmptied.includes(table)) await deleteAll(operation, table, keysOf(operation, table));
  await reopenErasures(operation);
}

function atWork(id: string): Error {
  return new Error(
    `The work order ${id} is at work. Stop its step, wait until nothing works, and stop ingest, campaign, sender and manager before a restore.`,
  );
}

async function* keysOf(operation: Operation, table: BackupTable): AsyncGenerator<RawItem> {
  for await (const page of pagesOf(operation, table, { keysOnly: true }))
    for (const key of page) if (table !== "CONFIG_TABLE" || !isMark(key)) yield key;
}

function isMark({ pk }: RawItem): boolean {
  return pk?.S === "forgotten" || pk?.S === "restore";
}

/** The sweep of the Email Manager erases again what comes back of a forgotten person. */
async function reopenErasures(operation: Operation): Promise<void> {
  const { aws, tables } = operation;
  for await (const page of pagesOf(operation, "CONFIG_TABLE"))
    for (const item of page)
      if (item["pk"]?.S === "forgotten")
        await aws.dynamo.send(
          new PutItemCommand({ TableName: tables.CONFIG_TABLE, Item: { ...item, open: { BOOL: true } } }),
        );
}
