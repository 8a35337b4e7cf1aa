import { z } from "zod";
import { instantSchema } from "../time.ts";

/*
 * Registration applications write null for what they do not know, at any depth: that is as good as absent. Any other
 * value of a wrong type is an error, as a rule that guesses would mail the wrong people.
 */
const flag = z.boolean().nullish();

/** One instalment line. */
const installmentSchema = z.looseObject({
  offeringAmount: z
    .number()
    .nullish()
    .describe("Amount in currency units, in cents if `config.reglinkv2` of the event"),
  offeringRefund: z.unknown().optional().describe("If set, the line is a refund and no payment"),
});

/** What a person booked in one sub-event. */
const offeringSchema = z.looseObject({
  offeringSKU: z.string().nullish().describe("What was booked. Not blank: offering activity, as pools ask for it"),
  installments: z
    .record(z.string(), installmentSchema.nullable())
    .nullish()
    .describe("Name → payment. One above zero is offering activity; the entry `refunded` never counts"),
});

/** A person's relation to one event (`programs[aid]`). */
const programSchema = z.looseObject({
  join: flag.describe("Registered"),
  accepted: flag.describe("Accepted by the organisers"),
  withdrawn: flag.describe("Took the registration back: not active in the event any more"),
  oath: flag.describe("Took the oath"),
  attended: flag.describe("Was there"),
  eligible: flag.describe("May register"),
  manualInclude: flag.describe("Put on the list by hand"),
  test: flag.describe("A test person"),
  limitFee: flag.describe("Pays for `offeringLimitFeeCount` retreats of the event at most"),
  whichRetreats: z
    .record(z.string(), z.boolean().nullable())
    .nullish()
    .describe("Retreat → selected. Sorted by name; each selected one needs a row in `whichRetreatsConfig`"),
  offeringHistory: z
    .record(z.string(), offeringSchema.nullable())
    .nullish()
    .describe("Sub-event → what was booked and paid"),
});
export type Program = z.infer<typeof programSchema>;

/** The fields of a program that are yes or no. */
export const programFlags = [
  "join",
  "accepted",
  "withdrawn",
  "oath",
  "attended",
  "eligible",
  "manualInclude",
  "test",
  "limitFee",
] as const satisfies readonly (keyof typeof programSchema.shape)[];

const suppressionSchema = z.object({
  address: z.string().describe("The address that was refused"),
  code: z.string().describe("SMTP code of the refusal, as 5.1.1"),
  at: instantSchema.describe("When it was refused"),
});

const softBouncesSchema = z.object({
  address: z.string().describe("The address whose mails came back"),
  count: z.int().min(1).describe("Mailings that came back in a row, each counted once"),
  at: instantSchema.describe("When the last of them came back"),
});

/** The item in Participants (key `id`). Written by the registration applications; unknown fields are kept. */
export const participantSchema = z.looseObject({
  id: z.string().min(1).describe("Participant id, as links and the ledger carry it"),
  email: z.string().nullish().describe("Mail address. Blank or not an address: skipped as `no-address`"),
  first: z.string().nullish().describe("First name (`*|FNAME|*`)"),
  last: z.string().nullish().describe("Last name (`*|LNAME|*`)"),
  country: z.string().nullish().describe("Country, for a merge field"),
  writtenLangPref: z.string().nullish().describe("Name of the preferred language, as Spanish"),
  practice: z
    .record(z.string(), z.boolean().nullable())
    .nullish()
    .describe("Interest → yes or no, for the pool type `practice`"),
  programs: z.record(z.string(), programSchema.nullable()).nullish().describe("Event code → relation to that event"),
  unsubscribe: z
    .boolean()
    .nullish()
    .describe("No mail but service mail of events they booked. One-click unsubscribe and the unsubscribe page set it"),
  unsubscribedAt: z.string().nullish().describe("When the person unsubscribed"),
  unsubscribedBy: z
    .string()
    .nullish()
    .describe(
      "How: the mailing key of the link they used, `user` for a user of the Email Manager, or `complaint` for a mail they marked as spam",
    ),
  importedBy: z.string().nullish().describe("Import and row that made the record: `import-<ULID>#<row>`"),
  suppression: suppressionSchema
    .nullish()
    .describe("Suppression list: the mailbox does not exist. Counts while `address` equals `email`, ignoring case"),
  softBounces: softBouncesSchema
    .nullish()
    .describe("Soft bounces since the address last worked. Counts while `address` equals `email`, ignoring case"),
  forgotten: z
    .string()
    .nullish()
    .describe("When the person was forgotten: name and address are erased, and no mail is sent whatever else is here"),
  emails: z
    .record(z.string(), z.unknown())
    .nullish()
    .describe("Mailing key → time: mailings received by another application, which are not sent again"),
});

/** The part of a record that says who it is, and whether they get mail at all. */
export const contactSchema = participantSchema.pick({
  id: true,
  first: true,
  last: true,
  email: true,
  unsubscribe: true,
  unsubscribedAt: true,
  suppression: true,
});

/** The first field of a stored record that does not fit. `field` is its path, as `programs.E26.join`. */
interface InvalidRecord {
  readonly field: string;
  readonly problem: string;
}

/** A person with an `invalidRecord` is not mailed (skip reason `invalid-record`): a rule that guesses mails the wrong people. */
export type Participant = z.infer<typeof participantSchema> & { readonly invalidRecord?: InvalidRecord };

/**
 * Reads a stored record. It never throws: other applications write these items, and one broken record must not stop the
 * mail of all others. Top-level fields that do not fit are left out, and `invalidRecord` names the first of them.
 */
export function readParticipant(item: Readonly<Record<string, unknown>>): Participant {
  return readFields(item, participantSchema);
}

/** As `readParticipant`, of an item read with the attributes of `contactSchema` only. */
export function readContact(item: Readonly<Record<string, unknown>>): Participant {
  return readFields(item, contactSchema);
}

function readFields(
  item: Readonly<Record<string, unknown>>,
  schema: typeof participantSchema | typeof contactSchema,
): Participant {
  const { invalidRecord: _, ...fields } = item;
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const broken = new Set(issues.map(({ path }) => path[0]));
  const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => !broken.has(name)));
  const problem = (issues[0]?.message ?? "does not fit").replace(/^Invalid input: /, "");
  return { ...kept, id: String(item["id"]), invalidRecord: { field: (issues[0]?.path ?? []).join("."), problem } };
}
