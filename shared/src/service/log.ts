/** The log of a service: pino JSON on stdout; `workOrderId`, `runId`, `step`, `commandId` ride along (see `withLogContext`). */
export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
