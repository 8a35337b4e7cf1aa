import { leaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import { AppError } from "./errors.ts";
import { startHealthServer } from "./healthServer.ts";
import { type Log, openLog } from "./log.ts";
import { type Metrics, openMetrics } from "./metrics.ts";
import { startPrometheus } from "./prometheus.ts";
import { startConfig } from "./startConfig.ts";
import type { ConfigOf, ServiceName } from "./variables.ts";

/** What a service's wiring gets. */
export interface ServiceKit<Service extends ServiceName> {
  readonly config: ConfigOf<Service>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Aborts when the graceful shutdown begins, before anything is closed: stop taking work. */
  readonly shutdown: AbortSignal;
  /** Registers something to close; closing goes newest first. Returns it. */
  use<Resource extends Disposable | AsyncDisposable>(resource: Resource): Resource;
  /** A dependency that `/readyz` checks. */
  check(name: string, isReady: () => Promise<unknown>): void;
}

/** The rows every service has; the compiler cannot see that through the type parameter. */
type EveryService = Pick<
  ConfigOf<"ingest">,
  "LOG_LEVEL" | "HEALTH_PORT" | "METRICS_NAMESPACE" | "METRICS_PORT" | "OTEL_EXPORTER_OTLP_ENDPOINT"
>;

/** Graceful shutdown: workers finish or release their work within 30 s of SIGTERM; after this the process is ended. Fargate kills at `stopTimeout` (40 s). */
export const shutdownSeconds = leaseTimes.shutdownMilliseconds / 1000;

/**
 * Runs one service process: reads and judges the environment (`--help`, `--check`), opens log, metrics and health server,
 * calls `wire`, and on SIGTERM or SIGINT closes everything newest first. A throw in `wire`, an unhandled rejection or an
 * uncaught exception ends the process with code 1: the platform restarts it, and the database decides what goes on.
 */
export async function runService<Service extends Exclude<ServiceName, "manager" | "lambdas">>(
  service: Service,
  wire: (kit: ServiceKit<Service>) => Promise<void>,
): Promise<void> {
  const result = await startConfig(service);
  if (!result) return;
  const log = openLog(service, (result.config as unknown as EveryService).LOG_LEVEL);
  for (const warning of result.warnings) log.warn({}, warning);
  await runUntilSignal(service, result.config, log, wire);
}

async function runUntilSignal<Service extends ServiceName>(
  service: Service,
  config: ConfigOf<Service>,
  log: Log,
  wire: (kit: ServiceKit<Service>) => Promise<void>,
): Promise<void> {
  const stack = new AsyncDisposableStack();
  const shutdown = new AbortController();
  const starting = () => Promise.reject(new Error("it is still starting"));
  const checks = new Map<string, () => Promise<unknown>>([["start", starting]]);
  const { METRICS_NAMESPACE, METRICS_PORT, OTEL_EXPORTER_OTLP_ENDPOINT: collector } = config as unknown as EveryService;
  const metrics = stack.use(openMetrics(service, METRICS_NAMESPACE, (line) => process.stdout.write(`${line}\n`)));
  let ending = false;

  const end = async (code: number, why: string) => {
    if (ending) return;
    ending = true;
    process.exitCode = code;
    log.info({ why }, "stopping");
    const deadline = setTimeout(() => {
      log.error({ shutdownSeconds }, "did not stop in time and was ended; another process takes its work over");
      process.exit(1);
    }, shutdownSeconds * 1000);
    shutdown.abort(new AppError("shutting-down", `${service} is shutting down`));
    try {
      await stack.disposeAsync();
      log.info({}, "stopped");
    } catch (error) {
      log.error({ error }, "closing failed");
      process.exitCode = 1;
    }
    clearTimeout(deadline);
    process.exit();
  };
  const fail = (error: unknown) => {
    log.error({ error }, "the process cannot go on and ends; the platform starts it again");
    void end(1, "failure");
  };
  process.on("SIGTERM", () => void end(0, "SIGTERM"));
  process.on("SIGINT", () => void end(0, "SIGINT"));
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);

  try {
    if (collector) stack.use((await import("./openTelemetry.ts")).startTracing(service, collector, log));
    const prometheus = METRICS_PORT === undefined ? undefined : stack.use(await startPrometheus(service, METRICS_PORT));
    const health = stack.use(await startHealthServer((config as unknown as EveryService).HEALTH_PORT, checks));
    await wire({
      config,
      log,
      metrics,
      shutdown: shutdown.signal,
      use: (resource) => {
        stack.use(resource);
        return resource;
      },
      check: (name, isReady) => void checks.set(name, isReady),
    });
    checks.delete("start");
    log.info({ healthPort: health.port, ...(prometheus && { metricsPort: prometheus.port }) }, "ready");
  } catch (error) {
    fail(error);
  }
}
