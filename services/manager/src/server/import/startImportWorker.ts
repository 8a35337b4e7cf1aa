import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { type ManagerConfig, openManager } from "../manager.ts";
import { workOnImports } from "./importWorker.ts";

/**
 * Starts the work on imports in this process. On SIGTERM it stops after the batch it is writing, and another process goes
 * on; Next.js ends the process.
 */
export function startImportWorker(config: ManagerConfig, log: Log): void {
  const manager = openManager(config, log);
  const shutdown = new AbortController();
  const stop = () => shutdown.abort(new AppError("shutting-down", "The Email Manager is shutting down."));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.prependOnceListener(signal, stop);
  void workOnImports(manager, shutdown.signal).catch((error) => {
    log.error({ error }, "the work on imports has ended; the next start of the Email Manager goes on with them");
  });
}
