import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { holdData } from "./dataHolder.ts";
import { keepLogs, logFolderOf } from "./keepLogs.ts";

test("a start that ends before a service has logged leaves a folder that the next start takes", () => {
  const folder = mkdtempSync(join(tmpdir(), "email-agent-logs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const keep = keepLogs(folder);
  expect(readdirSync(folder)).toEqual([]);
  holdData(folder)[Symbol.dispose]();
  keep('{"level":"info","msg":"ready"}');
  keep("a metric, or another text");
  expect(readFileSync(join(logFolderOf(folder), "services.jsonl"), "utf8")).toBe('{"level":"info","msg":"ready"}\n');
});
