// The Email Manager with pages that reload as their sources change, for `npm start -- --dev`: same environment, no build.
import { join } from "node:path";
import { readConfig } from "@email-agent/shared/kit/config.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { startImportWorker } from "../../services/manager/src/server/import/startImportWorker.ts";

const folder = join(import.meta.dirname, "..", "..", "services", "manager");
const { MANAGER_HOST = "127.0.0.1", MANAGER_PORT = "" } = process.env;
process.argv.push("dev", folder, "--hostname", MANAGER_HOST, "--port", MANAGER_PORT);
process.env["NEXT_TELEMETRY_DISABLED"] = "1";
await import(join(folder, "..", "..", "node_modules", "next", "dist", "bin", "next"));

const health = `http://${MANAGER_HOST}:${MANAGER_PORT}/healthz`;
const isAlive = () =>
  fetch(health).then(
    ({ ok }) => ok,
    () => false,
  );
while (!(await isAlive())) await new Promise((resolve) => setTimeout(resolve, 200));
// Pages are served by a process of their own; the work on imports is done in this one.
const read = readConfig("manager", process.env);
if ("config" in read) startImportWorker(read.config, openLog("manager", read.config.LOG_LEVEL));
process.stdout.write(`${JSON.stringify({ level: "info", time: new Date(), service: "manager", msg: "ready" })}\n`);
