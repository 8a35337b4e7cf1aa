import { z } from "zod";

/** What one retreat costs and says; amounts in currency units. */
export const retreatConfigSchema = z.looseObject({
  prompt: z.string().optional(),
  offeringTotal: z.number().optional(),
  offeringCashTotal: z.number().optional(),
  offeringMinimum: z.number().optional(),
});
export type RetreatConfig = z.infer<typeof retreatConfigSchema>;

/** `event.config`: pool, kind and price rules of an event. */
export const eventConfigSchema = z.looseObject({
  pool: z.string().optional(),
  inPerson: z.boolean().optional(),
  currency: z.string().optional(),
  offeringPresentation: z.string().optional(),
  offeringLimitFeeCount: z.int().min(0).optional(),
  reglinkv2: z.boolean().optional(),
  whichRetreatsConfig: z.record(z.string(), retreatConfigSchema).optional(),
});

export const subEventSchema = z.looseObject({ regLinkAvailable: z.boolean().optional() });

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
