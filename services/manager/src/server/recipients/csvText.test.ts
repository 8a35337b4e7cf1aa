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

/** As a spreadsheet that separates by `;`, tab or line breaks would cut a cell, quotes or not. */
const pieces = (cell: string) => cell.split(/[;\t\r\n\v\f\u0085\u2028\u2029]/);
const beginsFormula = (piece: string) =>
  /^(?:[\s\p{Default_Ignorable_Code_Point}\p{Cc}"])*[=+\-@＝＋－＠﹦﹢﹣﹫]/u.test(piece);
const isHarmless = (cell: string) => !/^[\t\r\n]/.test(cell) && !pieces(cell).some(beginsFormula);
const nasty = fc.string({
  unit: fc.constantFrom(..."=+-@＝＋－＠﹢\t\r\n\"',;a é😀|\u200b\u00ad\ufeff\u3164\u2028\0"),
  maxLength: 12,
});
const withoutApostrophes = (cell: string) => cell.replaceAll("'", "");

test("acceptance 71: cells come back whole but for apostrophes, and none begins a formula wherever it is cut", () => {
  const rows = fc.array(fc.array(nasty, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, (written) => {
      const read = readCsv(written.map(csvLine).join(""));
      expect(read.flat().filter((cell) => !isHarmless(cell))).toEqual([]);
      expect(read.map((row) => row.map(withoutApostrophes))).toEqual(written.map((row) => row.map(withoutApostrophes)));
      for (const [at, row] of written.entries())
        for (const [column, cell] of row.entries()) if (isHarmless(cell)) expect(read[at]?.[column]).toBe(cell);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [["Ana", "a@example.org"], '"Ana","a@example.org"\r\n'],
  [['O"Neil, Ana', "=1+1"], '"O""Neil, Ana","\'=1+1"\r\n'],
  [['=HYPERLINK("x")', "@x", "+1", "-1"], '"\'=HYPERLINK(""x"")","\'@x","\'+1","\'-1"\r\n'],
  [["＝1", "＋1", "－1", "＠x", "﹢1"], '"\'＝1","\'＋1","\'－1","\'＠x","\'﹢1"\r\n'],
  [["x;=1", "x; =1", "x\t=1", "x\n=1", "x\r\n＝1"], '"x;\'=1","x;\' =1","x\t\'=1","x\n\'=1","x\r\n\'＝1"\r\n'],
  [["  =1", "\u200b=1", "\u00a0\ufeff@x", '"=1'], '"\'  =1","\'\u200b=1","\'\u00a0\ufeff@x","\'""=1"\r\n'],
  [["\tx", "\rx"], '"\'\tx","\'\rx"\r\n'],
  [["", "a=b", "Ana-Maria", "'=1", "a, =b"], '"","a=b","Ana-Maria","\'=1","a, =b"\r\n'],
])("%j is written %j", (cells, line) => {
  expect(csvLine(cells)).toBe(line);
});
