import { bouncesPrefix } from "@email-agent/shared/adapters/bounces.ts";
import { noticeAllowancesRunId, noticeRequestsRunId, noticesRunId } from "@email-agent/shared/domain/notices/notice.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { isOrderId } from "@email-agent/shared/domain/workOrder.ts";
import { type BackupTable, backupTables, type RawItem } from "./backupFiles.ts";
import type { Operation } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { deleteAll, deleteIdleOrder, pagesOf } from "./tableWrites.ts";

/**
 * What knows of mails, and of what was done, that the backup does not: a restore adds to them what they lack. People are
 * replaced one by one (restoredPeople.ts).
 */
const neverEmptied: readonly BackupTable[] = ["DELIVERIES_TABLE", "QUOTA_TABLE", "AUDIT_TABLE", "PARTICIPANTS_TABLE"];

/**
 * Empties the other tables for a restore. The marks of forgotten people stay, too, and their erasure is done again on what
 * the backup brings back.
 *
 * @throws Error if a step works, a command waits, or claims are being settled: then nothing but idle orders is gone.
 */
export async function clearTables(operation: Operation): Promise<void> {
  const names = ["runState", "pendingCommandAt", "restored", "settler"];
  for await (const page of pagesOf(operation, "WORK_ORDERS_TABLE", { keysOnly: true, names }))
    for (const order of page) if (!isIdle(order)) throw atWork(order["id"]?.S ?? "");
  // From here on no step can start: without its order a command has no effect.
  for await (const page of pagesOf(operation, "WORK_ORDERS_TABLE", { keysOnly: true }))
    for (const key of page)
      if (isOrderId(key["id"]?.S ?? "") && !(await deleteIdleOrder(operation, key))) throw atWork(key["id"]?.S ?? "");
  for (const table of backupTables)
    if (!neverEmptied.includes(table)) await deleteAll(operation, table, keysOf(operation, table));
  await reopenErasures(operation);
}

/**
 * An order that an earlier restore put back waits for its numbers to be counted again, and while the services are stopped
 * no one counts: it is as idle as others.
 */
function isIdle({ runState, pendingCommandAt, restored, settler }: RawItem): boolean {
  if (pendingCommandAt) return false;
  return !runState || (runState.S === "settling" && restored !== undefined && !restored.M?.["released"] && !settler);
}

function atWork(id: string): Error {
  return new Error(
    `The work order ${id} is at work. Stop its step, wait until nothing works, and stop ingest, campaign, sender and manager before a restore.`,
  );
}

async function* keysOf(operation: Operation, table: BackupTable): AsyncGenerator<RawItem> {
  for await (const page of pagesOf(operation, table, { keysOnly: true }))
    for (const key of page) if (!stays[table]?.(key)) yield key;
}

const noticeRuns: readonly string[] = [noticesRunId, noticeRequestsRunId, noticeAllowancesRunId];

/** Items that stay in tables that are emptied: marks, and what belongs to the ledger, which stays, too. */
const stays: Partial<Record<BackupTable, (key: RawItem) => boolean>> = {
  CONFIG_TABLE: ({ pk }) => pk?.S === "forgotten" || pk?.S === "restore",
  RUNS_TABLE: ({ runId }) => runId?.S?.startsWith(bouncesPrefix) === true || noticeRuns.includes(runId?.S ?? ""),
};

/**
 * The sweep of the Email Manager erases again what comes back of a forgotten person. A sweep that began before this closes
 * nothing.
 */
export async function reopenErasures(operation: Operation): Promise<void> {
  const { forgottenPeople } = portsOf(operation);
  for await (const page of forgottenPeople.pages())
    for (const { id } of page) await forgottenPeople.open(id, instant(operation.aws.clock.now()));
}
