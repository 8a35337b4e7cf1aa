import { z } from "zod";

/** What one retreat costs and says; amounts in currency units. */
const retreatConfigSchema = z.looseObject({
  prompt: z.string().nullish(),
  offeringTotal: z.number().nullish(),
  offeringCashTotal: z.number().nullish(),
  offeringMinimum: z.number().nullish(),
});
export type RetreatConfig = z.infer<typeof retreatConfigSchema>;

/** `event.config` (null as good as absent): pool, kind and price rules of an event. */
const eventConfigSchema = z.looseObject({
  pool: z.string().nullish(),
  inPerson: z.boolean().nullish(),
  currency: z.string().nullish(),
  offeringPresentation: z.string().nullish(),
  offeringLimitFeeCount: z.int().min(0).nullish(),
  reglinkv2: z.boolean().nullish(),
  whichRetreatsConfig: z.record(z.string(), retreatConfigSchema).nullish(),
});

const subEventSchema = z.looseObject({ regLinkAvailable: z.boolean().nullish() });

/** The item in Events (key `aid`). */
export const eventSchema = z.looseObject({
  aid: z.string().min(1),
  name: z.string(),
  subEvents: z.record(z.string(), subEventSchema).default({}),
  config: eventConfigSchema.default({}),
  /** sub-event → stage → language → URL of the prepared HTML. */
  embeddedEmails: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.string()))).optional(),
});
export type EventRecord = z.infer<typeof eventSchema>;
