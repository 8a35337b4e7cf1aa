import { z } from "zod";
import { epochMilliseconds, instantSchema } from "../time.ts";

/**
 * A user resolved many mails in doubt at once: the item in Runs (`runId` `resolutions-<order id>`, `sk` a ULID). It is put before the
 * first mail is resolved; `claimed` and `resolved` grow with the work.
 */
export const bulkResolutionSchema = z.looseObject({
  runId: z.string(),
  sk: z.ulid(),
  by: z.string(),
  at: instantSchema,
  received: z.boolean(),
  /** Name of the mailing: its key without language. */
  mailing: z.string(),
  reason: z.string(),
  resolved: z.int().min(0),
  /** Mails it set out to resolve: while it is at work, up to so many are resolved. */
  claimed: z.int().min(0).optional(),
  /** What it was asked for, in words of the audit; absent: a selection, or all. */
  filter: z.record(z.string(), z.string()).optional(),
  /** When its process last wrote to it. */
  seenAt: instantSchema.optional(),
  /** When it ended, or was found without a living process. From then on it takes no further mails. */
  endedAt: instantSchema.optional(),
  /** The run of Send when it began; absent: none. It can be undone until another one begins. */
  sendRunId: z.string().optional(),
  undoneBy: z.string().optional(),
  undoneAt: instantSchema.optional(),
  /** Mails set back to in doubt. */
  restored: z.int().optional(),
  ttl: z.int(),
});
export type BulkResolution = z.infer<typeof bulkResolutionSchema>;

/**
 * Some of the mails of a bulk resolution (Runs, `runId` `resolution-<ULID>`): participant id and claim of each, put before
 * they are resolved. So it may name some that were not.
 */
export const resolvedClaimsSchema = z.looseObject({
  runId: z.string(),
  sk: z.string(),
  language: z.string(),
  claims: z.array(z.tuple([z.string(), z.string()])),
  ttl: z.int(),
});
export type ResolvedClaims = z.infer<typeof resolvedClaimsSchema>;

/**
 * A bulk resolution that has not ended (Runs, `runId` `open-resolutions`, `sk` its ULID): put before anything else of it, and
 * deleted when its end is in the audit and its numbers are counted again.
 */
export const openResolutionSchema = z.looseObject({ sk: z.ulid(), workOrderId: z.string(), ttl: z.int() });

/** A process of a bulk resolution writes to it with each hundred mails; one that was silent for so long is gone. */
const silentMilliseconds = 5 * 60_000;

/** Whether the process of a bulk resolution is gone. `now`: epoch ms. */
export function isAbandoned({ at, seenAt = at }: Pick<BulkResolution, "at" | "seenAt">, now: number): boolean {
  return epochMilliseconds(seenAt) < now - silentMilliseconds;
}

/** Why a bulk resolution cannot be undone now; undefined if it can. `sendRunId`: the run of Send as the order has it now. */
export function whyNotUndone(
  { undoneAt, sendRunId }: Pick<BulkResolution, "undoneAt" | "sendRunId">,
  now: string | undefined,
): "undone" | "run began" | undefined {
  if (undoneAt !== undefined) return "undone";
  return now !== undefined && now !== sendRunId ? "run began" : undefined;
}
