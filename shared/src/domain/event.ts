import { z } from "zod";

/** What one retreat costs and says. */
const retreatConfigSchema = z.looseObject({
  prompt: z.string().nullish().describe("Key of the prompt that names it in `||retreats||`"),
  offeringTotal: z.number().nullish().describe("Price, in currency units"),
  offeringCashTotal: z.number().nullish().describe("Part of the price that is paid in cash and never due here"),
  offeringMinimum: z.number().nullish().describe("Least amount due, for the pool type `currenteventminimumdue`"),
});
export type RetreatConfig = z.infer<typeof retreatConfigSchema>;

/** Pool, kind and price rules of an event. */
const eventConfigSchema = z.looseObject({
  pool: z
    .string()
    .nullish()
    .describe("Pool of those the event concerns. None: it accepts no one")
    .meta({ refersTo: "pool" }),
  inPerson: z.boolean().nullish().describe("Held at a place: confirmations need no Zoom ID"),
  currency: z.string().nullish().describe("Behind the amount of `||balance||`, as EUR"),
  offeringPresentation: z
    .string()
    .nullish()
    .describe("`installments` or `installmentstotalormore`: an event that is paid in instalments"),
  offeringLimitFeeCount: z
    .int()
    .min(0)
    .nullish()
    .describe("Number of retreats that are charged to people with `limitFee`"),
  reglinkv2: z.boolean().nullish().describe("`#reglink` inserts the prompt `reglinkv2`, and instalments are in cents"),
  whichRetreatsConfig: z
    .record(z.string(), retreatConfigSchema)
    .nullish()
    .describe("Retreat → price and name. Each that a person can select needs a row"),
});

const subEventSchema = z.looseObject({
  regLinkAvailable: z
    .boolean()
    .nullish()
    .describe("`false`: registration is closed, and orders with registration links are not mailed"),
});

/** The item in Events (key `aid`). Null is as good as absent. */
export const eventSchema = z.looseObject({
  aid: z.string().min(1).describe("Event code, which orders call `eventCode`. Letters, digits and hyphens"),
  name: z.string().describe("Shown in the Email Manager"),
  subEvents: z
    .record(z.string(), subEventSchema)
    .default({})
    .describe("Parts of the event by name (letters, digits and hyphens). An order is about one of them"),
  config: eventConfigSchema.default({}).describe("Rules of the event"),
  embeddedEmails: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.string())))
    .optional()
    .describe("Sub-event → stage → language → URL of the prepared HTML. Prepare writes it"),
});
export type EventRecord = z.infer<typeof eventSchema>;
