import { z } from "zod";

/** An instant as every table and message carries it: ISO-8601 UTC with milliseconds and `Z`. */
export const instantSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, "an instant like 2026-11-23T08:00:00.000Z");
export type Instant = string;

/** Epoch milliseconds → instant. */
export function instant(epochMilliseconds: number): Instant {
  return new Date(epochMilliseconds).toISOString();
}

/** Instant → epoch milliseconds. */
export function epochMilliseconds(at: Instant): number {
  return Date.parse(at);
}
