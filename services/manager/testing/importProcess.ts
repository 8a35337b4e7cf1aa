// Works on imports in a process of its own, as a manager does: for tests that kill and freeze it, and for measurements.
// Argument 1: the environment of the stack, JSON; argument 2: times of the lease, JSON. Prints its resident memory in
// bytes and its processor time in seconds, each 200 ms.
import { workOnImports } from "../src/server/import/importWorker.ts";
import { managerOver } from "./managerOver.ts";

const [environment = "{}", times] = process.argv.slice(2);
const { manager } = managerOver(JSON.parse(environment));
setInterval(() => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${process.memoryUsage().rss} ${(user + system) / 1e6}\n`);
}, 200).unref();
process.stdout.write("ready\n");
await workOnImports(manager, new AbortController().signal, times === undefined ? undefined : JSON.parse(times));
