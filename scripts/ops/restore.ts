import { resolve } from "node:path";
import { restoreMark } from "@email-agent/shared/adapters/restoreMark.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { isOrderId } from "@email-agent/shared/domain/workOrder.ts";
import type { Command } from "commander";
import { ulid } from "ulid";
import {
  type BackupTable,
  backupTables,
  itemSum,
  itemsOf,
  type Manifest,
  type RawItem,
  readManifest,
  verifyFile,
} from "./backupFiles.ts";
import { clearTables, reopenErasures } from "./clearTables.ts";
import { ask, mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { portsOf } from "./ports.ts";
import { changingCommand, group, run } from "./program.ts";
import { lineOfWaitingCommand, markerOf, type RestoreFacts, restoredItem } from "./restoredItems.ts";
import { replacePeople } from "./restoredPeople.ts";
import { addRestoreReleaseCommands } from "./restoreRelease.ts";
import { type Progress, progressBar } from "./screen.ts";
import { isEmpty, pagesOf, putAll, putMissing } from "./tableWrites.ts";

interface RestoreOptions {
  readonly replace?: true;
  readonly confirm?: string;
}

export function addRestoreCommands(program: Command): void {
  const restoring = group(
    program,
    "restore",
    "Puts a backup back. Every Send is held afterwards, until it is released.",
  );
  changingCommand(
    restoring,
    "tables <folder>",
    "Puts a backup into empty tables. Steps that were at work are interrupted, mails on their way are in doubt, and no Send starts before it is released.",
    "restore tables /safe/email-agent-2026-12-01",
    "restore tables /safe/email-agent-2026-12-01 --replace --confirm email-work-orders",
  )
    .option(
      "--replace",
      "the tables hold something: it is replaced. Deliveries that are there stay, and so do unsubscriptions",
    )
    .option("--confirm <table>", "the name of the table of work orders, in place of typing it")
    .action(run(restore));
  addRestoreReleaseCommands(restoring);
}

/** The ledger comes first and the orders last: no order is there before its ledger is. */
const restoreOrder: readonly BackupTable[] = [
  ...backupTables.filter((table) => table !== "WORK_ORDERS_TABLE").toReversed(),
  "WORK_ORDERS_TABLE",
];

/** True if every table holds what the backup holds. */
export async function restore(operation: Operation<RestoreOptions>, source: string): Promise<boolean> {
  const { aws, by, options, say, complain, tables } = operation;
  const folder = resolve(source);
  const manifest = readManifest(folder);
  const factsNow = (now = aws.clock.now()): RestoreFacts => ({
    at: instant(now),
    ledgerAt: manifest.ledgerAt,
    by,
    now,
  });
  await verify(operation, folder, manifest, factsNow());
  const filled: BackupTable[] = [];
  for (const table of backupTables) if (!(await isEmpty(operation, table))) filled.push(table);
  if (filled.length > 0 && !options.replace)
    return refuse(
      operation,
      `These tables are not empty: ${filled.map((table) => tables[table]).join(", ")}. A restore needs empty tables, or --replace.`,
    );
  complain(
    `The ledger of this backup ends at ${manifest.ledgerAt}. Mails sent since are not in it: every Send is held until you release it.`,
  );
  const may = await (filled.length > 0 ? mayReplace(operation) : mayChange(operation, `Restore ${folder}?`));
  if (!may) return may === undefined;
  const facts = factsNow();
  await restoreMark(aws, tables).put(facts);
  if (filled.length > 0) await clearTables(operation);
  const sums = await putTables(operation, folder, manifest, facts);
  // Again: a sweep may have closed them while there was nothing to erase.
  if (filled.length > 0) await reopenErasures(operation);
  const wrong = sums.filter(({ isRight }) => !isRight);
  await recordRestore(operation, facts, sums);
  if (options.json) sayJson(operation, { folder, ...facts, tables: sums });
  else for (const { table, items } of sums) say(`${String(items).padStart(9)}  ${table}`);
  for (const { table } of wrong)
    complain(`${table} does not hold what the backup holds. Repeat the restore with --replace.`);
  complain('Next: `ops restore held` lists the orders whose Send is held. See "After a restore" in the runbook.');
  return wrong.length === 0;
}

async function mayReplace(operation: Operation<RestoreOptions>): Promise<boolean | undefined> {
  const { options, complain, tables } = operation;
  const name = tables.WORK_ORDERS_TABLE;
  if (options.dryRun) {
    complain("Not done (--dry-run): the tables would be replaced.");
    return undefined;
  }
  const typed =
    options.confirm ??
    (await ask(
      operation,
      `The tables are replaced. Type ${name} to confirm it:`,
      `add --confirm ${name} where no one can be asked`,
    ));
  return typed === name || refuse(operation, `That is not ${name}. Nothing was changed.`);
}

/** Reads all of the backup as a restore does, so that what it cannot put back is known before anything is deleted. */
async function verify(operation: Operation, folder: string, { tables }: Manifest, facts: RestoreFacts): Promise<void> {
  const files = backupTables.flatMap((table) => (tables[table]?.files ?? []).map((file) => ({ table, file })));
  using bar = progressBar(operation, "Checking", files.length);
  for (const [index, { table, file }] of files.entries()) {
    operation.signal.throwIfAborted();
    await verifyFile(folder, file);
    let items = 0;
    for await (const item of itemsOf(folder, file)) {
      restoredItem(table, item, facts);
      items += 1;
    }
    if (items !== file.items)
      throw new Error(
        `The backup is damaged: ${file.name} holds ${items} items and not ${file.items}. Nothing was changed.`,
      );
    bar.at(index + 1);
  }
}

interface TableSum {
  readonly table: BackupTable;
  readonly items: number;
  readonly isRight: boolean;
}

async function putTables(
  operation: Operation,
  folder: string,
  manifest: Manifest,
  facts: RestoreFacts,
): Promise<TableSum[]> {
  const total = Object.values(manifest.tables).reduce((sum, { items }) => sum + items, 0);
  using bar = progressBar(operation, "Restoring", total);
  const sums: TableSum[] = [];
  let done = 0;
  const written = (count: number) => {
    done += count;
    bar.at(done);
  };
  for (const table of restoreOrder) sums.push(await putTable(operation, { folder, manifest, table }, facts, written));
  return sums;
}

interface Source {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly table: BackupTable;
}

/** Items that other processes write meanwhile, and the mark of the restore itself: no part of the comparison. */
const isCompared = (table: BackupTable, item: RawItem) =>
  table !== "CONFIG_TABLE" || !["sweep", "restore", "retention"].includes(item["pk"]?.S ?? "");

/** What is compared of an item: an order is counted again from the moment it is there, so of orders the restore alone. */
const compared = (table: BackupTable, item: RawItem): RawItem =>
  table === "WORK_ORDERS_TABLE" ? { id: item["id"]!, ...(item["restored"] && { restored: item["restored"] }) } : item;

async function putTable(
  operation: Operation,
  source: Source,
  facts: RestoreFacts,
  written: Progress["at"],
): Promise<TableSum> {
  const { table } = source;
  const sum = itemSum();
  const note = (item: RawItem) => {
    if (isCompared(table, item)) sum.add(compared(table, item));
  };
  const items = restoredItems(source, facts);
  if (await isEmpty(operation, table)) await putAll(operation, table, noted(items, note), written);
  else if (table === "PARTICIPANTS_TABLE") await replacePeople(operation, items, { kept: note, written });
  else {
    for await (const page of pagesOf(operation, table)) for (const item of page) note(item);
    // Beside what was left there, which is newer.
    await putMissing(operation, table, items, note);
  }
  const made = madeOf[table];
  if (made)
    await putMissing(
      operation,
      table,
      fromOrders(source, (order) => made(order, facts)),
      note,
    );
  const stored = itemSum();
  for await (const page of pagesOf(operation, table))
    for (const item of page) if (isCompared(table, item)) stored.add(compared(table, item));
  return { table, items: stored.items, isRight: stored.text === sum.text && stored.items === sum.items };
}

async function* noted(items: AsyncIterable<RawItem>, note: (item: RawItem) => void): AsyncGenerator<RawItem> {
  for await (const item of items) {
    note(item);
    yield item;
  }
}

async function* restoredItems({ folder, manifest, table }: Source, facts: RestoreFacts) {
  for (const file of manifest.tables[table]?.files ?? [])
    for await (const item of itemsOf(folder, file)) {
      const restored = restoredItem(table, item, facts);
      if (restored) yield restored;
    }
}

/** What a restore makes of the orders of a backup, by the table that takes it. */
const madeOf: Partial<Record<BackupTable, (order: RawItem, facts: RestoreFacts) => RawItem | undefined>> = {
  AUDIT_TABLE: lineOfWaitingCommand,
  WORK_ORDERS_TABLE: markerOf,
};

async function* fromOrders({ folder, manifest }: Source, make: (order: RawItem) => RawItem | undefined) {
  for (const file of manifest.tables.WORK_ORDERS_TABLE?.files ?? [])
    for await (const item of itemsOf(folder, file)) {
      const made = make(item);
      if (made) yield made;
    }
}

/** A line for the whole, and one in the history of each order. */
async function recordRestore(operation: Operation, { ledgerAt, now }: RestoreFacts, sums: readonly TableSum[]) {
  const { audit } = portsOf(operation);
  const { by } = operation;
  const items = sums.reduce((sum, one) => sum + one.items, 0);
  const data = { ledgerAt, tables: sums.map(({ table }) => table), items };
  await audit.put(userLine({ workOrderId: "-", by, what: "restored tables", data }, ulid(now), now));
  for await (const page of pagesOf(operation, "WORK_ORDERS_TABLE", { keysOnly: true }))
    for (const { id } of page)
      if (isOrderId(id?.S ?? ""))
        await audit.put(
          userLine({ workOrderId: id?.S ?? "", by, what: "restored from backup", data: { ledgerAt } }, ulid(now), now),
        );
}
