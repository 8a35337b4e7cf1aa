import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { dieWithParent } from "./dieWithParent.ts";

export interface ServiceProcessOptions {
  readonly name: string;
  /** Path of the entry file. */
  readonly entry: string;
  /** The whole environment: nothing is inherited, so that a stray variable of the machine changes nothing. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every line it prints, stdout and stderr. */
  readonly onLine: (name: string, line: string) => void;
  /** Something a person should know: it died, it is started again, it cannot start. */
  readonly onNews: (text: string) => void;
}

export interface ServiceProcess extends AsyncDisposable {
  readonly name: string;
  /** Of the process running now; undefined between a death and the next start. */
  pid(): number | undefined;
  /** How often it was started again. */
  restarts(): number;
}

const drainMilliseconds = 35_000;
const quickDeathMilliseconds = 3000;
const quickDeathsAllowed = 3;

/**
 * Runs a service as a process of its own and starts it again when it dies, at once the first time, then with growing
 * pauses. It gets its own process group: Ctrl-C in the terminal reaches the runner only, which then stops everything
 * in order.
 */
export function startServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;
  let restarts = 0;
  let quickDeaths = 0;

  const start = () => {
    const startedAt = Date.now();
    const started = spawn("sh", [...dieWithParent, process.execPath, options.entry], {
      env: { ...options.environment },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      createInterface({ input: stream }).on("line", (line) => options.onLine(options.name, line));
    started.once("exit", (code, signal) => {
      child = undefined;
      // Lets its watcher go, which waits on this pipe.
      started.stdin.destroy();
      if (stopping) return;
      quickDeaths = Date.now() - startedAt < quickDeathMilliseconds && code === 1 ? quickDeaths + 1 : 0;
      if (quickDeaths >= quickDeathsAllowed) {
        options.onNews(`${options.name} cannot start (the reason is above); it is not restarted.`);
        return;
      }
      restarts++;
      const pauseMilliseconds = quickDeaths === 0 ? 100 : 500 * 2 ** quickDeaths;
      options.onNews(`${options.name} ended (${signal ?? `code ${code}`}); starting it again.`);
      timer = setTimeout(start, pauseMilliseconds);
    });
  };
  start();
  return {
    name: options.name,
    pid: () => child?.pid,
    restarts: () => restarts,
    async [Symbol.asyncDispose]() {
      stopping = true;
      clearTimeout(timer);
      await stopProcess(child);
    },
  };
}

/** SIGTERM, then SIGKILL at the drain deadline. */
async function stopProcess(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const deadline = setTimeout(() => child.kill("SIGKILL"), drainMilliseconds);
  await ended;
  clearTimeout(deadline);
}
