import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

/** `<host>-<pid>-<random>`: names one attempt at one run or chunk, for the same process may get the same job twice. */
export function newWorkerName(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** True if both are names of one process, so that one clock wrote their heartbeats. */
export function isSameProcess(one: string, other: string): boolean {
  return processOf(one) === processOf(other);
}

function processOf(worker: string): string {
  return worker.slice(0, worker.lastIndexOf("-"));
}
