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
/** More rows with broken quotes than this, and the separator or the quotes of the whole file are wrong. */
const brokenLimit = 1000;
/** Pieces in which a part of the file is given to the parser: it holds the event loop for some milliseconds with each. */
const pieceBytes = 64 * 1024;

/**
 * The rows of a CSV file (RFC 4180), some hundred at a time, the headings among them; blank lines are left out and
 * counted. A row with a broken quote has a `problem` and no cells, and reading goes on behind it. AppError `invalid-input`
 * where it cannot go on: a quote that is never closed, or broken quotes in more than a thousand rows.
 */
export async function* readRows(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { encoding, separator }: Format,
): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder(encoding);
  const found: CsvRow[] = [];
  let rows = 0;
  /** Lines of the file up to the end of the last row. */
  let lines = 0;
  let broken = 0;
  let failure: unknown;
  const parser = parse({
    delimiter: separator,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_records_with_error: true,
    max_record_size: rowLimitBytes,
    on_record: (cells: string[], context) => {
      rows += 1;
      lines = context.lines;
      if (cells.some((cell) => cell.trim() !== "")) found.push({ row: rows, cells });
      return null;
    },
  });
  const fail = (error: CsvError) => {
    failure ??= unclosed.has(error.code) ? neverClosed(rows + 1) : error;
  };
  parser.on("error", fail);
  parser.on("skip", (error: CsvError) => {
    if (unclosed.has(error.code)) return fail(error);
    const taken = Math.max(1, Number(error["lines"]) - lines);
    lines += taken;
    broken += 1;
    if (broken > brokenLimit) failure ??= tooManyBroken(rows + 1);
    found.push({ row: rows + 1, cells: [], problem: taken === 1 ? brokenQuote : brokenQuotes(rows + 1, rows + taken) });
    // It took in the rows behind it.
    rows += taken;
  });
  const write = async (text: string) => {
    if (!parser.write(text)) await new Promise<void>((resolve) => parser.once("drain", resolve));
    if (failure) throw failure;
  };
  parser.resume();
  for await (const part of parts) {
    for (let at = 0; at < part.length; at += pieceBytes) {
      await write(decoder.decode(part.subarray(at, at + pieceBytes), { stream: true }));
      if (found.length >= rowsAtOnce) yield found.splice(0);
    }
  }
  const ended = new Promise<void>((resolve) => parser.once("close", resolve));
  parser.end(decoder.decode());
  await ended;
  if (failure) throw failure;
  if (found.length > 0) yield found.splice(0);
}

const unclosed: ReadonlySet<string> = new Set(["CSV_QUOTE_NOT_CLOSED", "CSV_MAX_RECORD_SIZE"]);
const brokenQuote =
  "a quote within the row is not written as a spreadsheet writes it, so its cells cannot be told apart";

const brokenQuotes = (first: number, last: number) =>
  `a quote within the row is not written as a spreadsheet writes it, so rows ${first} to ${last} cannot be told apart`;

function neverClosed(row: number): AppError {
  return new AppError(
    "invalid-input",
    `Row ${row}, or one shortly before it, opens a quote (") that is never closed, so the rows behind it cannot be read. Repair this row in the file, or choose the right separator, then upload it again.`,
  );
}

function tooManyBroken(row: number): AppError {
  return new AppError(
    "invalid-input",
    `More than 1,000 rows up to row ${row} have quotes within them that are not written as a spreadsheet writes them. Choose another separator, or repair the file and upload it again.`,
  );
}
