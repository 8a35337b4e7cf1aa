import { z } from "zod";
import { instantSchema } from "../time.ts";

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
  /** Mails it set out to resolve: if its process died in the middle, up to so many are resolved. */
  claimed: z.int().min(0).optional(),
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

/** Why a bulk resolution cannot be undone now; undefined if it can. `sendRunId`: the run of Send as the order has it now. */
export function whyNotUndone(
  { undoneAt, sendRunId }: Pick<BulkResolution, "undoneAt" | "sendRunId">,
  now: string | undefined,
): "undone" | "run began" | undefined {
  if (undoneAt !== undefined) return "undone";
  return now !== undefined && now !== sendRunId ? "run began" : undefined;
}
