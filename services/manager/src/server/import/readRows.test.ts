import { describe, expect, test } from "vitest";
import { readRows } from "./readRows.ts";

async function read(text: string | Uint8Array, separator: "," | ";" = ",", pieces = 1) {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const length = Math.ceil(bytes.length / pieces);
  const parts = Array.from({ length: pieces }, (_, n) => bytes.subarray(n * length, (n + 1) * length));
  const found = [];
  for await (const rows of readRows(parts, { encoding: "utf-8", separator })) found.push(...rows);
  return found.map(({ row, cells, problem }) => [row, problem === undefined ? cells : problem]);
}

describe("rows are numbered as a spreadsheet numbers them", () => {
  test.each(["\r\n", "\n", "\r"])("with line breaks %j in cells and between rows, and blank lines", async (end) => {
    const text = ["\ufeffa,b", '1,"x\ny"', "", '2,"say ""hi"""', ",", "3,z", ""].join(end);
    for (const pieces of [1, 7]) {
      expect(await read(text, ",", pieces)).toEqual([
        [1, ["a", "b"]],
        [2, ["1", "x\ny"]],
        [4, ["2", 'say "hi"']],
        [6, ["3", "z"]],
      ]);
    }
  });

  test.each(["\r\n", "\n"])("a quote that is not doubled is a letter (%j)", async (end) => {
    const text = ["a;b;c", '1;Hans "Hansi;x', "2;y;", '"3"x;y;', '"Jo "Joe" Doe";z;'].join(end);
    expect(await read(text, ";")).toEqual([
      [1, ["a", "b", "c"]],
      [2, ["1", 'Hans "Hansi', "x"]],
      [3, ["2", "y", ""]],
      [4, ['"3"x', "y", ""]],
      [5, ['"Jo "Joe" Doe"', "z", ""]],
    ]);
  });

  test("a row whose quote takes in the rows behind it names them all", async () => {
    expect(await read('a,b\n1,"xy\n2,3\n4,"5"\n6,7\n')).toEqual([
      [1, ["a", "b"]],
      [2, expect.stringMatching(/so rows 2 to 4 cannot be told apart$/)],
      [5, ["6", "7"]],
    ]);
  });

  test("a row with more cells than headings cannot be trusted; empty cells behind them do not count", async () => {
    expect(await read("a,b\n1,2,,\n1,Ortiz, Ana\n1\n")).toEqual([
      [1, ["a", "b"]],
      [2, ["1", "2", "", ""]],
      [3, "it has 3 cells, and the headings are 2; a cell that holds the separator needs quotes around it"],
      [4, ["1"]],
    ]);
  });
});

test("a quote that is never closed ends the reading with a sentence", async () => {
  await expect(read('a,b\n1,"xy\n2,3\n')).rejects.toThrow(/^Row 2 opens a quote/);
  await expect(read(`a,b\n1,"${"x\n".repeat(90_000)}`)).rejects.toThrow(
    /^Row 2 is longer than 100 kB, or opens a quote/,
  );
  await expect(read(`a,b\n1,${"x".repeat(120_000)}\n2,y\n`)).rejects.toThrow(/^Row 2 is longer than 100 kB/);
});
