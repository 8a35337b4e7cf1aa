import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  /** The program and its arguments, with blanks between them. */
  readonly command: string;
}

/** All processes that are alive: from /proc (proc(5)) where the system has it, else from `ps` (macOS). */
export function processList(): ListedProcess[] {
  if (!existsSync("/proc/self/stat")) return listedByPs();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
}

/** A process and all below it, as far as they are alive. */
export function processTree(root: number): number[] {
  const all = processList();
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return tree;
}

/** Undefined for a process that has ended meanwhile. */
function readProcess(pid: number): ListedProcess | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold anything; behind it stand the state and the parent.
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").join(" ").trim();
    return { pid, parent: Number(parent), command };
  } catch {
    return undefined;
  }
}

function listedByPs(): ListedProcess[] {
  const rows = execFileSync("ps", ["-axo", "pid=,ppid=,command="], { encoding: "utf8" }).trim().split("\n");
  return rows.flatMap((row) => {
    const [, pid, parent, command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), command }] : [];
  });
}
