import type { ImportWriter } from "@email-agent/shared/adapters/importWrites.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { PeopleImport, PlannedRow } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { importFiles } from "./importFiles.ts";
import { valueAt } from "./judgeCell.ts";

type Ports = Pick<Manager, "participants" | "importWrites" | "documents">;
type Applied = NonNullable<PeopleImport["applied"]>;

/** A row that was not written, or that could not be undone. */
export interface LeftRow {
  readonly row: number;
  readonly id: string;
  readonly reason: string;
}

/** What a record says about the row that made it. */
export const markOf = (importId: string) => (row: PlannedRow) => `${importId}#${row.row}`;

/**
 * Applies the plan of an import, file by file, from the one that `item.applied` names. `record` writes the progress after
 * each; `prove` throws once the lease is not held any more. A file whose rows were written, but whose progress was not recorded, is applied once more: it finds its own rows
 * written and counts them.
 */
export async function applyImport(
  ports: Ports,
  item: PeopleImport,
  record: (applied: Applied) => Promise<void>,
  prove: () => void,
): Promise<void> {
  const { found } = item;
  if (!found) throw new AppError("invalid-input", "The import was not checked. Check it first.");
  const files = importFiles(ports, item.sk, found.token);
  const writer = { importId: item.sk, token: item.token, prove };
  let applied = item.applied ?? { file: 0, added: 0, changed: 0, left: 0 };
  while (applied.file < found.planFiles) {
    const rows = await files.get<PlannedRow>("plan", applied.file);
    const left = await applyRows(ports, writer, rows);
    await files.put("left", applied.file, left);
    const written = rows.filter(({ row }) => !left.some((other) => other.row === row));
    const added = written.filter(({ kind }) => kind === "added").length;
    applied = {
      file: applied.file + 1,
      added: applied.added + added,
      changed: applied.changed + written.length - added,
      left: applied.left + left.length,
    };
    await record(applied);
  }
}

/** Writes the rows; those whose condition did not hold, and that were not written before, are left. */
async function applyRows(ports: Ports, writer: ImportWriter, rows: readonly PlannedRow[]): Promise<LeftRow[]> {
  const mark = markOf(writer.importId);
  const written = await ports.importWrites.apply(writer, rows, mark);
  const refused = rows.filter((_, index) => !written[index]);
  const records = await ports.participants.getMany(refused.map(({ id }) => id));
  return refused.flatMap((row) => {
    const reason = leftReason(row, records.get(row.id), mark(row));
    return reason === undefined ? [] : [{ row: row.row, id: row.id, reason }];
  });
}

/** Why a refused row is not in the table; undefined if it is, from an attempt before. */
function leftReason(row: PlannedRow, record: Participant | undefined, mark: string): string | undefined {
  if (row.kind === "added")
    return record?.importedBy === mark
      ? undefined
      : `Participant ${row.id} was added by someone else after the dry run.`;
  if (!record) return `Participant ${row.id} was removed after the dry run.`;
  if (row.sets.every(({ path, to }) => isSame(valueAt(record, path), to))) return undefined;
  return `The record of participant ${row.id} has changed after the dry run.`;
}

/** Compares values as tables hold them; the order of the entries of a map does not count. */
export function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return (one ?? null) === (other ?? null);
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(valueAt(one, [name]), valueAt(other, [name])));
}
