import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { itemsOf, lineOf, type RawItem } from "./backupFiles.ts";

const read = async (text: string) => {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-lines-"));
  using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  writeFileSync(join(folder, "one.jsonl.gz"), gzipSync(text));
  return await Array.fromAsync(itemsOf(folder, { name: "one.jsonl.gz", items: 0, bytes: 0, sha256: "" }));
};

const items: RawItem[] = [
  { id: { S: "p-1" }, first: { S: "Ana\u2028María\u2029\u0085\r\n" } },
  { id: { S: "p-2" }, note: { S: "é".repeat(200_000) } },
];

test("an item is one line, whatever line separators it holds, also in a backup that has them unescaped", async () => {
  const text = items.map(lineOf).join("");
  expect(text).not.toMatch(/[\u2028\u2029]/);
  expect(await read(text)).toEqual(items);
  expect(await read(items.map((item) => `${JSON.stringify(item)}\n`).join(""))).toEqual(items);
});

test("a line that is no item is named", async () => {
  await expect(read('{"id":{"S":"p-1"}}\n{"id":\n')).rejects.toThrow("line 2 of one.jsonl.gz is no item");
});
