import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
let clone: string;
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
    cwd: clone,
    encoding: "utf8",
  });

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), "email-agent-install-"));
  for (const file of execFileSync("git", ["ls-files"], { cwd: root, encoding: "utf8" }).trim().split("\n")) {
    mkdirSync(join(clone, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(clone, file));
  }
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "--message", "as it is");
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

// A build asks Next.js, which adds what it misses to package.json: then the next `git pull` is refused.
test("installing for production and building the Email Manager edit no file of the repository", {
  timeout: 900_000,
}, async () => {
  const steps = readFileSync(join(root, "infra", "ec2", "README.md"), "utf8");
  const [, install = ""] = /^sudo npm-24 (install .*)$/m.exec(steps) ?? [];
  expect(install).toContain("--omit=dev");
  await run("npm", [...install.split(" "), "--prefer-offline"], { cwd: clone });
  expect(git("status", "--porcelain")).toBe("");
  await run(process.execPath, ["scripts/buildManager.ts"], { cwd: clone });
  expect(git("status", "--porcelain")).toBe("");
});
