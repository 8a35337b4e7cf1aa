import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { type ManagerConfig, openManager } from "../manager.ts";
import { workOnImports } from "./importWorker.ts";

/** The batch under way and the release of the import are some writes; the platform ends the process after 40 s. */
const releaseMilliseconds = 10_000;

/**
 * Starts the work on imports in this process; call it when Next.js listens. On SIGTERM the work stops after the batch under
 * way and releases its import, so that another process goes on at once; then Next.js ends the process as it would have.
 */
export function startImportWorker(config: ManagerConfig, log: Log): void {
  const manager = openManager(config, log);
  const shutdown = new AbortController();
  const working = workOnImports(manager, shutdown.signal).catch((error) => {
    log.error({ error }, "the work on imports has ended; the next start of the Email Manager goes on with them");
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // Next.js exits some milliseconds after a signal; its handlers wait for the release.
    const handlers = process.listeners(signal);
    process.removeAllListeners(signal);
    process.once(signal, () => {
      shutdown.abort(new AppError("shutting-down", "The Email Manager is shutting down."));
      void Promise.race([working, systemClock.sleep(releaseMilliseconds)]).then(() => {
        for (const handler of handlers) handler(signal);
      });
    });
  }
}
