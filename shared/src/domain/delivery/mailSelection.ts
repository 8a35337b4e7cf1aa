import { z } from "zod";

const count = z.int().min(0);

/** What a run for everyone came to, for a later run that is for a selection. */
export const everyoneSchema = z.object({
  total: count,
  skipped: count,
  reasons: z.record(z.string(), count).default({}),
});

/** Most mails of a selection. */
export const mostSelectedMails = 10_000;

/**
 * Failed mails that a user chose to be sent again: the item in Runs (`runId` `selection-<ULID>`, `sk` `selection`). Their people
 * are in items beside it (`<LANG>#<number>`).
 */
export const mailSelectionSchema = z.looseObject({
  runId: z.string(),
  sk: z.literal("selection"),
  workOrderId: z.string(),
  /** Name of the mailing: its key without language. */
  mailing: z.string(),
  by: z.string(),
  mails: z.int().min(1),
  ttl: z.int(),
});
export type MailSelection = z.infer<typeof mailSelectionSchema>;

export const selectedIdsSchema = z.looseObject({ language: z.string(), ids: z.array(z.string()) });
