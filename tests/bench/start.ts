import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { portsFrom, refuseTakenPorts } from "../../infra/local/ports.ts";
import { processTree } from "../processList.ts";
import { openTemporaryFolder } from "../temporaryFolder.ts";
import { below, type Figure, plain } from "./figures.ts";
import { memoryOf } from "./processes.ts";

const root = join(import.meta.dirname, "..", "..");
const localFolder = join(root, "infra", "local");
/** On the disk, where `npm start` keeps its data. */
const onDisk = [{ path: join(root, ".cache"), neededBytes: 0 }];
const megabyte = 1e6;

/** From the start of the runner to its board of addresses, and the memory of everything it started. */
export async function start(say: (text: string) => void): Promise<Figure[]> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  using folder = openTemporaryFolder(onDisk);
  const first = await startOnce(folder.path);
  say(`first start, with the demo organisation: ready after ${first.seconds.toFixed(1)} s`);
  await stop(first.runner);
  const second = await startOnce(folder.path);
  say(`with the data of the first: ready after ${second.seconds.toFixed(1)} s`);
  try {
    const ready = memory(second.runner);
    say(
      `ready: ${megabytes(ready.residentBytes)} resident, ${megabytes(ready.proportionalBytes)} with shared pages divided`,
    );
    await runDemo(folder.path);
    const used = memory(second.runner);
    say(`after a mailing: ${megabytes(used.residentBytes)} resident, ${megabytes(used.proportionalBytes)}`);
    return [
      below("start", "first start to ready", first.seconds, 15, "s"),
      below("start", "second start to ready", second.seconds, 15, "s"),
      below("start", "resident memory of the whole stack, ready", ready.residentBytes / megabyte, 1200, "MB"),
      below("start", "… after a mailing", used.residentBytes / megabyte, 1200, "MB"),
      plain("start", "… shared pages divided (PSS)", used.proportionalBytes / megabyte, "MB"),
    ];
  } finally {
    await stop(second.runner);
  }
}

async function startOnce(dataFolder: string): Promise<{ runner: ChildProcess; seconds: number }> {
  const port = await freePortRow();
  const startedAt = performance.now();
  const runner = spawn(
    process.execPath,
    [join(localFolder, "start.ts"), "--data", dataFolder, "--port", String(port)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: runner.stdout! });
  const ready = new Promise<number>((resolve, reject) => {
    lines.on("line", (line) => {
      if (line.includes("email-agent is ready")) resolve(performance.now());
    });
    runner.once("exit", (code) => reject(new Error(`The local stack ended with code ${code} before it was ready.`)));
  });
  return { runner, seconds: ((await ready) - startedAt) / 1000 };
}

async function stop(runner: ChildProcess): Promise<void> {
  if (runner.exitCode !== null) return;
  const ended = once(runner, "exit");
  runner.kill("SIGTERM");
  await ended;
}

async function runDemo(dataFolder: string): Promise<void> {
  const demo = spawn(process.execPath, [join(localFolder, "demo.ts"), "--data", dataFolder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(demo, "exit");
  if (code !== 0) throw new Error(`The demo ended with code ${code}.`);
}

/** The first of as many ports in a row as the stack needs. */
async function freePortRow(): Promise<number> {
  for (let port = 21_000; port < 30_000; port += 20)
    if (
      await refuseTakenPorts(portsFrom(port)).then(
        () => true,
        () => false,
      )
    )
      return port;
  throw new Error("No row of free ports was found.");
}

const memory = (runner: ChildProcess) => memoryOf(processTree(runner.pid!));
const megabytes = (bytes: number) => `${Math.round(bytes / megabyte)} MB`;
