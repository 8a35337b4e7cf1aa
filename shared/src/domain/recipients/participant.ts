import { z } from "zod";
import { instantSchema } from "../time.ts";

/*
 * Registration applications write null for what they do not know, at any depth: that is as good as absent. Any other
 * value of a wrong type is an error, as a rule that guesses would mail the wrong people.
 */
const flag = z.boolean().nullish();

/** One instalment line; amounts in currency units, or in cents when `event.config.reglinkv2`. */
const installmentSchema = z.looseObject({
  offeringAmount: z.number().nullish(),
  offeringRefund: z.unknown().optional(),
});

/** What a person booked in one sub-event. */
const offeringSchema = z.looseObject({
  offeringSKU: z.string().nullish(),
  installments: z.record(z.string(), installmentSchema.nullable()).nullish(),
});

/** A person's relation to one event (`programs[aid]`). */
const programSchema = z.looseObject({
  join: flag,
  accepted: flag,
  withdrawn: flag,
  oath: flag,
  attended: flag,
  eligible: flag,
  manualInclude: flag,
  test: flag,
  limitFee: flag,
  whichRetreats: z.record(z.string(), z.boolean().nullable()).nullish(),
  offeringHistory: z.record(z.string(), offeringSchema.nullable()).nullish(),
});
export type Program = z.infer<typeof programSchema>;

/** Set after a refusal such as 5.1.1; applies only while `address` equals `email` ignoring case. */
const suppressionSchema = z.object({ address: z.string(), code: z.string(), at: instantSchema });

/** The item in Participants (key `id`). Written by the registration applications; unknown fields are kept. */
export const participantSchema = z.looseObject({
  id: z.string().min(1),
  email: z.string().nullish(),
  first: z.string().nullish(),
  last: z.string().nullish(),
  country: z.string().nullish(),
  /** Language *name*, as `Spanish`. */
  writtenLangPref: z.string().nullish(),
  practice: z.record(z.string(), z.boolean().nullable()).nullish(),
  programs: z.record(z.string(), programSchema.nullable()).nullish(),
  unsubscribe: z.boolean().nullish(),
  unsubscribedAt: z.string().nullish(),
  suppression: suppressionSchema.nullish(),
  /** Mailing key → time; further mailings this person has received. */
  emails: z.record(z.string(), z.unknown()).nullish(),
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
  const { invalidRecord: _, ...fields } = item;
  const parsed = participantSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const broken = new Set(issues.map(({ path }) => path[0]));
  const kept = Object.fromEntries(Object.entries(fields).filter(([name]) => !broken.has(name)));
  const problem = (issues[0]?.message ?? "does not fit").replace(/^Invalid input: /, "");
  return { ...kept, id: String(item["id"]), invalidRecord: { field: (issues[0]?.path ?? []).join("."), problem } };
}
