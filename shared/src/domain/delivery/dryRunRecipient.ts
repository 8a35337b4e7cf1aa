import { z } from "zod";
import { instantSchema } from "../time.ts";

/**
 * The item in DryRunRecipients: one per recipient, language and run. Partition key `pk` = `<runId>#<LANG>#<shard>`, sort
 * key `participantId`; `ttl` in epoch seconds. A new run deletes nothing.
 */
export const dryRunRecipientSchema = z.object({
  pk: z.string(),
  participantId: z.string(),
  name: z.string(),
  email: z.string(),
  subject: z.string(),
  status: z.enum(["ok", "error"]),
  error: z.string().optional(),
  at: instantSchema,
  ttl: z.int(),
});
export type DryRunRecipient = z.infer<typeof dryRunRecipientSchema>;
