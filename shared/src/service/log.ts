import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { type DestinationStream, pino } from "pino";
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

/** A stable stand-in for an address: the same person has the same hash, and nobody can be written to with it. */
export function addressHash(address: string): string {
  return createHash("sha256").update(address.trim().toLowerCase()).digest("hex").slice(0, 12);
}

const secretFields = ["password", "apiKey", "authorization", "ticket", "secret", "privateKey", "email", "address"];
// The last line of defence, over the finished line: whatever looks like an address, or a ticket in a query string.
const addressInText = /[A-Za-z0-9._%+'-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)/g;
const ticketInText = /([?&]ticket=)[^&"\\\s]+/g;

/**
 * Opens the log. Levels: `info` for domain events, `warn` for a retry, `error` only when a person must act.
 * Addresses become `…@domain`, secrets `[redacted]`.
 */
export function openLog(service: string, level: LogLevel, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      mixin: () => ({ ...context.getStore() }),
      serializers: { error: pino.stdSerializers.errWithCause },
      redact: { paths: [...secretFields, ...secretFields.map((name) => `*.${name}`)], censor: "[redacted]" },
      hooks: { streamWrite: (line) => line.replace(addressInText, "…@$1").replace(ticketInText, "$1[redacted]") },
    },
    destination ?? pino.destination({ sync: true }),
  );
}
