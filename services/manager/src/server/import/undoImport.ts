import type { ImportWriter } from "@email-agent/shared/adapters/importWrites.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { type Participant, participantSchema } from "@email-agent/shared/domain/recipients/participant.ts";
import type { PeopleImport, PlannedRow, PlannedSet } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { isSame, type LeftRow, markOf } from "./applyImport.ts";
import { type ImportFiles, importFiles } from "./importFiles.ts";
import { valueAt } from "./judgeCell.ts";

type Ports = Pick<Manager, "participants" | "importWrites" | "documents" | "orders" | "deliveries" | "reportBadItem">;
type Undone = NonNullable<PeopleImport["undone"]>;

/**
 * Undoes an import, file by file of its plan: sets back what still has the imported value, and removes the people it added
 * whom no mailing has reached and who are as they were added. What it cannot undo is written to the bucket, with the
 * reason. A file that is undone once more finds nothing to do and counts nothing twice, except what it finds done.
 */
export async function undoImport(
  ports: Ports,
  item: PeopleImport,
  record: (undone: Undone) => Promise<void>,
  prove: () => void,
): Promise<void> {
  const { found } = item;
  if (!found) throw new AppError("invalid-input", "The import was never applied: there is nothing to undo.");
  const files = importFiles(ports, item.sk, found.token);
  const writer = { importId: item.sk, token: item.token, prove };
  let undone = item.undone ?? { file: 0, removed: 0, restored: 0, kept: 0 };
  while (undone.file < found.planFiles) {
    const rows = await appliedRows(files, undone.file, item.applied?.file ?? 0);
    const removed = await removeRows(
      ports,
      item,
      writer,
      rows.filter(({ kind }) => kind === "added"),
    );
    const restored = await restoreRows(
      ports,
      writer,
      rows.filter(({ kind }) => kind === "changed"),
    );
    const kept = [...removed.kept, ...restored.kept];
    await files.put("kept", undone.file, kept);
    undone = {
      file: undone.file + 1,
      removed: undone.removed + removed.count,
      restored: undone.restored + restored.count,
      kept: undone.kept + kept.length,
    };
    await record(undone);
  }
}

/** The rows of a file of the plan without those that were left. Of a file that was not recorded all may be written. */
async function appliedRows(files: ImportFiles, file: number, recorded: number): Promise<PlannedRow[]> {
  const rows = await files.get<PlannedRow>("plan", file);
  if (file >= recorded) return rows;
  const left = new Set((await files.get<LeftRow>("left", file)).map(({ row }) => row));
  return rows.filter(({ row }) => !left.has(row));
}

interface Part {
  readonly count: number;
  readonly kept: LeftRow[];
}

async function removeRows(
  ports: Ports,
  item: PeopleImport,
  writer: ImportWriter,
  rows: readonly PlannedRow[],
): Promise<Part> {
  const mark = markOf(item.sk);
  const ids = rows.map(({ id }) => id);
  const [records, reached] = await Promise.all([ports.participants.getMany(ids), reachedOf(ports, item, ids)]);
  const kept: LeftRow[] = [];
  const removable: PlannedRow[] = [];
  let gone = 0;
  for (const row of rows) {
    const record = records.get(row.id);
    const reason = record && keptReason(row, record, mark(row), reached);
    if (!record) gone += 1;
    else if (reason === undefined) removable.push(row);
    else if (reason !== "") kept.push({ row: row.row, id: row.id, reason });
  }
  const removed = await ports.importWrites.remove(writer, removable, mark);
  for (const [index, { row, id }] of removable.entries())
    if (!removed[index]) kept.push({ row, id, reason: changedSince(id) });
  return { count: gone + removed.filter(Boolean).length, kept };
}

const changedSince = (id: string) => `The record of participant ${id} has changed since the import.`;

