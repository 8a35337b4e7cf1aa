// Starts the Email Manager: judges the environment as every service does, then runs the built Next.js server.
import { existsSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { setForLibrary } from "@email-agent/shared/kit/config.ts";
import { keepAliveSeconds } from "@email-agent/shared/kit/keepAlive.ts";
import { type Log, openLog } from "@email-agent/shared/kit/log.ts";
import { openMetrics } from "@email-agent/shared/kit/metrics.ts";
import { startPrometheus } from "@email-agent/shared/kit/prometheus.ts";
import { startConfig } from "@email-agent/shared/kit/startConfig.ts";
import { guardRequests } from "./server/front/guardRequests.ts";
import { guardNextServer } from "./server/front/guardServer.ts";
import { startImportWorker } from "./server/import/startImportWorker.ts";

const server = join(import.meta.dirname, "..", ".next", "standalone", "services", "manager", "server.js");

const read = await startConfig("manager");
if (read) {
  const { MANAGER_HOST, MANAGER_PORT, LOG_LEVEL, METRICS_NAMESPACE, METRICS_PORT } = read.config;
  const { OTEL_EXPORTER_OTLP_ENDPOINT: collector } = read.config;
  const log = openLog("manager", LOG_LEVEL);
  for (const warning of read.warnings) log.warn({}, warning);
  if (existsSync(server)) {
    consoleIntoLog(log);
    setForLibrary({
      HOSTNAME: MANAGER_HOST,
      PORT: String(MANAGER_PORT),
      KEEP_ALIVE_TIMEOUT: String(keepAliveSeconds * 1000),
      NEXT_TELEMETRY_DISABLED: "1",
    });
    if (collector) (await import("@email-agent/shared/kit/openTelemetry.ts")).startTracing("manager", collector, log);
    const prometheus = METRICS_PORT === undefined ? undefined : await startPrometheus("manager", METRICS_PORT);
    const metrics = openMetrics("manager", METRICS_NAMESPACE, (line) => process.stdout.write(`${line}\n`));
    guardNextServer(guardRequests({ config: read.config, clock: systemClock, log, metrics }), log);
    await import(server);
    await untilAlive(`http://${MANAGER_HOST}:${MANAGER_PORT}/healthz`);
    startImportWorker(read.config, log);
    log.info({ port: MANAGER_PORT, ...(prometheus && { metricsPort: prometheus.port }) }, "ready");
  } else {
    process.stderr.write("email-agent manager is not built yet. Build it first: npm run build\n");
    process.exitCode = 1;
  }
}

/** Next.js logs to the console; a service's log is JSON line by line, without its greetings. */
function consoleIntoLog(log: Log): void {
  const words = (values: unknown[]) =>
    stripVTControlCharacters(values.map((value) => (value instanceof Error ? value.message : String(value))).join(" "));
  const error = (values: unknown[]) => ({ error: values.find((value) => value instanceof Error) });
  Object.assign(console, {
    log: (...values: unknown[]) => log.debug({}, words(values)),
    info: (...values: unknown[]) => log.debug({}, words(values)),
    warn: (...values: unknown[]) => log.warn({}, words(values)),
    error: (...values: unknown[]) => log.error(error(values), words(values)),
  });
}

/**
 * Next.js listens some moments after it was loaded; if it cannot, it ends the process itself. The connection is closed behind the
 * response: at a SIGTERM in this moment Next.js waits for the end of every connection, and one that is kept alive outlasts it.
 */
async function untilAlive(address: string): Promise<void> {
  const isAlive = () =>
    new Promise<boolean>((resolve) => {
      const request = get(address, { agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.on("error", () => resolve(false));
    });
  while (!(await isAlive())) await pause(50);
}
