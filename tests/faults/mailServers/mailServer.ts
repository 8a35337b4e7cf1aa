import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { promisify } from "node:util";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { type ServerProcess, startServer } from "../../../infra/local/serverProcess.ts";
import { NotPossibleHere } from "../scenario.ts";

/** A real mail server of a scenario alone, on a port of 127.0.0.1, with its own configuration, queue and log. */
export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Its queue is here. */
  readonly queueFolder: string;
  log(): Promise<string>;
  /** A line `Message-ID: …` for each message that its log and its queue say it took over, once for each queue id. */
  accepted(): Promise<string[]>;
  /** Kills it and all its processes, as a crash of the machine does. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, queue and log. */
  start(): Promise<void>;
}

/** Starts the program of a mail server in the foreground. Resolves when its port greets. */
export async function launch(title: string, port: number, program: readonly string[]): Promise<ServerProcess> {
  const args = ["-c", 'echo started; exec "$@"', "sh", ...program];
  const server = await startServer(port, () => ({ title, command: "sh", args, readyLine: /^started/ }));
  await eventually(`${title} greets`, () => greets(port), { withinSeconds: 20, everyMilliseconds: 50 });
  return server;
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(2000, () => end(false));
    const end = (isGreeting: boolean) => {
      socket.destroy();
      resolve(isGreeting);
    };
    socket.once("data", (bytes) => end(bytes.toString("latin1").startsWith("220")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

/** Rejects with `NotPossibleHere` where a process cannot have mounts of its own, as in most containers. */
export async function needOwnMounts(): Promise<void> {
  await promisify(execFile)("unshare", ["--mount", "true"]).catch((error) => {
    throw new NotPossibleHere(`A process cannot have mounts of its own here: ${error.message}`);
  });
}

interface Process {
  readonly pid: number;
  readonly name: string;
}

/** The children of a process, from /proc. */
export async function childrenOf(parent: number): Promise<Process[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      // A name may contain blanks and brackets.
      const [, name = "", ppid] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? [];
      return { pid: Number(pid), name, ppid: Number(ppid) };
    }),
  );
  return all.filter(({ ppid }) => ppid === parent);
}

/** Signals a process, or a group of them (`-pid`), that may have ended by itself. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
