import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../infra/local/freePort.ts";

const start = join(import.meta.dirname, "..", "..", "infra", "local", "start.ts");
let folder: string;
let runner: ChildProcess;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "email-agent-start-"));
  // The stack takes ports in a row: a free one well below the range from which the system hands out others.
  const port = 10_000 + ((await freePort()) % 10_000);
  output = "";
  runner = spawn(process.execPath, [start, "--data", folder, "--port", String(port), "--participants", "20"], {
    detached: true,
  });
  const listen = (text: Buffer) => {
    output += text;
  };
  for (const stream of [runner.stdout, runner.stderr]) stream?.on("data", listen);
  await eventually("the board is printed", () => output.includes("email-agent is ready"), { withinSeconds: 60 });
});
afterEach(async () => {
  runner.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** Processes whose command line or environment names the data folder, and those they started. */
function processesOfStack(): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  const all = rows
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!.slice(1))
    .map(([pid, parent, args]) => ({ pid: Number(pid), parent: Number(parent), args: args! }));
  const found = new Set(
    all.filter(({ pid, args }) => pid === runner.pid || args.includes(folder)).map(({ pid }) => pid),
  );
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

test("npm start: a killed service comes back; one Ctrl-C stops everything in order and leaves nothing behind", {
  timeout: 120_000,
}, async () => {
  const before = processesOfStack();
  expect(before.length).toBeGreaterThanOrEqual(7);
  const rows = execFileSync("ps", ["-o", "pid=,args=", "-p", before.join(",")], { encoding: "utf8" }).split("\n");
  const notifier = Number(
    rows
      .find((row) => row.includes("services/notifier") && !row.includes("sh -c"))!
      .trim()
      .split(" ")[0],
  );
  process.kill(notifier, "SIGKILL");
  await eventually(
    "the notifier is started again",
    () => /notifier ended \(SIGKILL\)[\s\S]*notifier +info +ready/.test(output),
    { withinSeconds: 30 },
  );

  const watched = processesOfStack();
  // As a terminal does: to the whole group of the runner.
  process.kill(-runner.pid!, "SIGINT");
  const [code] = await once(runner, "exit");
  expect(code).toBe(0);
  expect(output).toContain("Stopped. The data stays in");
  expect(output).not.toContain("Redis is away");
  await eventually("nothing of the stack is left", () => !watched.some(isAlive), { withinSeconds: 5 });
});

test("npm start: killed outright, it takes everything with it", { timeout: 120_000 }, async () => {
  const watched = processesOfStack();
  runner.kill("SIGKILL");
  await eventually("all its processes are gone", () => !watched.some(isAlive), { withinSeconds: 10 });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}
