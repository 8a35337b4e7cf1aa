import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLine } from "./csvText.ts";

/** Reads CSV as RFC 4180 describes it, character by character: quoted cells, doubled quotes, CRLF between records. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === ",") {
      record.push(cell);
      cell = "";
    } else if (character === "\r" && text[at + 1] === "\n") {
      records.push([...record, cell]);
      record = [];
      cell = "";
      at += 1;
    } else cell += character;
  }
  if (cell !== "" || record.length > 0) throw new Error("The last record does not end with CRLF.");
  return records;
}

const isFormula = (cell: string) => /^[=+\-@\t\r\n]/.test(cell);
const nasty = fc.string({ unit: fc.constantFrom(..."=+-@\t\r\n\"',;a é😀|"), maxLength: 12 });

test("acceptance 32: cells with commas, quotes and line breaks come back intact, and none begins a formula", () => {
  const rows = fc.array(fc.array(nasty, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, (written) => {
      const read = readCsv(written.map(csvLine).join(""));
      expect(read.flat().filter(isFormula)).toEqual([]);
      expect(read).toEqual(written.map((row) => row.map((cell) => (isFormula(cell) ? `'${cell}` : cell))));
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [["Ana", "a@example.org"], "Ana,a@example.org\r\n"],
  [['O"Neil, Ana', "=1+1"], '"O""Neil, Ana",\'=1+1\r\n'],
  [['=HYPERLINK("x")', "@x", "+1", "-1"], '"\'=HYPERLINK(""x"")",\'@x,\'+1,\'-1\r\n'],
  [["\tx", "\rx"], "'\tx,\"'\rx\"\r\n"],
  [["", "a=b"], ",a=b\r\n"],
])("%j is written %j", (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});
