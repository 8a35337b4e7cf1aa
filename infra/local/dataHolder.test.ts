import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holdData, keepPrivate } from "./dataHolder.ts";
import { secretsFile } from "./localSecrets.ts";

let folder: string;
const umask = process.umask();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "email-agent-data-test-"));
});
afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true, force: true });
});

const modeOf = (...names: string[]) => statSync(join(folder, ...names)).mode & 0o777;

test("data of earlier starts, and what is made from now on, is readable by its owner only", () => {
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, "cloud", "s3"), { recursive: true });
  writeFileSync(join(folder, "cloud", "s3", "object"), "a mail");
  chmodSync(join(folder, "cloud", "s3"), 0o777);
  chmodSync(join(folder, "cloud", "s3", "object"), 0o664);
  const outside = mkdtempSync(join(tmpdir(), "email-agent-data-test-"));
  chmodSync(outside, 0o755);
  symlinkSync(outside, join(folder, "link"));

  keepPrivate(folder);
  writeFileSync(join(folder, "new"), "");
  mkdirSync(join(folder, "newFolder"));

  expect([modeOf(), modeOf("cloud"), modeOf("cloud", "s3"), modeOf("newFolder")]).toEqual([0o700, 0o700, 0o700, 0o700]);
  expect([modeOf("cloud", "s3", "object"), modeOf("new")]).toEqual([0o600, 0o600]);
  expect(statSync(outside).mode & 0o777).toBe(0o755);
  rmSync(outside, { recursive: true });
});

test("a folder of something else is refused, and stays as it is", () => {
  writeFileSync(join(folder, "thesis.txt"), "");
  chmodSync(folder, 0o755);
  expect(() => holdData(folder)).toThrow(/holds no data of email-agent, so it is left alone/);
  expect(modeOf()).toBe(0o755);
  writeFileSync(join(folder, secretsFile), "{}");
  using _held = holdData(folder);
  expect(() => holdData(folder)).toThrow(/already running/);
});
