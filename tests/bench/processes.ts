import { readFileSync, writeFileSync } from "node:fs";
import { processTree } from "../processList.ts";

// What Linux reports of processes under /proc (proc(5)); other systems have no such figures, so the bench runs on Linux only.

/** Jiffies per second as /proc counts them: fixed at 100 for programs, whatever the kernel's own tick. */
const jiffiesPerSecond = 100;
const kilobyte = 1024;

/** What a process is: the last part of its program's path, or of the script a Node runs. */
export function processName(pid: number): string {
  const [program = "", ...args] = (read(`/proc/${pid}/cmdline`) ?? "").split("\0");
  const script = args.find((arg) => /\.[mc]?[tj]s$/.test(arg));
  return (program.endsWith("node") && script ? script : program).split("/").slice(-3).join("/");
}

export interface Memory {
  /** Sum of the resident sets; pages that processes share count once for each. */
  readonly residentBytes: number;
  /** Shared pages divided among those who share them: what really is in use. */
  readonly proportionalBytes: number;
}

/** The memory of several processes together. */
export function memoryOf(pids: readonly number[]): Memory {
  let residentBytes = 0;
  let proportionalBytes = 0;
  for (const pid of pids) {
    residentBytes += field(`/proc/${pid}/status`, "VmRSS");
    proportionalBytes += field(`/proc/${pid}/smaps_rollup`, "Pss");
  }
  return { residentBytes, proportionalBytes };
}

/** Begins a new peak: the kernel forgets the highest resident set it has seen. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

/** The highest resident set since the start, or since `forgetPeak`. */
export function peakBytes(pid: number): number {
  return field(`/proc/${pid}/status`, "VmHWM");
}

/** CPU a living process has used, user and system, without its children. */
export function cpuSeconds(pid: number): number {
  return (statOf(pid)?.ownJiffies ?? 0) / jiffiesPerSecond;
}

/** CPU of a process, of all living ones below it, and of those below that have ended. */
export function treeCpuSeconds(root: number): number {
  const jiffies = processTree(root).map((pid) => {
    const stat = statOf(pid);
    return stat ? stat.ownJiffies + stat.endedChildrenJiffies : 0;
  });
  return jiffies.reduce((sum, one) => sum + one, 0) / jiffiesPerSecond;
}

/** CPU all programs of the machine have used since it started. */
export function machineCpuSeconds(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0] = (
    readFileSync("/proc/stat", "utf8").split("\n")[0] ?? ""
  )
    .split(/\s+/)
    .map(Number);
  return (user + nice + system + irq + softIrq) / jiffiesPerSecond;
}

function statOf(pid: number) {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name in parentheses may hold anything; the fields behind it are numbers, from the third on.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const numberAt = (place: number) => Number(fields[place - 3]);
  return {
    pid,
    ownJiffies: numberAt(14) + numberAt(15),
    endedChildrenJiffies: numberAt(16) + numberAt(17),
  };
}

function field(file: string, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(read(file) ?? "");
  return Number(line?.[1] ?? 0) * kilobyte;
}

/** Undefined for a process that has ended meanwhile. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It is gone: it has nothing any more.
    return undefined;
  }
}
