import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { instantSchema } from "@email-agent/shared/domain/time.ts";
import { z } from "zod";
import { type TableShape, type TableVariable, tables } from "../../infra/resources.ts";

/** An item as DynamoDB has it, with its types: nothing is lost on the way. */
export type RawItem = Record<string, AttributeValue>;

export type BackupTable = Exclude<TableVariable, "CONNECTIONS_TABLE">;

/**
 * In the order in which they are read. The ledger is last: it holds at least every mail that the orders know of. They are
 * put back the other way round, so that no order is there before its ledger.
 */
export const backupTables: readonly BackupTable[] = [
  ...(["CONFIG_TABLE", "EVENTS_TABLE", "PARTICIPANTS_TABLE", "QUOTA_TABLE", "WORK_ORDERS_TABLE"] as const),
  ...(["AUDIT_TABLE", "RUNS_TABLE", "DRY_RUN_TABLE", "DELIVERIES_TABLE"] as const),
];

const count = z.int().min(0);
const fileSchema = z.object({ name: z.string(), items: count, bytes: count, sha256: z.string() });
/** The format of the folder; raised where an older `ops` could not read it. */
const formatNumber = 1;
const manifestSchema = z.object({
  emailAgentBackup: z.literal(formatNumber),
  startedAt: instantSchema,
  endedAt: instantSchema,
  /** Mails sent before this instant are in the ledger of the backup; later ones may be missing. */
  ledgerAt: instantSchema,
  /** Orders with a step at work when they were read. */
  working: z.array(z.string()),
  tables: z.partialRecord(
    z.enum(backupTables as [BackupTable, ...BackupTable[]]),
    z.object({ items: count, files: z.array(fileSchema) }),
  ),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type BackupFile = z.infer<typeof fileSchema>;

const manifestName = "manifest.json";

/** The key attributes of a table. */
export function keyNames(table: BackupTable): string[] {
  const { hash, range }: TableShape = tables[table];
  return range === undefined ? [hash] : [hash, range];
}

/** Makes the folder, for its owner alone; throws if it holds something. */
export function openFolder(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty. Name a folder that does not exist yet.`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** The manifest is written last: a folder without one is no backup. */
export function writeManifest(folder: string, manifest: Manifest): void {
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

export function readManifest(folder: string): Manifest {
  const file = join(folder, manifestName);
  if (!existsSync(file))
    throw new Error(`${folder} is no backup, or one that was not completed: it has no ${manifestName}.`);
  const read = manifestSchema.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${file} cannot be read by this release: ${issue?.path.join(".")}: ${issue?.message}.`);
}

/**
 * One line of a file. Binary values, which JSON has not, are written in base64; the line separators of Unicode are escaped,
 * because many readers of lines, that of Node among them, split at them.
 */
export function lineOf(item: RawItem): string {
  const json = JSON.stringify(item, (_, value) =>
    isBinary(value) ? { base64: Buffer.from(value).toString("base64") } : value,
  );
  return `${json.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

const isBinary = (value: unknown): value is Uint8Array => value instanceof Uint8Array;

function itemOf(line: string, place: string): RawItem {
  try {
    return JSON.parse(line, (name, value) => {
      if (name !== "B" && !/^\d+$/.test(name)) return value;
      return typeof value?.base64 === "string" ? Buffer.from(value.base64, "base64") : value;
    }) as RawItem;
  } catch (cause) {
    throw new Error(`The backup is damaged: ${place} is no item.`, { cause });
  }
}

/** Throws if a file is not what the manifest says. Nothing is put back from a damaged backup. */
export async function verifyFile(folder: string, { name, bytes, sha256 }: BackupFile): Promise<void> {
  const hash = createHash("sha256");
  let length = 0;
  try {
    for await (const part of createReadStream(join(folder, name))) {
      hash.update(part as Buffer);
      length += (part as Buffer).length;
    }
  } catch (cause) {
    throw new Error(`The backup is damaged: ${name} cannot be read.`, { cause });
  }
  if (length !== bytes || hash.digest("hex") !== sha256)
    throw new Error(`The backup is damaged: ${name} is not the file that was written. Nothing was changed.`);
}

/** The items of a file, one after the other. Throws at a line that is no item. */
export async function* itemsOf(folder: string, { name }: BackupFile): AsyncGenerator<RawItem> {
  let number = 0;
  for await (const line of linesOf(join(folder, name))) {
    number += 1;
    yield itemOf(line, `line ${number} of ${name}`);
  }
}

/** Splits at line feeds alone: a string of an item may hold every other character that ends a line. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const unzipped = createGunzip();
  // A failure of the file ends the reading below, which throws it.
  pipeline(createReadStream(path), unzipped, () => {});
  unzipped.setEncoding("utf8");
  let rest = "";
  for await (const text of unzipped) {
    const lines = (rest + (text as string)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** A sum over items in any order: equal for equal sets of items, whatever the order of their attributes. */
export function itemSum(): { add(item: RawItem): void; readonly items: number; readonly text: string } {
  let sum = 0n;
  let items = 0;
  return {
    add(item) {
      const digest = createHash("sha256")
        .update(JSON.stringify(sorted(item)))
        .digest();
      sum = (sum + digest.readBigUInt64BE()) % 2n ** 64n;
      items += 1;
    },
    get items() {
      return items;
    },
    get text() {
      return sum.toString(16);
    },
  };
}

function sorted(value: unknown): unknown {
  if (isBinary(value)) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return fields.map(([name, inner]) => [name, sorted(inner)]);
}
