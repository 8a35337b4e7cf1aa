import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ImportTimes } from "../src/server/import/importWorker.ts";

export interface ImportProcess extends AsyncDisposable {
  signal(name: NodeJS.Signals): void;
  /** The largest resident memory so far, in bytes. */
  peakBytes(): number;
  /** The most that was alive in it at a time, in bytes. */
  peakAliveBytes(): number;
  /** Processor time so far. */
  processorSeconds(): number;
}

/** Starts a process that works on imports over a stack; resolves when it is ready. */
export async function startImportProcess(environment: object, times?: ImportTimes): Promise<ImportProcess> {
  const args = ["--expose-gc", join(import.meta.dirname, "importProcess.ts"), JSON.stringify(environment)];
  if (times) args.push(JSON.stringify(times));
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let [peak, peakAlive, seconds] = [0, 0, 0];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, "line");
  const ended = once(child, "exit");
  lines.on("line", (line) => {
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
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
