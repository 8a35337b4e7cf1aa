import { AsyncLocalStorage } from "node:async_hooks";
import { type DestinationStream, pino } from "pino";
import { loggable, loggableText } from "./loggable.ts";
import { traceId } from "./tracing.ts";
import type { LogLevel } from "./variables.ts";

/** The log of a service: pino JSON on stdout; `workOrderId`, `runId`, `step`, `commandId` ride along (see `withLogContext`). */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** What rides on every line written inside `withLogContext`. */
export interface LogContext {
  readonly workOrderId?: string;
  readonly runId?: string;
  readonly step?: string;
  readonly commandId?: string;
}

const context = new AsyncLocalStorage<LogContext>();

/** Runs `work`; every line it logs carries these fields, also across awaits. */
export function withLogContext<Result>(fields: LogContext, work: () => Result): Result {
  return context.run({ ...context.getStore(), ...fields }, work);
}

/**
 * Opens the log. Levels: `info` for domain events, `warn` for what passes by itself, `error` only when a person must act.
 * Whatever a line is made of passes `loggable` first: no address, password or token reaches it.
 */
export function openLog(service: string, level: LogLevel, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: {
        logMethod([fields, message], method) {
          const trace = traceId();
          const all = { ...context.getStore(), ...(trace && { trace_id: trace }), ...(fields as object) };
          method.call(this, loggable(all), loggableText(message ?? ""));
        },
      },
    },
    destination ?? pino.destination({ sync: true }),
  );
}
