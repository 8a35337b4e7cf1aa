import { createHash } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Command } from "commander";
import {
  type BackupFile,
  type BackupTable,
  backupTables,
  lineOf,
  type Manifest,
  openFolder,
  type RawItem,
  writeManifest,
} from "./backupFiles.ts";
import { type Operation, sayJson } from "./operation.ts";
import { command, run } from "./program.ts";
import { type Progress, progressBar } from "./screen.ts";
import { pageItems, patiently } from "./tableWrites.ts";

/** Parts of a table that are read at the same time. Each is one page ahead at most, so memory stays flat. */
const segments = 4;

export function addBackupCommand(program: Command): void {
  command(
    program,
    "backup <folder>",
    "Writes all tables but the open connections to a folder: compressed JSON lines with checksums. It holds addresses and passwords.",
    "backup /safe/email-agent-2026-12-01",
  ).action(run(backup));
}

/** Reads every table while the services go on. True when the folder is complete. */
export async function backup(operation: Operation, target: string): Promise<boolean> {
  const { aws, options, say, complain, signal } = operation;
  const folder = resolve(target);
  openFolder(folder);
  const startedAt = aws.clock.now();
  const working = new Set<string>();
  const made: Manifest["tables"] = {};
  let ledgerAt = startedAt;
  using bar = progressBar(operation, "Reading");
  const counted = counting(bar);
  for (const table of backupTables) {
    if (table === "DELIVERIES_TABLE") ledgerAt = aws.clock.now();
    const note = table === "WORK_ORDERS_TABLE" ? (item: RawItem) => noteWorking(item, working) : () => {};
    const parts = Array.from({ length: segments }, (_, segment) =>
      writeSegment(operation, { folder, table, segment }, (item) => {
        note(item);
        counted();
      }),
    );
    const files = (await settledAll(parts)).filter(({ items }) => items > 0);
    made[table] = { items: files.reduce((sum, { items }) => sum + items, 0), files };
  }
  signal.throwIfAborted();
  const times = { startedAt: instant(startedAt), endedAt: instant(aws.clock.now()), ledgerAt: instant(ledgerAt) };
  const manifest: Manifest = { emailAgentBackup: 1, ...times, working: [...working], tables: made };
  writeManifest(folder, manifest);
  if (options.json) sayJson(operation, { folder, ...manifest });
  else for (const [table, { items }] of Object.entries(made)) say(`${String(items).padStart(9)}  ${table}`);
  if (working.size > 0)
    complain(
      `${working.size} work orders were at work: what they send from ${times.ledgerAt} on is not in this backup. A restore interrupts them.`,
    );
  complain(
    `Complete: ${folder}. It holds mail addresses and the passwords of accounts: keep it as safe as the tables.`,
  );
  return true;
}

function counting(bar: Progress): () => void {
  let items = 0;
  return () => {
    items += 1;
    if (items % 1000 === 0) bar.at(items, items);
  };
}

function noteWorking({ id, runState }: RawItem, working: Set<string>): void {
  if (id?.S !== undefined && ["working", "sleeping", "scheduled"].includes(runState?.S ?? "")) working.add(id.S);
}

/** All results, once every part has ended: no part writes on after another has failed. */
async function settledAll<Result>(parts: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(parts);
  return Promise.all(parts);
}

interface Segment {
  readonly folder: string;
  readonly table: BackupTable;
  readonly segment: number;
}

async function writeSegment(
  operation: Operation,
  { folder, table, segment }: Segment,
  onItem: (item: RawItem) => void,
): Promise<BackupFile> {
  const name = `${table}-${segment}.jsonl.gz`;
  const hash = createHash("sha256");
  let [items, bytes] = [0, 0];
  async function* lines() {
    for await (const page of segmentPages(operation, table, segment)) {
      for (const item of page) onItem(item);
      items += page.length;
      yield page.map(lineOf).join("");
    }
  }
  async function* noted(parts: AsyncIterable<Buffer>) {
    for await (const part of parts) {
      hash.update(part);
      bytes += part.length;
      yield part;
    }
  }
  const path = join(folder, name);
  await pipeline(lines, createGzip(), noted, createWriteStream(path, { mode: 0o600, flags: "wx" }));
  if (items === 0) rmSync(path);
  return { name, items, bytes, sha256: hash.digest("hex") };
}

async function* segmentPages(operation: Operation, table: BackupTable, segment: number): AsyncGenerator<RawItem[]> {
  const { aws, tables, signal } = operation;
  let after: RawItem | undefined;
  do {
    signal.throwIfAborted();
    const scan = new ScanCommand({
      ...{ TableName: tables[table], ConsistentRead: true, Segment: segment, TotalSegments: segments },
      Limit: pageItems,
      ...(after && { ExclusiveStartKey: after }),
    });
    const page = await patiently(operation, "a scan", () => aws.dynamo.send(scan));
    if (page.Items && page.Items.length > 0) yield page.Items;
    after = page.LastEvaluatedKey;
  } while (after);
}
