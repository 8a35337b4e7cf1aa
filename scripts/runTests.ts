// Runs the whole suite (or the files named on the command line) and ends with one line `N passed, N failed`.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redisKindsHere } from "../infra/local/contract/redisKindsHere.ts";
import { buildManager } from "./buildManager.ts";
import { findChromium } from "./findChromium.ts";

const everything = process.argv.length === 2;
if (everything && (await redisKindsHere()).every((kind) => kind === "js")) {
  process.stderr.write(
    "npm test needs a Redis server, and none is on the path or in this system's packages: install one (macOS: brew install redis; Debian, Ubuntu: apt-get install redis-server) and run it again. Test files that need none can be named: npm test -- scripts\n",
  );
  process.exit(1);
}

// Unpacked before any test has a time limit; where there is none, the tests that need one say so.
if (everything) await findChromium().catch(() => {});
// Stories run the product as it is delivered.
await buildManager((text) => process.stderr.write(`${text}\n`));

const folder = mkdtempSync(join(tmpdir(), "email-agent-tests-"));
const report = join(folder, "report.json");
const vitest = spawn(
  "vitest",
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { stdio: "inherit", shell: process.platform === "win32" },
);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => vitest.kill(signal));
const code = await new Promise<number>((resolve, reject) => {
  vitest.on("error", reject);
  vitest.on("close", (status) => resolve(status ?? 1));
});
const { passed, failed: counted } = totalsOf(report);
rmSync(folder, { recursive: true, force: true });
// Errors outside any test (an unhandled rejection) count as one failure: a green line must never hide a red run.
const failed = code !== 0 && counted === 0 ? 1 : counted;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

function totalsOf(file: string): { passed: number; failed: number } {
  // A run that was interrupted writes no report.
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  const totals = JSON.parse(readFileSync(file, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  // A file that cannot be loaded has no tests to count, yet it failed.
  const unloaded = totals.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  return { passed: totals.numPassedTests, failed: totals.numFailedTests + unloaded.length };
}
