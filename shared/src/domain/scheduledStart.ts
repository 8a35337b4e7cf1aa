import { z } from "zod";
import { instantSchema } from "./time.ts";

/** A start of Send at a later time, as a user confirmed it. */
export const scheduledStartSchema = z.looseObject({
  at: instantSchema,
  /** User id. */
  by: z.string(),
  /** Language → content hash when it was scheduled: another content does not start. */
  hashes: z.record(z.string(), z.string()),
  /** Since when the start waits for a user who edits the order. */
  heldSince: instantSchema.optional(),
});
