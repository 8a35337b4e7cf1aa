// The Email Manager with pages that reload as their sources change, for `npm start -- --dev`: same environment, no build.
import { join } from "node:path";

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
process.stdout.write(`${JSON.stringify({ level: "info", time: new Date(), service: "manager", msg: "ready" })}\n`);
