// Works on imports in a process of its own, as a manager does: for tests that kill and freeze it, and for measurements.
// Argument 1: the environment of the stack, JSON; argument 2: ImportProcessOptions, JSON. Prints, each 500 ms, its resident
// memory and what is alive of it, in bytes, and its processor time in seconds. The garbage is collected before: what it
// holds is no memory that the work needs.
import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest, IncomingMessage } from "node:http";
import { workOnImports } from "../src/server/import/importWorker.ts";
import { managerOver } from "./managerOver.ts";
import type { ImportProcessOptions } from "./startImportProcess.ts";

const [environment = "{}", given = "{}"] = process.argv.slice(2);
const options: ImportProcessOptions = JSON.parse(given);
const { manager } = managerOver(JSON.parse(environment));
if (options.freezesAtWrite !== undefined) freezeAt(options.freezesAtWrite);
setInterval(() => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${rss} ${heapUsed + external} ${(user + system) / 1e6}\n`);
}, 500).unref();
process.stdout.write("ready\n");
await workOnImports(manager, new AbortController().signal, options.times);

/**
 * Freezes this process once, when its nth write of people is signed and its first byte not yet written: what the work checks
 * before a request is behind it. Prints when it does, and what becomes of the request when it wakes.
 */
function freezeAt(write: number): void {
  let writes = 0;
  let late: ClientRequest | undefined;
  subscribe("http.client.request.created", (message) => {
    const { request } = message as { request: ClientRequest };
    if (!String(request.getHeader("x-amz-target")).endsWith(".TransactWriteItems")) return;
    writes += 1;
    if (writes !== write) return;
    late = request;
    process.stdout.write("frozen\n");
    process.kill(process.pid, "SIGSTOP");
  });
  subscribe("http.client.response.finish", (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    if (request === late) process.stdout.write(`late ${response.statusCode}\n`);
  });
  subscribe("http.client.request.error", (message) => {
    if ((message as { request: ClientRequest }).request === late) process.stdout.write("late unsent\n");
  });
}
