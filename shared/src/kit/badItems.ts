import type { Log } from "./log.ts";

/** Logs an item that does not fit its schema. `text` says what goes on without it. */
export type ReportBadItem = (error: unknown, text: string) => void;

/** Faults that are remembered; with more of them each may be logged again. */
const maxRemembered = 1000;

/**
 * Logs each fault of an item at level `error` once per process, however often lists read it: a person must repair it, and
 * one line says so. A line at every reading would keep the alarm of the service on, and take back a release that is sound.
 */
export function badItemLog(log: Pick<Log, "error">): ReportBadItem {
  const reported = new Set<string>();
  return (error, text) => {
    const fault = error instanceof Error ? error.message : String(error);
    if (reported.has(fault)) return;
    if (reported.size >= maxRemembered) reported.clear();
    reported.add(fault);
    log.error({ error }, text);
  };
}
