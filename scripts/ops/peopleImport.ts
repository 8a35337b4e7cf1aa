import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import type {
  Encoding,
  ImportState,
  PeopleImport,
  Separator,
} from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { importPartBytes } from "../../services/manager/src/api/imports.ts";
import { createImport, importOf, putImportPart } from "../../services/manager/src/server/import/createImport.ts";
import { readImportRows } from "../../services/manager/src/server/import/readImports.ts";
import { readUpload } from "../../services/manager/src/server/import/readUpload.ts";
import { startImport } from "../../services/manager/src/server/import/startImport.ts";
import { mayChange, type Operation, refuse, sayJson } from "./operation.ts";
import { operatorUser, portsOf } from "./ports.ts";
import { progressBar } from "./screen.ts";

interface ImportOptions {
  readonly encoding?: Encoding;
  readonly separator?: Separator;
  readonly sharedAddresses?: true;
  readonly resume?: string;
}

/**
 * As the page does: uploads the file, checks it, shows what would change, asks, and imports it. The work is that of an Email
 * Manager; an import that was left goes on with --resume. True when it is applied, or checked with --dry-run.
 */
export async function importPeople(operation: Operation<ImportOptions>, file: string | undefined): Promise<boolean> {
  const { options, complain } = operation;
  if ((file === undefined) === (options.resume === undefined))
    throw new Error("Name a file, or an import with --resume.");
  const id = options.resume ?? (await upload(operation, file ?? ""));
  complain(`The import is ${id}. If this command ends early: \`ops people import --resume ${id}\`.`);
  const [ports, user] = [portsOf(operation), operatorUser(operation)];
  const before = await importOf(ports, id);
  if (before.state === "uploading" || before.state === "uploaded") await check(operation, id);
  if (before.state === "failed") await startImport(ports, user, id, { act: "continue" });
  const checked = await whenDone(operation, id, ["checked", "applied", "failed"]);
  if (checked.state === "applied") return told(operation, checked);
  if (checked.state === "failed" || !checked.found)
    return refuse(operation, `The import ended early: ${checked.failure}`);
  const { rows, added, changed, unchanged, refused } = checked.found;
  complain(`${rows} rows: ${added} new, ${changed} changed, ${unchanged} unchanged, ${refused} refused.`);
  for (const row of (await readImportRows(ports, { showAddresses: false }, id, "refused")).slice(0, refusedShown))
    complain(`  row ${row.row}${row.column ? `, ${row.column}` : ""}: ${row.reason ?? ""}`);
  if (options.dryRun) return told(operation, checked);
  if (added + changed === 0) return told(operation, checked);
  const may = await mayChange(operation, `Import ${added} new and ${changed} changed people?`);
  if (!may) return may === undefined;
  await startImport(ports, user, id, { act: "apply" });
  const applied = await whenDone(operation, id, ["applied", "failed"]);
  if (applied.state === "failed") return refuse(operation, `The import ended early: ${applied.failure}`);
  return told(operation, applied);
}

const refusedShown = 20;

async function upload(operation: Operation, path: string): Promise<string> {
  const [ports, user] = [portsOf(operation), operatorUser(operation)];
  const blob = await openAsBlob(path).catch(() => {
    throw new Error(`The file ${path} cannot be read.`);
  });
  const { id, parts } = await createImport(ports, user, { fileName: basename(path), bytes: blob.size });
  using bar = progressBar(operation, "Uploading", parts);
  for (let n = 0; n < parts; n += 1) {
    operation.signal.throwIfAborted();
    const part = await blob.slice(n * importPartBytes, (n + 1) * importPartBytes).arrayBuffer();
    await putImportPart(ports, id, String(n), new Uint8Array(part));
    bar.at(n + 1);
  }
  return id;
}

async function check(operation: Operation<ImportOptions>, id: string): Promise<void> {
  const [ports, user] = [portsOf(operation), operatorUser(operation)];
  const { encoding, separator, sharedAddresses = false } = operation.options;
  const read = await readUpload(ports, user, id, { ...(encoding && { encoding }), ...(separator && { separator }) });
  for (const [index, heading] of read.headings.entries())
    operation.complain(`  ${heading} -> ${read.fields[index] || "(not imported)"}`);
  for (const doubt of read.doubts) operation.complain(`Check this: ${doubt}`);
  const reading = { encoding: read.encoding, separator: read.separator, fields: [...read.fields], sharedAddresses };
  await startImport(ports, user, id, { act: "check", reading });
}

const lookMilliseconds = 300;
/** Longer than any takeover: if no Email Manager has worked on it by then, none runs. */
const idleMilliseconds = 120_000;

async function whenDone(operation: Operation, id: string, states: readonly ImportState[]): Promise<PeopleImport> {
  const ports = portsOf(operation);
  using bar = progressBar(operation, "Working");
  let [seen, seenAt] = ["", systemClock.monotonic()];
  for (;;) {
    const item = await importOf(ports, id);
    if (states.includes(item.state)) return item;
    bar.at(item.applied ? item.applied.added + item.applied.changed : (item.rowsRead ?? 0), totalOf(item));
    const sign = `${item.state} ${item.heartbeatAt} ${item.rowsRead} ${item.applied?.file}`;
    if (sign !== seen) [seen, seenAt] = [sign, systemClock.monotonic()];
    if (systemClock.monotonic() - seenAt > idleMilliseconds)
      throw new Error("No Email Manager works on the import: does one run? It goes on by itself once one does.");
    await systemClock.sleep(lookMilliseconds, operation.signal);
  }
}

function totalOf({ found, rowsRead = 0 }: PeopleImport): number {
  return found ? found.added + found.changed : rowsRead;
}

function told(operation: Operation, { sk, state, found, applied }: PeopleImport): true {
  if (operation.options.json) sayJson(operation, { id: sk, state, found, applied });
  else if (applied)
    operation.say(`Imported: ${applied.added} new, ${applied.changed} changed, ${applied.left} left as they were.`);
  else operation.say("Nothing was changed.");
  return true;
}
