import type { NativeAttributeValue } from "@aws-sdk/lib-dynamodb";
import type { PlannedRow, PlannedSet } from "../domain/recipients/peopleImport.ts";
import { AppError } from "../kit/errors.ts";
import type { Aws } from "./aws.ts";
import { type FencedWorker, fenceLanes, requireFence } from "./importFences.ts";
import { type TransactionParts, transact } from "./transaction.ts";

/** The worker of an import that writes. `prove` throws once it is to begin nothing more; it is asked before each request. */
export interface ImportWriter extends FencedWorker {
  prove(): void;
}

/**
 * Writes of an import of people: one conditional write a row, 25 in a transaction that requires the fencing token of the
 * worker. A write sets what its row names, on the condition that it is still what the dry run saw and the person was not
 * forgotten, and nothing else of the record. One result a row, in order: whether it was written; no two rows may have one id.
 * AppError `lease-lost`, with nothing more written, once another worker has the import.
 *
 * A check of the lease before a request is not enough: a process that is frozen behind it sends the request when it wakes,
 * and an import that was undone meanwhile has left the records just as its writes require them.
 */
export interface ImportWrites {
  /** `mark`: what a new record carries in `importedBy`. */
  apply(writer: ImportWriter, rows: readonly PlannedRow[], mark: (row: PlannedRow) => string): Promise<boolean[]>;
  /** Sets back: where `to` is still there, `from` takes its place. */
  restore(writer: ImportWriter, rows: readonly Pick<PlannedRow, "id" | "sets">[]): Promise<boolean[]>;
  /** Deletes records that still hold what the import wrote and were not unsubscribed or suppressed since. */
  remove(writer: ImportWriter, rows: readonly PlannedRow[], mark: (row: PlannedRow) => string): Promise<boolean[]>;
}

/** A transaction takes 100 parts and 4 MB; its rows are few enough for large records. */
const rowsAtOnce = 25;

/** Writes of imports to the table `PARTICIPANTS_TABLE`, fenced by items in `RUNS_TABLE`. */
export function importWrites(aws: Aws, config: { PARTICIPANTS_TABLE: string; RUNS_TABLE: string }): ImportWrites {
  const table = config.PARTICIPANTS_TABLE;
  const write = async (writer: ImportWriter, parts: readonly TransactionParts[number][]): Promise<boolean[]> => {
    const written = parts.map(() => false);
    const starts = Array.from({ length: Math.ceil(parts.length / rowsAtOnce) }, (_, batch) => batch * rowsAtOnce);
    const lanes = Array.from({ length: Math.min(fenceLanes, starts.length) }, async (_, lane) => {
      const fence = requireFence(config.RUNS_TABLE, writer, lane);
      for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
        const batch = await writeBatch(aws, writer, fence, parts.slice(start, start + rowsAtOnce));
        for (const [index, isWritten] of batch.entries()) written[start + index] = isWritten;
      }
    });
    await Promise.all(lanes);
    return written;
  };
  return {
    apply: (writer, rows, mark) =>
      write(
        writer,
        rows.map((row) => (row.kind === "added" ? insert(table, row, mark(row)) : update(table, row))),
      ),
    restore: (writer, rows) =>
      write(
        writer,
        rows.map(({ id, sets }) =>
          update(table, { id, sets: sets.map(({ path, from, to }) => ({ path, from: to, to: from })) }),
        ),
      ),
    remove: (writer, rows, mark) =>
      write(
        writer,
        rows.map((row) => remove(table, row, mark(row))),
      ),
  };
}

