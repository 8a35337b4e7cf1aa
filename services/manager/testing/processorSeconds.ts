import { readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** Processor time of another process so far (proc(5)). Zero where the system has no /proc, as macOS. */
export function processorSecondsOf(pid: number | undefined): number {
  if (pid === undefined || process.platform !== "linux") return 0;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
