import { z } from "zod";

/** What one retreat costs and says. */
const retreatConfigSchema = z.looseObject({
  prompt: z
    .string()
    .nullish()
    .describe("Name of the prompt that names it in mails (`||retreats||`)")
    .meta({ title: "Name of its prompt" }),
  offeringTotal: z.number().nullish().describe("Price, in currency units").meta({ title: "Price" }),
  offeringCashTotal: z
    .number()
    .nullish()
    .describe("Part of the price that is paid in cash and never due here, in currency units")
    .meta({ title: "Of it in cash" }),
  offeringMinimum: z
    .number()
    .nullish()
    .describe("Least amount due, in currency units, for pools that ask who has paid less (`currenteventminimumdue`)")
    .meta({ title: "Least amount due" }),
});
export type RetreatConfig = z.infer<typeof retreatConfigSchema>;

/** Pool, kind and price rules of an event. */
const eventConfigSchema = z.looseObject({
  pool: z
    .string()
    .nullish()
    .describe("Pool of those the event concerns. None: it concerns no one, and no one is mailed")
    .meta({
      refersTo: "pool",
      whenEmpty: "Without a pool the event concerns no one, and its mailings reach no one. Choose one before you send.",
    }),
  inPerson: z
    .boolean()
    .nullish()
    .describe("Held at a place: confirmations need no Zoom ID")
    .meta({ title: "In person", unset: "Not said (virtual)" }),
  currency: z.string().nullish().describe("Shown behind the amount due in mails, as EUR (`||balance||`)"),
  offeringPresentation: z
    .string()
    .nullish()
    .describe("How people pay, if in instalments (`installments`, `installmentstotalormore`)")
    .meta({
      title: "Payment",
      words: { installments: "In instalments", installmentstotalormore: "In instalments, the total or more" },
    }),
  offeringLimitFeeCount: z
    .int()
    .min(0)
    .nullish()
    .describe("Number of retreats that people with a limited fee pay for at most (`limitFee`)")
    .meta({ title: "Charged retreats", unit: "retreats" }),
  reglinkv2: z
    .boolean()
    .nullish()
    .describe(
      "Registration links in templates come from the prompt reglinkv2 in place of reglink (`#reglink`), and instalments are in cents",
    )
    .meta({ title: "Second registration form", unset: "Not said (no)" }),
  whichRetreatsConfig: z
    .record(z.string(), retreatConfigSchema)
    .nullish()
    .describe("Retreat → price and name. Each that a person can select needs a row")
    .meta({ title: "Retreats" }),
});

const subEventSchema = z.looseObject({
  regLinkAvailable: z
    .boolean()
    .nullish()
    .describe("If not (`false`), registration is closed, and orders with registration links are not mailed")
    .meta({ title: "Registration is open", unset: "Not said (open)" }),
});

/** The item in Events (key `aid`). Null is as good as absent. */
export const eventSchema = z.looseObject({
  aid: z
    .string()
    .min(1)
    .describe("Event code, by which orders name the event (`eventCode`). Letters, digits and hyphens; it cannot change")
    .meta({ title: "Code", section: "Identity" }),
  name: z.string().describe("Shown in the Email Manager"),
  subEvents: z
    .record(z.string(), subEventSchema)
    .default({})
    .describe("Parts of the event by name (letters, digits and hyphens). An order is about one of them")
    .meta({ title: "Sub-events", section: "Parts" }),
  config: eventConfigSchema
    .default({})
    .describe("Whom it concerns, how it is held and what it costs")
    .meta({ title: "Rules", section: "Rules" }),
  embeddedEmails: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.string())))
    .optional()
    .describe("Sub-event → stage → language → URL of the prepared HTML. Prepare writes it"),
});
export type EventRecord = z.infer<typeof eventSchema>;