/** A transaction writes all or nothing: what is refused is left out of the next one. */
async function writeBatch(
  aws: Aws,
  writer: ImportWriter,
  fence: TransactionParts[number],
  parts: readonly TransactionParts[number][],
): Promise<boolean[]> {
  const written = parts.map(() => false);
  let open = [...parts.keys()];
  while (open.length > 0) {
    writer.prove();
    const refused = await transact(aws, [fence, ...open.map((index) => parts[index] as TransactionParts[number])]);
    if (refused?.[0]) throw new AppError("lease-lost", `Another process works on ${writer.importId}.`);
    if (!refused) for (const index of open) written[index] = true;
    open = refused ? open.filter((_, position) => !refused[position + 1]) : [];
  }
  return written;
}

/**
 * An expression takes 300 operators and functions, of which an entry of a map that is not there yet needs eight, and 4 KB:
 * a hundred characters for each of them.
 */
const mostSets = 30;

/** Whether DynamoDB takes these sets as one write, and what sets them back. */
export const isOneWrite = (sets: readonly PlannedSet[]): boolean => sets.length <= mostSets;

function insert(table: string, { id, sets }: PlannedRow, mark: string): TransactionParts[number] {
  const fields = sets.map(({ path, to }) => [path[0], to]);
  const Item = { ...Object.fromEntries(fields), id, importedBy: mark };
  return { Put: { TableName: table, Item, ConditionExpression: "attribute_not_exists(id)" } };
}

function update(table: string, { id, sets, foundBy }: Pick<PlannedRow, "id" | "sets" | "foundBy">) {
  const { place, value, ...used } = expression();
  const conditions = [
    `attribute_exists(${place(["id"])})`,
    `attribute_not_exists(${place(["forgotten"])})`,
    ...sets.map(unchanged),
    ...(foundBy === undefined ? [] : [`${place(["email"])} = ${value(foundBy)}`]),
  ];
  const changes = sets.map(({ path, to }) => `${place(path)} = ${value(to ?? null)}`);
  return {
    Update: {
      TableName: table,
      Key: { id },
      UpdateExpression: `SET ${changes.join(", ")}`,
      ConditionExpression: conditions.join(" AND "),
      ...used,
    },
  };

  /** Null is as good as absent; a map that is to hold the path must be there, or DynamoDB calls the whole write invalid. */
  function unchanged({ path, from }: PlannedSet): string {
    if (from !== null && from !== undefined) return `${place(path)} = ${value(from)}`;
    const parent = path.slice(0, -1);
    const isThere = parent.length === 0 ? "" : ` AND attribute_exists(${place(parent)})`;
    return `(attribute_not_exists(${place(path)}) OR ${place(path)} = ${value(null)})${isThere}`;
  }
}

function remove(table: string, { id, sets }: PlannedRow, mark: string): TransactionParts[number] {
  const { place, value, ...used } = expression();
  // Only what the import itself set may be there.
  const untouched = ["unsubscribe", "suppression", "emails"].filter(
    (name) => !sets.some(({ path }) => path[0] === name),
  );
  const conditions = [
    `${place(["importedBy"])} = ${value(mark)}`,
    ...sets.map(({ path, to }) => `${place(path)} = ${value(to)}`),
    ...untouched.map((name) => `(attribute_not_exists(${place([name])}) OR ${place([name])} = ${value(null)})`),
  ];
  return { Delete: { TableName: table, Key: { id }, ConditionExpression: conditions.join(" AND "), ...used } };
}

/** Placeholders of the names and values of one write. */
function expression() {
  const names = new Map<string, string>();
  const values: Record<string, NativeAttributeValue> = {};
  const ExpressionAttributeNames: Record<string, string> = {};
  const nameOf = (name: string) => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const placeholder = `#${names.size}`;
    names.set(name, placeholder);
    ExpressionAttributeNames[placeholder] = name;
    return placeholder;
  };
  let count = 0;
  return {
    place: (path: readonly string[]) => path.map(nameOf).join("."),
    value(of: NativeAttributeValue): string {
      const placeholder = `:${count++}`;
      values[placeholder] = of;
      return placeholder;
    },
    ExpressionAttributeNames,
    ExpressionAttributeValues: values,
  };
}
