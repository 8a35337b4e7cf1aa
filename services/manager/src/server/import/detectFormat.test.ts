import { describe, expect, test } from "vitest";
import { detectEncoding, detectSeparator } from "./detectFormat.ts";

async function* parts(...pieces: readonly Uint8Array[]) {
  yield* pieces;
}
const utf16 = (text: string) => Buffer.from(text, "utf16le");

describe("the encoding", () => {
  test.each([
    ["UTF-8", [Buffer.from("Müller")], "utf-8"],
    [
      "UTF-8 whose letter is cut between two parts",
      [Buffer.from("M\u00fc").subarray(0, 2), Buffer.from("\u00fcller").subarray(1)],
      "utf-8",
    ],
    ["UTF-8 with a mark", [Buffer.from("\ufeffid")], "utf-8"],
    ["Windows-1252, as Excel saves", [Buffer.from("M\u00fcller \u00a7", "latin1")], "windows-1252"],
    [
      "Windows-1252 with its first accent in a later part",
      [Buffer.from("a,b\n"), Buffer.from("\u00e9", "latin1")],
      "windows-1252",
    ],
    ["UTF-16 with a mark", [utf16("\ufeffid\tname")], "utf-16le"],
    ["UTF-16 without", [utf16("id\tname\r\n1\tAna")], "utf-16le"],
    ["UTF-16 with the high byte first", [utf16("id\tname").swap16()], "utf-16be"],
  ])("%s", async (_, pieces, encoding) => {
    expect(await detectEncoding(parts(...pieces))).toBe(encoding);
  });

  test("a workbook is refused with the repair", async () => {
    await expect(detectEncoding(parts(Buffer.from("PK\u0003\u0004")))).rejects.toThrow(/save it as “CSV UTF-8”/);
  });
});

describe("the separator", () => {
  test.each([
    ["comma", 'a,b,c\n1,"x;y;z;w",3\n', ","],
    ["semicolon, with commas in the cells", "a;b\n1,5;2,5\n3,5;x, y, z\n", ";"],
    ["tab", "a\tb\n1,5\t2;5\n", "\t"],
    ["one column", "email\nana@example.org\n", ","],
    ["semicolon, every cell in quotes", '"a";"b"\n"1,2";"say ""hi"""\n', ";"],
  ])("%s", async (_, text, separator) => {
    expect(await detectSeparator(() => parts(Buffer.from(text)), "utf-8")).toBe(separator);
  });
});
