import { type Encoding, type Separator, separators } from "@email-agent/shared/domain/recipients/peopleImport.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import fc from "fast-check";
import { detectEncoding, detectSeparator } from "../../../services/manager/src/server/import/detectFormat.ts";
import { type CsvRow, readRows } from "../../../services/manager/src/server/import/readRows.ts";
import type { Observed, Trial } from "../scenario.ts";
import { explore } from "./explore.ts";
import { hostileText, mutated } from "./hostileText.ts";

const formulas = [
  "=1+1",
  "+SUM(A1)",
  "-2+3",
  "@SUM(1)",
  '=HYPERLINK("https://x")',
  "\t=1",
  "'=1",
  "|cmd",
  "=cmd|' /C calc'!A0",
];
const cell = fc.oneof(
  { weight: 3, arbitrary: hostileText.map((text) => text.toWellFormed()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...formulas,
      "",
      " ",
      "ana@example.org",
      "Ana",
      "true",
      "p-1",
      "\0",
      "\ufeff",
      '""',
      "x".repeat(5000),
    ),
  },
);
const table = fc.integer({ min: 2, max: 6 }).chain((columns) =>
  fc.record({
    headings: fc.array(
      fc.constantFrom("id", "email", "first", "last", "E-Mail", "Vorname", "", "email", "unsubscribe"),
      { minLength: columns, maxLength: columns },
    ),
    rows: fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 12 }),
    separator: fc.constantFrom(...separators),
    end: fc.constantFrom("\n", "\r\n", "\r"),
    encoding: fc.constantFrom<Encoding>("utf-8", "utf-16le"),
    mark: fc.boolean(),
    pieceBytes: fc.constantFrom(7, 100, 1_000_000),
  }),
);
type Table = typeof table extends fc.Arbitrary<infer Of> ? Of : never;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function bytesOf({ headings, rows, separator, end, encoding, mark }: Table): Buffer {
  const lines = [headings, ...rows].map((cells) => cells.map(quoted).join(separator));
  return Buffer.from(`${mark ? "\ufeff" : ""}${lines.join(end)}${end}`, encoding === "utf-8" ? "utf8" : "utf16le");
}

async function read(bytes: Buffer, encoding: Encoding, separator: Separator, pieceBytes: number): Promise<CsvRow[]> {
  const parts = function* () {
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
  };
  const found: CsvRow[] = [];
  for await (const rows of readRows(parts(), { encoding, separator })) found.push(...rows);
  return found;
}

/** A file that a spreadsheet would write: every cell is read as it was, or its row is refused with a reason. */
async function judgeWritten(made: Table): Promise<string | undefined> {
  const found = await read(bytesOf(made), made.encoding, made.separator, made.pieceBytes);
  const asRead = ([first = "", ...others]: readonly string[]) => [
    made.mark ? first : first.replace(/^\ufeff/, ""),
    ...others,
  ];
  const expected = [asRead(made.headings), ...made.rows].filter((cells) => cells.some((text) => text.trim() !== ""));
  const broken = found.filter(({ problem }) => problem !== undefined);
  if (broken.some(({ problem = "", row }) => problem.length < 10 || row < 1))
    return `A row is refused without a reason: ${JSON.stringify(broken)}`;
  const kept = found.filter(({ problem }) => problem === undefined).map(({ cells }) => JSON.stringify(cells));
  const lost = expected.map((cells) => JSON.stringify(cells)).filter((cells) => !kept.includes(cells));
  return lost.length > broken.length
    ? `Rows are lost: ${lost.join().slice(0, 800)}\n  read ${kept.join().slice(0, 800)}`
    : undefined;
}

const files = [
  "id,email,first,last\np-1,ana@example.org,Ana,García\np-2,ben@example.org,Ben,O'Neill\n",
  'id;email;"first name"\r\np-1;ana@example.org;"Ana ""the best"""\r\np-2;;"x\r\ny"\r\n',
  "id\temail\np-1\tana@example.org\n",
];
const pieces = [
  '"',
  '""',
  ",",
  ";",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\0",
  '"\n',
  '\n"',
  "\ufeff",
  "=1+1",
  "x".repeat(120_000),
  ",".repeat(2000),
  "\n".repeat(5000),
  '"'.repeat(5001),
  '",'.repeat(3000),
];

/** Any file: read to its end with numbered rows, or refused in a sentence. */
async function judgeAny(text: string): Promise<string | undefined> {
  for (const bytes of [Buffer.from(text, "utf8"), Buffer.from(text, "utf16le"), Buffer.from(text, "latin1")]) {
    const parts = async function* () {
      yield bytes;
    };
    try {
      const encoding = await detectEncoding(parts());
      const separator = await detectSeparator(parts, encoding);
      const found = await read(bytes, encoding, separator, 65_536);
      if (found.some(({ row }, n) => row <= (found[n - 1]?.row ?? 0))) return "Rows are not numbered in their order.";
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "invalid-input") throw error;
      if (!/[.]$/.test(error.message)) return `It is refused without a sentence: ${error.message}`;
    }
  }
  return undefined;
}

/** Files of people: no cell is read otherwise than it was written, no row is lost without a word. */
export function hostileCsv(trial: Trial & { readonly tries: number }): Promise<Observed> {
  const inputs = fc.oneof(
    table.map((made) => ({ made, text: "" })),
    mutated(files, pieces).map((text) => ({ made: undefined, text })),
  );
  return explore(inputs, ({ made, text }) => (made ? judgeWritten(made) : judgeAny(text)), trial);
}
