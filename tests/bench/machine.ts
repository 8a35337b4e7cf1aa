import { availableParallelism, cpus, release, totalmem } from "node:os";
import { machineCpuSeconds, treeCpuSeconds } from "./processes.ts";

/** One line: what the figures were measured on. */
export function machineFacts(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `${availableParallelism()} cores`,
    cpus()[0]?.model.trim() ?? "unknown CPU",
    `${gigabytes} GB`,
    `Linux ${release()}`,
    `Node ${process.version}`,
  ].join(" · ");
}

/** Begins to watch; returns how many cores other programs have used on average since then. */
export function watchOthers(): () => number {
  const start = readings();
  return () => {
    const end = readings();
    const others = end.machine - start.machine - (end.own - start.own);
    return Math.max(0, others) / (end.at - start.at);
  };
}

function readings() {
  return { at: performance.now() / 1000, machine: machineCpuSeconds(), own: treeCpuSeconds(process.pid) };
}