/** Why a person who was added stays; "" if another one has the id. */
function keptReason(
  row: PlannedRow,
  record: Participant,
  mark: string,
  reached: ReadonlySet<string>,
): string | undefined {
  if (record.importedBy !== mark) return "";
  if (reached.has(row.id)) return `A mailing has reached participant ${row.id}, so the record stays for the ledger.`;
  const imported = new Set(["id", "importedBy", ...row.sets.map(({ path }) => path[0])]);
  const known: readonly string[] = Object.keys(participantSchema.shape);
  const isAsAdded =
    row.sets.every(({ path, to }) => isSame(valueAt(record, path), to)) &&
    known.every((name) => imported.has(name) || (valueAt(record, [name]) ?? null) === null);
  return isAsAdded ? undefined : changedSince(row.id);
}

/** Who of these is on the ledger of a mailing that may have begun after the import, or on that of a Test. */
async function reachedOf(ports: Ports, item: PeopleImport, ids: readonly string[]): Promise<Set<string>> {
  const reached = new Set<string>();
  if (ids.length === 0) return reached;
  const since = item.appliedAt ?? item.createdAt;
  const onBadItem = (error: unknown) => ports.reportBadItem(error, "a work order cannot be read");
  for await (const order of ports.orders.list(onBadItem))
    for (const partition of partitionsSince(order, since))
      for (const id of (await ports.deliveries.getMany(partition, ids)).keys()) reached.add(id);
  return reached;
}

function partitionsSince(order: WorkOrder, since: string): string[] {
  const { Send, Test } = order.steps;
  const testRun = Test.runId;
  const tested =
    testRun === undefined ? [] : order.languages.map((code) => testPartition(mailingKey(order, code), testRun));
  // A Send that ended before the import mailed none of its people, nor did any earlier one of the order.
  if (Send.runId === undefined || (Send.endedAt !== undefined && Send.endedAt < since)) return tested;
  const sent = mailingsOf(order).flatMap((mailing) => mailing.languages.map((code) => mailingKey(mailing, code)));
  return [...sent, ...tested];
}

async function restoreRows(ports: Ports, writer: ImportWriter, rows: readonly PlannedRow[]): Promise<Part> {
  const records = await ports.participants.getMany(rows.map(({ id }) => id));
  const kept: LeftRow[] = [];
  const open: { row: PlannedRow; sets: PlannedSet[] }[] = [];
  let count = 0;
  for (const row of rows) {
    const record = records.get(row.id);
    const { sets, reasons, done } = restorable(row, record);
    if (reasons.length > 0) kept.push({ row: row.row, id: row.id, reason: reasons.join(" ") });
    if (sets.length > 0) open.push({ row, sets });
    else if (done && reasons.length === 0) count += 1;
  }
  const restored = await ports.importWrites.restore(
    writer,
    open.map(({ row, sets }) => ({ id: row.id, sets })),
  );
  for (const [index, { row }] of open.entries())
    if (restored[index]) count += 1;
    else kept.push({ row: row.row, id: row.id, reason: changedSince(row.id) });
  return { count, kept };
}

/** What of a changed row still has the imported value, and why the rest stays. `done`: it is all as before already. */
function restorable(row: PlannedRow, record: Participant | undefined) {
  if (!record) return { sets: [], reasons: [`Participant ${row.id} was removed since the import.`], done: false };
  const sets: PlannedSet[] = [];
  const reasons: string[] = [];
  let before = 0;
  for (const set of row.sets) {
    const [attribute = ""] = set.path;
    const present = valueAt(record, set.path);
    if (attribute === "unsubscribedAt" || attribute === "unsubscribedBy") continue;
    if (attribute === "unsubscribe")
      reasons.push(`Participant ${row.id} stays unsubscribed: only a person resubscribes, on the page of the person.`);
    else if (isSame(present, set.to)) sets.push(set);
    else if (isSame(present, set.from)) before += 1;
    else reasons.push(`The field ${set.path.join(".")} has changed since the import.`);
  }
  return { sets, reasons, done: before > 0 };
}
