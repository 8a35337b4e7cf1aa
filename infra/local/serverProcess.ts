import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { dieWithParent } from "./dieWithParent.ts";
import { freePort } from "./freePort.ts";

/** A server started as a process of its own; it ends with this process. */
export interface ServerProcess extends AsyncDisposable {
  /** The server's own process id, for tests that kill or freeze it. */
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>;
}

export interface ServerCommand {
  /** Its name in error messages. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The server is ready once a line of its output matches; the line must come after the bind. */
  readonly readyLine: RegExp;
}

const readyMilliseconds = 20_000;
const stopMilliseconds = 5_000;

/**
 * Starts a server on `port`, or for 0 on a free one, and waits until it is ready.
 *
 * @throws Error with one sentence and the last lines of the server's output if it ends or hangs before, or the port is taken.
 */
export async function startServer(
  port: number,
  command: (port: number) => ServerCommand,
): Promise<ServerProcess & { readonly port: number }> {
  for (let tries = 1; ; tries++) {
    const at = port || (await freePort());
    try {
      return { ...(await startProcess(command(at))), port: at };
    } catch (error) {
      const taken = error instanceof Error && /in use/i.test(error.message);
      if (taken && port) {
        const { title } = command(port);
        throw new Error(`Port ${port}, meant for ${title}, is taken by another program.`, { cause: error });
      }
      // Between finding a free port and binding it another process may have taken it.
      if (!taken || tries === 5) throw error;
    }
  }
}

async function startProcess(server: ServerCommand): Promise<ServerProcess> {
  const env = server.env && { ...process.env, ...server.env };
  // A process group of its own: Ctrl-C in a terminal reaches the runner only, which stops everything in order.
  const child = spawn("sh", [...dieWithParent, server.command, ...server.args], { env, stdio: "pipe", detached: true });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  // The pipe that signals our end to the watcher breaks when the server ends first; `ended` says so.
  child.stdin.on("error", () => {});
  // Lets the watcher of a server that has ended go.
  child.once("exit", () => child.stdin.destroy());
  try {
    await untilReady(child, server);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return { pid: child.pid as number, ended, [Symbol.asyncDispose]: () => stop(child, ended) };
}

/** Reads output until the ready line; afterwards it is read and dropped, so that the pipe never fills. */
async function untilReady(child: ChildProcess, server: ServerCommand): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (reason: string) => reject(new Error(`${server.title} ${reason}. ${lines.slice(-5).join(" | ")}`));
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      if (lines.length < 100) lines.push(line);
      if (server.readyLine.test(line)) resolve();
    });
  }
  child.once("error", (error) => fail(`could not be started (${error.message})`));
  child.once("close", (code, signal) => fail(`ended before it was ready (${signal ?? code})`));
  const timer = setTimeout(() => fail("was not ready in time"), readyMilliseconds);
  await promise.finally(() => clearTimeout(timer));
}

/** SIGTERM, then SIGKILL for a server that does not end. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopMilliseconds);
  await ended.finally(() => clearTimeout(timer));
}
