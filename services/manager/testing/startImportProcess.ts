import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ImportTimes } from "../src/server/import/importWorker.ts";

export interface ImportProcessOptions {
  /** Times of the lease; by default those of production. */
  readonly times?: ImportTimes;
  /** Freezes itself when its write of this number is about to be sent; SIGCONT wakes it. */
  readonly freezesAtWrite?: number;
}

export interface ImportProcess extends AsyncDisposable {
  signal(name: NodeJS.Signals): void;
  /** The largest resident memory so far, in bytes. */
  peakBytes(): number;
  /** The most that was alive in it at a time, in bytes. */
  peakAliveBytes(): number;
  /** Processor time so far. */
  processorSeconds(): number;
  isFrozen(): boolean;
  /** What became of the write at which it froze: the HTTP status of its response, or "unsent"; undefined before it is known. */
  lateWrite(): string | undefined;
}

/** Starts a process that works on imports over a stack; resolves when it is ready. */
export async function startImportProcess(
  environment: object,
  options: ImportProcessOptions = {},
): Promise<ImportProcess> {
  const program = join(import.meta.dirname, "importProcess.ts");
  const args = ["--expose-gc", program, JSON.stringify(environment), JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let [peak, peakAlive, seconds] = [0, 0, 0];
  let [isFrozen, late]: [boolean, string | undefined] = [false, undefined];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, "line");
  const ended = once(child, "exit");
  lines.on("line", (line) => {
    if (line === "frozen") isFrozen = true;
    if (line.startsWith("late ")) late = line.slice(5);
    const [bytes, alive, used] = line.split(" ").map(Number);
    if (bytes === undefined || alive === undefined || used === undefined) return;
    peak = Math.max(peak, bytes);
    peakAlive = Math.max(peakAlive, alive);
    seconds = used;
  });
  await ready;
  return {
    signal: (name) => void child.kill(name),
    peakBytes: () => peak,
    peakAliveBytes: () => peakAlive,
    processorSeconds: () => seconds,
    isFrozen: () => isFrozen,
    lateWrite: () => late,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
