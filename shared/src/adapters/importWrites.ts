import type { PlannedRow, PlannedSet } from "../domain/recipients/peopleImport.ts";
import type { Aws } from "./aws.ts";
import { executeStatements, type StatementResult, statementLimit, type WriteStatement } from "./statementBatches.ts";

/**
 * Writes of an import of people: one conditional write a row, batches of 25. A write sets what its row names, on the
 * condition that it is still what the dry run saw and the person was not forgotten, and nothing else of the record. `prove` throws once the caller may write
 * no more; it is asked before each batch, so that a process that was frozen writes nothing when it wakes.
 */
export interface ImportWrites {
  /** One result a row, in order; no two rows may have one id. `mark`: what a new record carries in `importedBy`. */
  apply(rows: readonly PlannedRow[], mark: (row: PlannedRow) => string, prove: () => void): Promise<StatementResult[]>;
  /** Sets back: where `to` is still there, `from` takes its place. */
  restore(rows: readonly Pick<PlannedRow, "id" | "sets">[], prove: () => void): Promise<StatementResult[]>;
  /** Deletes records that still hold what the import wrote and were not unsubscribed or suppressed since. */
  remove(rows: readonly PlannedRow[], mark: (row: PlannedRow) => string, prove: () => void): Promise<StatementResult[]>;
}

/** Writes of imports to the table `PARTICIPANTS_TABLE`. */
export function importWrites(aws: Aws, config: { PARTICIPANTS_TABLE: string }): ImportWrites {
  const table = config.PARTICIPANTS_TABLE;
  return {
    apply: (rows, mark, prove) =>
      executeStatements(
        aws,
        rows.map((row) => (row.kind === "added" ? insert(table, row, mark(row)) : update(table, row))),
        prove,
      ),
    restore: (rows, prove) =>
      executeStatements(
        aws,
        rows.map(({ id, sets }) =>
          update(table, { id, sets: sets.map(({ path, from, to }) => ({ path, from: to, to: from })) }),
        ),
        prove,
      ),
    remove: (rows, mark, prove) =>
      executeStatements(
        aws,
        rows.map((row) => remove(table, row, mark(row))),
        prove,
      ),
  };
}

/** An expression takes 300 operators and functions; an entry of a map that is not there yet needs eight. */
const mostSets = 30;
const longestTableName = "t".repeat(255);

/** Whether DynamoDB takes these sets as one statement, and what sets them back, whatever the name of the table. */
export function isOneStatement(sets: readonly PlannedSet[]): boolean {
  // An absent value needs the longest condition.
  const absent = sets.map(({ path, to }) => ({ path, from: null, to }));
  return (
    sets.length <= mostSets &&
    update(longestTableName, { id: "", sets: absent, foundBy: "" }).text.length <= statementLimit
  );
}

interface Condition {
  readonly text: string;
  readonly parameters: readonly unknown[];
}

function insert(table: string, { id, sets }: PlannedRow, mark: string): WriteStatement {
  const fields = [["id", id], ...sets.map(({ path, to }) => [path[0], to]), ["importedBy", mark]] as const;
  return {
    text: `INSERT INTO "${table}" VALUE {${fields.map(([name]) => `'${name}': ?`).join(", ")}}`,
    parameters: fields.map(([, value]) => value),
  };
}

function update(table: string, row: Pick<PlannedRow, "id" | "sets" | "foundBy">): WriteStatement {
  const { id, sets, foundBy } = row;
  const conditions: Condition[] = [{ text: `"forgotten" IS MISSING`, parameters: [] }, ...sets.map(unchanged)];
  if (foundBy !== undefined) conditions.push({ text: `"email" = ?`, parameters: [foundBy] });
  return {
    text: `UPDATE "${table}" SET ${sets.map(({ path }) => `${place(path)} = ?`).join(", ")} WHERE "id" = ? AND ${conditions.map(({ text }) => text).join(" AND ")}`,
    parameters: [...sets.map(({ to }) => to ?? null), id, ...conditions.flatMap(({ parameters }) => parameters)],
  };
}

function remove(table: string, { id, sets }: PlannedRow, mark: string): WriteStatement {
  const same = sets.map(({ path }) => `${place(path)} = ?`);
  // Only what the import itself set may be there.
  const untouched = ["unsubscribe", "suppression", "emails"].filter(
    (name) => !sets.some(({ path }) => path[0] === name),
  );
  const none = untouched.map((name) => `(${place([name])} IS MISSING OR ${place([name])} = ?)`);
  return {
    text: `DELETE FROM "${table}" WHERE "id" = ? AND "importedBy" = ? AND ${[...same, ...none].join(" AND ")}`,
    parameters: [id, mark, ...sets.map(({ to }) => to), ...none.map(() => null)],
  };
}

/** Null is as good as absent; a map that is to hold the path must be there, or DynamoDB calls the whole statement invalid. */
function unchanged({ path, from }: PlannedSet): Condition {
  if (from !== null && from !== undefined) return { text: `${place(path)} = ?`, parameters: [from] };
  const absent = `(${place(path)} IS MISSING OR ${place(path)} = ?)`;
  const parent = path.slice(0, -1);
  const isThere = parent.length === 0 ? "" : ` AND ${place(parent)} IS NOT MISSING`;
  return { text: `${absent}${isThere}`, parameters: [null] };
}

/** No name in a path holds a quote: see `importField`. */
const place = (path: readonly string[]) => path.map((name) => `"${name}"`).join(".");
