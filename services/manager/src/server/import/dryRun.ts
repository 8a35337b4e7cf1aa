import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { ImportFound, PeopleImport, PlannedRow } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Manager } from "../manager.ts";
import { importField } from "./importFields.ts";
import { type ImportFiles, importFiles } from "./importFiles.ts";
import { type ImportColumn, judgeRow, type Refusal } from "./judgeRow.ts";
import { addressKey, knownPeople } from "./knownPeople.ts";
import { type CsvRow, readRows } from "./readRows.ts";
import { type RowPerson, rowPeople } from "./rowPeople.ts";

interface RefusedRow extends Refusal {
  readonly row: number;
  readonly cells: readonly string[];
}

const rowsPerFile = 1000;
/** Rows shown field by field before the import is applied. */
const sampleRows = 30;

type Ports = Pick<Manager, "participants" | "documents" | "configTable" | "clock">;

/**
 * The dry run: judges every row against the table and writes the plan of what an import would do, and the refused rows, to
 * the bucket. It changes nothing else. `report` hears how many rows are read; `signal` ends it. Its memory is some 50 bytes
 * for each person in the table and each row of the file.
 */
export async function dryRun(
  ports: Ports,
  item: PeopleImport,
  report: (rows: number) => Promise<void>,
  signal: AbortSignal,
): Promise<ImportFound> {
  const { reading } = item;
  if (!reading) throw new AppError("invalid-input", "It is not known how the file is to be read. Choose it again.");
  const files = importFiles(ports, item.sk, item.token);
  const [languages, settings, known] = await Promise.all([
    ports.configTable.languages(),
    ports.configTable.settings(),
    knownPeople(ports, signal),
  ]);
  const columns = columnsOf(item.headings, reading.fields);
  const people = rowPeople({
    importId: item.sk,
    known,
    columns,
    sharedAddresses: reading.sharedAddresses,
    placeholderId: settings.registrationPlaceholderId,
  });
  const at = new Date(ports.clock.now()).toISOString();
  const plan = openPlan(files);
  const source = importFiles(ports, item.sk).parts(item.parts, signal);
  let isFirst = true;
  for await (const rows of readRows(source, reading)) {
    signal.throwIfAborted();
    const data = isFirst ? rows.slice(1) : rows;
    isFirst = false;
    const found = data.map((row) => people.of(row));
    const ids = found.flatMap((one) => ("isNew" in one && !one.isNew ? [one.id] : []));
    const records = await ports.participants.getMany(ids);
    for (const [index, row] of data.entries()) plan.add(row, judge(row, found[index] as RowPerson | Refusal, records));
    await plan.flush();
    await report(plan.rows());
  }
  return { ...(await plan.end()), token: item.token };

  function judge(row: CsvRow, person: RowPerson | Refusal, records: ReadonlyMap<string, Participant>) {
    if (!("isNew" in person)) return person;
    const record = records.get(person.id);
    const { id, foundBy } = person;
    const since = changedDuring(person, record);
    if (since) return since;
    const sets = judgeRow(row, columns, record, languages, at);
    if (!Array.isArray(sets)) return sets;
    const refusal = people.judgeAddress(row, person, sets);
    if (refusal) return refusal;
    const kind = record ? ("changed" as const) : ("added" as const);
    return {
      row: row.row,
      id,
      kind,
      sets,
      // Exactly as the record has it: the write asks for it.
      ...(foundBy !== undefined && { foundBy: record?.email ?? foundBy }),
    };
  }
}

/** Everyone is read first, the record of a row later: in between the person may get another address, or go. */
function changedDuring({ id, isNew, foundBy }: RowPerson, record: Participant | undefined): Refusal | undefined {
  if (isNew) return undefined;
  if (!record) return { reason: `Participant ${id} was removed during the check. Check the file again.` };
  if (foundBy === undefined || addressKey(record.email ?? "") === addressKey(foundBy)) return undefined;
  return { reason: `The address of participant ${id} changed during the check. Check the file again.` };
}

function columnsOf(headings: readonly string[], fields: readonly string[]): ImportColumn[] {
  return fields.flatMap((name, index) => {
    const field = importField(name);
    return field ? [{ index, heading: headings[index] || `Column ${index + 1}`, field }] : [];
  });
}

/** Collects the verdicts and writes them in files of a thousand rows. */
function openPlan(files: ImportFiles) {
  const planned: PlannedRow[] = [];
  const refused: RefusedRow[] = [];
  const sample: PlannedRow[] = [];
  const counts = { rows: 0, added: 0, changed: 0, unchanged: 0, refused: 0, planFiles: 0, refusedFiles: 0 };
  const put = async (isEnd: boolean) => {
    while (planned.length >= rowsPerFile || (isEnd && planned.length > 0))
      await files.put("plan", counts.planFiles++, planned.splice(0, rowsPerFile));
    while (refused.length >= rowsPerFile || (isEnd && refused.length > 0))
      await files.put("refused", counts.refusedFiles++, refused.splice(0, rowsPerFile));
  };
  return {
    rows: () => counts.rows,
    add({ row, cells }: CsvRow, verdict: PlannedRow | Refusal): void {
      counts.rows += 1;
      if ("reason" in verdict) {
        counts.refused += 1;
        refused.push({ row, cells, ...verdict });
      } else if (verdict.kind === "changed" && verdict.sets.length === 0) counts.unchanged += 1;
      else {
        counts[verdict.kind] += 1;
        planned.push(verdict);
        if (verdict.kind === "changed" && sample.length < sampleRows) sample.push(verdict);
      }
    },
    flush: () => put(false),
    async end() {
      await put(true);
      await files.put("sample", 0, sample);
      return counts;
    },
  };
}
