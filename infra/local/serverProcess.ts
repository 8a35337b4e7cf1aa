import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A server started as a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. */
  readonly ended: Promise<void>;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The server is ready once a line of its output matches. It stands after the bind, so a taken port never matches. */
  readonly readyLine: RegExp;
  readonly folder?: string;
  readonly readySeconds?: number;
}

/**
 * `sh` becomes the server by exec, so the pid is the server's own, and leaves behind a watcher that waits on the pipe from
 * this process: when this process ends, even by kill -9, the pipe closes and the watcher kills the server.
 */
const dieWithParent = 'exec 3<&0; (read -r _ <&3; kill -9 $$) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-';

/** Starts a server and waits until it is ready. Throws with the last lines of its output if it ends or hangs before. */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
  const child = spawn("sh", ["-c", dieWithParent, "sh", server.command, ...server.args], {
    cwd: server.folder,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  try {
    await untilReady(child, server);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  child.stdin?.on("error", () => {});
  return { pid: child.pid as number, ended, [Symbol.asyncDispose]: () => stop(child, ended) };
}

/** Reads output until the ready line; afterwards output is drained and dropped, so that the pipe never fills. */
async function untilReady(child: ChildProcess, server: ServerCommand): Promise<void> {
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (reason: string) => reject(new Error(`${server.command} ${reason}. ${lines.slice(-5).join(" | ")}`));
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      if (lines.length < 200) lines.push(line);
      if (server.readyLine.test(line)) resolve();
    });
  }
  child.once("error", (error) => fail(`could not be started (${error.message})`));
  child.once("close", (code, signal) => fail(`ended before it was ready (${signal ?? code})`));
  const timer = setTimeout(() => fail("was not ready in time"), (server.readySeconds ?? 20) * 1000);
  await promise.finally(() => clearTimeout(timer));
}

/** SIGTERM, and SIGKILL for a server that has not ended 5 s later. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await Promise.race([exited, ended]).finally(() => clearTimeout(timer));
}

/** Tries `start` on several free ports: between finding a port and binding it another process may have taken it. */
export async function onFreePort<Started>(
  port: number,
  findPort: () => Promise<number>,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  if (port !== 0) return start(port);
  for (let tries = 1; ; tries++) {
    try {
      return await start(await findPort());
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}
