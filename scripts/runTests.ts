// Runs the whole suite (or the files named on the command line) and ends with one line `N passed, N failed`.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildManager } from "./buildManager.ts";

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
let passed = 0;
let failed = 0;
try {
  const totals = JSON.parse(readFileSync(report, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    testResults: { status: string; assertionResults: unknown[] }[];
  };
  passed = totals.numPassedTests;
  // A file that cannot be loaded has no tests to count, yet it failed.
  failed =
    totals.numFailedTests +
    totals.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// Errors outside any test (an unhandled rejection) count as one failure: a green line must never hide a red run.
if (code !== 0 && failed === 0) failed = 1;
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
