// Works on imports in a process of its own, as a manager does: for tests that kill and freeze it, and for measurements.
// Argument 1: the environment of the stack, JSON; argument 2: times of the lease, JSON. Prints, each 500 ms, its resident
// memory and what is alive of it, in bytes, and its processor time in seconds. The garbage is collected before: what it
// holds is no memory that the work needs.
import { workOnImports } from "../src/server/import/importWorker.ts";
import { managerOver } from "./managerOver.ts";

const [environment = "{}", times] = process.argv.slice(2);
const { manager } = managerOver(JSON.parse(environment));
setInterval(() => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${rss} ${heapUsed + external} ${(user + system) / 1e6}\n`);
}, 500).unref();
process.stdout.write("ready\n");
await workOnImports(manager, new AbortController().signal, times === undefined ? undefined : JSON.parse(times));
