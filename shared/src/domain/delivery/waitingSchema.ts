import { z } from "zod";
import { instantSchema } from "../time.ts";

/**
 * People who wait for the servers that receive their mail (receivingGroups.ts). `perSecond`: how many a second may go there;
 * `slowedUntil`: it asked to slow down, and is raised then.
 */
const limitedGroupSchema = z.looseObject({
  group: z.string(),
  people: z.int().min(1),
  perSecond: z.number().optional(),
  slowedUntil: instantSchema.optional(),
});
export type LimitedGroup = z.infer<typeof limitedGroupSchema>;

/** Who waits in a run of Send, and until when. What is over by the time it is read counts no more. */
export const waitingSchema = z.looseObject({
  /** People whose mail servers asked to try again later (greylisting), with the first and the last of these attempts. */
  retries: z.object({ people: z.int().min(1), nextAt: instantSchema, lastAt: instantSchema }).optional(),
  /**
   * The account begins no message before `until`. `because`: plain words, to follow "because". `byHand`: a person paused it, and
   * no one knows until when; `until` moves on as long as the pause lasts. `since`: the first pause behind which no mail had an
   * outcome, so a pause that begins anew after an attempt is the same one.
   */
  paused: z
    .object({
      until: instantSchema,
      because: z.string(),
      byHand: z.boolean().optional(),
      since: instantSchema.optional().catch(undefined),
    })
    .optional(),
  /** No one can be mailed before `until` although the account is not paused: no rate slot, or no free connection. */
  held: z.object({ until: instantSchema, because: z.string() }).optional(),
  /** Receiving domain groups with a limit, those with the most people first. */
  limited: z.array(limitedGroupSchema).optional(),
});
export type Waiting = z.infer<typeof waitingSchema>;
