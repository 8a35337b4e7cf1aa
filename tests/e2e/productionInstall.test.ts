import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { copyRepository, repositoryFiles } from "../repositoryCopy.ts";

const run = promisify(execFile);
let clone: string;
beforeAll(() => {
  clone = copyRepository();
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

// A build asks Next.js, which adds what it misses to package.json: then the next `git pull` is refused.
test("installing for production and building the Email Manager edit no file of the repository", {
  timeout: 900_000,
}, async () => {
  const steps = readFileSync(join(clone, "infra", "ec2", "README.md"), "utf8");
  const [, install = ""] = /^sudo npm-24 (install .*)$/m.exec(steps) ?? [];
  expect(install).toContain("--omit=dev");
  const cloned = repositoryFiles(clone);
  await run("npm", [...install.split(" "), "--prefer-offline"], { cwd: clone });
  expect(repositoryFiles(clone)).toEqual(cloned);
  await run(process.execPath, ["scripts/buildManager.ts"], { cwd: clone });
  expect(repositoryFiles(clone)).toEqual(cloned);
});
