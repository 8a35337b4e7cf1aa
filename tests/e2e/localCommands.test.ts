import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../infra/local/freePort.ts";
import { startLocalStack } from "../../infra/local/localStack.ts";
import { portsFrom, refuseTakenPorts } from "../../infra/local/ports.ts";
import { isAlive } from "../../scripts/oneAtATime.mjs";
import { processList } from "../processList.ts";

const local = join(import.meta.dirname, "..", "..", "infra", "local");
let folder: string;
let port: number;
let runner: ChildProcess;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "email-agent-start-"));
  // The stack takes ports in a row: a free one well below the range from which the system hands out others.
  port = 10_000 + ((await freePort()) % 10_000);
  output = "";
  runner = run("start.ts", "--port", String(port), "--participants", "20");
  const listen = (text: Buffer) => {
    output += text;
  };
  for (const stream of [runner.stdout, runner.stderr]) stream?.on("data", listen);
});
afterEach(async () => {
  runner.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const run = (command: string, ...args: string[]) =>
  spawn(process.execPath, [join(local, command), "--data", folder, ...args], { detached: true });

const ready = () =>
  eventually("the board is printed", () => output.includes("email-agent is ready"), { withinSeconds: 60 });

/** What a command says until it ends, and its exit code. */
async function wordsOf(child: ChildProcess): Promise<{ words: string; code: number | null }> {
  let words = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => (words += text));
  const [code] = await once(child, "close");
  return { words, code };
}

/** Processes whose command line or environment names the data folder, and those they started. */
function processesOfStack(): number[] {
  const all = processList();
  const found = new Set(
    all.filter(({ pid, command }) => pid === runner.pid || command.includes(folder)).map(({ pid }) => pid),
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
  await ready();
  const before = processesOfStack();
  expect(before.length).toBeGreaterThanOrEqual(7);
  const { pid: notifier } = processList().find(
    ({ pid, command }) => before.includes(pid) && command.includes("services/notifier") && !command.includes("sh -c"),
  )!;
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

test.each([
  ["it has just begun", "Starting email-agent"],
  ["its services are coming up", '"ready"|  ready  '],
])(
  "npm start: Ctrl-C while %s is acknowledged at once and leaves nothing behind",
  { timeout: 120_000 },
  async (_, sign) => {
    await eventually("it is that far", () => new RegExp(sign).test(output), { withinSeconds: 60 });
    const watched = processesOfStack();
    process.kill(-runner.pid!, "SIGINT");
    await eventually("it says so", () => output.includes("Stopping "), { withinSeconds: 10 });
    const [code] = await once(runner, "exit");
    expect(code).toBe(0);
    expect(output).toMatch(/Stopped before it was ready|Stopped\. The data stays in/);
    await eventually("nothing of the stack is left", () => !watched.some(isAlive), { withinSeconds: 5 });
  },
);

test("npm start: killed outright, it takes everything with it", { timeout: 120_000 }, async () => {
  await ready();
  const watched = processesOfStack();
  runner.kill("SIGKILL");
  await eventually("all its processes are gone", () => !watched.some(isAlive), { withinSeconds: 10 });
});

test("npm run demo waits for a stack that is just starting; a second npm start on its data is refused", {
  timeout: 120_000,
}, async () => {
  await eventually("it starts", () => output.includes("Starting email-agent"), { withinSeconds: 20 });
  const [demo, second] = await Promise.all([
    wordsOf(run("demo.ts", "--participants", "20")),
    wordsOf(run("start.ts", "--port", String(port + 20))),
  ]);
  expect(second.words).toMatch(
    /^\S*email-agent is already running on this data \(.*\)\. Stop it first with Ctrl-C in its terminal\.\S*\n$/,
  );
  expect(second.code).toBe(1);
  expect(demo.words).not.toContain("starting one for this demo");
  expect(demo.words).toContain("Every number agrees.");
  expect(demo.code).toBe(0);
  expect(output).toContain("email-agent is ready");
});

test("a part that cannot start takes the others with it, in one sentence", { timeout: 120_000 }, async () => {
  await ready();
  await using other = await temporaryFolder();
  const ports = { ...portsFrom(port + 20), mailchimp: port + 7 };
  await expect(startLocalStack({ dataFolder: other.path, participants: 3, ports })).rejects.toThrow(
    `Port ${port + 7} is taken by another program.`,
  );
  await expect(refuseTakenPorts(portsFrom(port + 20))).resolves.toBeUndefined();
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "email-agent-start-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
