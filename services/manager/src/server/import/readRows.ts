import type { ImportReading } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { type CsvError, parse } from "csv-parse";

/** A row of the file. `row` is its number as a spreadsheet counts, with blank lines and the headings, from 1. */
export interface CsvRow {
  readonly row: number;
  readonly cells: readonly string[];
  /** Why the cells cannot be trusted, as a clause. */
  readonly problem?: string;
}

type Format = Pick<ImportReading, "encoding" | "separator">;

/** Longer than any sensible row: a quote that is never closed would otherwise take in the rest of the file. */
const rowLimitBytes = 100_000;
const rowsAtOnce = 500;
/** Pieces in which a part of the file is given to the parser: it holds the event loop for some milliseconds with each. */
const pieceBytes = 64 * 1024;

/**
 * The rows of a CSV file (RFC 4180), some hundred at a time, the headings among them; blank lines are left out and
 * counted. A quote within a cell that is not doubled counts as a letter, as in spreadsheets. A row with more cells than the
 * headings, or whose quotes took in the rows behind it, has a `problem`. AppError `invalid-input` for a quote that is
 * never closed.
 */
export async function* readRows(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { encoding, separator }: Format,
): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder(encoding);
  const found: CsvRow[] = [];
  let [rows, columns] = [0, 0];
  let failure: unknown;
  const parser = parse({
    delimiter: separator,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: rowLimitBytes,
    on_record: (cells: string[]) => {
      const row = rows + 1;
      const taken = cells.find(tookRowsIn);
      rows += taken === undefined ? 1 : taken.split(/\r\n|\n|\r/).length;
      const isBlank = cells.every((cell) => cell.trim() === "");
      if (columns === 0) columns = cells.length;
      const problem = taken === undefined ? tooManyCells(cells, columns) : brokenQuotes(row, rows);
      if (!isBlank) found.push({ row, cells, ...(problem !== undefined && { problem }) });
      return null;
    },
  });
  parser.on("error", (error: CsvError) => {
    failure ??= unreadable[error.code]?.(rows + 1) ?? error;
  });
  parser.resume();
  const write = async (text: string) => {
    if (!parser.write(text) && !failure)
      await new Promise<void>((resolve) => parser.once("drain", resolve).once("close", resolve));
    if (failure) throw failure;
  };
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += pieceBytes) {
      await write(decoder.decode(part.subarray(at, at + pieceBytes), { stream: true }));
      if (found.length >= rowsAtOnce) yield found.splice(0);
    }
  }
  const ended = new Promise<void>((resolve) => parser.once("close", resolve));
  parser.end(decoder.decode());
  await ended;
  if (found.length > 0) yield found.splice(0);
  if (failure) throw failure;
}

/** A quote that was closed in the wrong place stays in the cell; with a line break behind it, it was another row's. */
function tookRowsIn(cell: string): boolean {
  return cell.startsWith('"') && /[\r\n]/.test(cell);
}

function tooManyCells(cells: readonly string[], columns: number): string | undefined {
  const last = cells.findLastIndex((cell) => cell.trim() !== "");
  if (last < columns) return undefined;
  return `it has ${last + 1} cells, and the headings are ${columns}; a cell that holds the separator needs quotes around it`;
}

const brokenQuotes = (first: number, last: number) =>
  `a quote in it is not closed where its cell ends, so rows ${first} to ${last} cannot be told apart`;

/** What the parser gives up at, by its code. */
const unreadable: Readonly<Record<string, (row: number) => AppError>> = {
  CSV_QUOTE_NOT_CLOSED: (row) => unreadableFrom(row, 'opens a quote (") that is never closed'),
  CSV_MAX_RECORD_SIZE: (row) =>
    unreadableFrom(row, `is longer than ${rowLimitBytes / 1000} kB, or opens a quote (") that is never closed`),
};

function unreadableFrom(row: number, why: string): AppError {
  return new AppError(
    "invalid-input",
    `Row ${row} ${why}, so the rows behind it cannot be read. Repair this row in the file, or choose the right separator, then upload it again.`,
  );
}
