import { z } from "zod";
import { accountSchema } from "./account.ts";
import { mailAddress } from "./recipients/address.ts";
import { roleSchema } from "./roleSchema.ts";
import { settingsSchema } from "./settings.ts";
import { instantSchema } from "./time.ts";
import { keyPartSchema } from "./workOrder.ts";

// The two large kinds of item have files of their own.
export { accountSchema, settingsSchema };

/** Config `stage`: the kind of mail in the life of an event. `name` is the sort key. */
export const stageSchema = z.looseObject({
  name: keyPartSchema
    .describe(
      "Short name of the stage, as reminder. It is a part of mailing keys and of template names, and cannot change",
    )
    .meta({ section: "Identity" }),
  description: z.string().default("").describe("What the stage is for, shown beside its name in the form of an order"),
  order: z.number().default(0).describe("Place in lists, lowest first").meta({ title: "Place in lists" }),
  parentStages: z
    .array(z.string().meta({ refersTo: "stage" }))
    .default([])
    .describe("Stages whose order of the same event and sub-event passes on its languages, subjects and content")
    .meta({ section: "Content" }),
  prefix: z
    .record(z.string().meta({ refersTo: "language" }), z.string())
    .default({})
    .describe("Language code → text in front of the subject, with the blank behind it")
    .meta({ title: "Subject prefix" }),
  requireRegLink: z
    .boolean()
    .default(false)
    .describe("The form of an order asks whether the mail holds registration links")
    .meta({ title: "Asks for registration links" }),
  confirmation: z
    .boolean()
    .default(false)
    .describe("Confirms a booking: orders of virtual events need a Zoom ID")
    .meta({ title: "Confirmation" }),
  pools: z
    .array(z.string().meta({ refersTo: "pool" }))
    .default([])
    .describe("Pools that must all accept a person. None: every person passes")
    .meta({ section: "Who gets it" }),
  serviceMail: z
    .boolean()
    .default(false)
    .describe("Service mail, as a confirmation: people with a booking in the event get it although they unsubscribed"),
});
export type Stage = z.infer<typeof stageSchema>;

/** One attribute of a pool; pool.ts judges its parameters. */
const poolAttributeSchema = z.looseObject({
  type: z.string().describe("A pool type; its parameters are fields beside it (see reference.md)"),
});
export type PoolAttribute = z.infer<typeof poolAttributeSchema>;

/** Config `pool`: attributes joined by OR. `name` is the sort key. */
export const poolSchema = z.looseObject({
  name: z.string().min(1).describe("Name of the pool, as events, stages and other pools use it. It cannot change"),
  attributes: z
    .array(poolAttributeSchema)
    .default([])
    .describe("The pool accepts a person if any attribute does. None: it accepts no one"),
});
/** A pool with a `problem` is invalid: it accepts no one, and whatever evaluates it fails with that sentence. */
export type Pool = z.infer<typeof poolSchema> & { readonly problem?: string };

/** Config `language`. `code` is the sort key. */
export const languageSchema = z.looseObject({
  code: z
    .string()
    .regex(/^[A-Z]{2}$/, "Enter two capital letters.")
    .describe("Two capital letters, as EN. It is the last part of mailing keys and template names, and cannot change"),
  name: z
    .string()
    .min(1)
    .describe("As the records of people name their preferred language (`writtenLangPref`), ignoring case: English"),
  tag: z
    .string()
    .min(2)
    .describe(
      "Language tag of the web (BCP 47), as en or zh-Hans. Imports of people know the language by it: de, de-AT, German, Deutsch, allemand",
    )
    .meta({ title: "Language tag" }),
  everyone: z
    .boolean()
    .default(false)
    .describe("It suits every person, whatever language they prefer")
    .meta({ title: "For everyone" }),
  order: z.number().default(0).describe("Place in lists, lowest first").meta({ title: "Place in lists" }),
});
export type Language = z.infer<typeof languageSchema>;

/** Config `prompt`: a text that templates insert by a macro. The sort key is `<event>#<key>#<language>`. */
export const promptSchema = z.looseObject({
  event: z
    .string()
    .describe("An event code, or `default` for every event that has none of its own")
    .meta({ words: { default: "Every event (default)" }, refersTo: "event" }),
  key: z
    .string()
    .describe("What macros ask for: `salutation`, `reglink`, `reglinkv2`, `offeringsection` or that of a retreat")
    .meta({ title: "Name", suggestions: ["salutation", "reglink", "reglinkv2", "offeringsection"] }),
  language: z
    .string()
    .describe("A language code, or `universal` for every language (of `default` only)")
    .meta({ words: { universal: "Every language (universal)" }, refersTo: "language" }),
  text: z
    .string()
    .describe("Trusted HTML. It may hold merge tags and macros, and must not be blank")
    .meta({ html: true }),
});
export type Prompt = z.infer<typeof promptSchema>;

/**
 * Config `tester`: who may be chosen for Test: a participant, or an address that is no participant. `id` is the sort key.
 * tester.ts in recipients/ says what follows from it.
 */
export const testerSchema = z.looseObject({
  id: z.string().min(1).describe("Id of a participant; with `email` any other id, as orders and lists name the tester"),
  label: z.string().default("").describe("Shown where testers are chosen"),
  email: z
    .string()
    .trim()
    .refine((text) => mailAddress(text) !== undefined, "a mail address, as ana@example.org")
    .optional()
    .describe("Address of a tester who is no participant. Personal links in the mails to it open nothing"),
  first: z.string().optional().describe("First name in these mails. Without first and last name: Example"),
  last: z.string().optional().describe("Last name in these mails. Without first and last name: Person"),
  language: z.string().optional().describe("With `email`, as `writtenLangPref` of participants"),
  typed: z
    .object({
      event: keyPartSchema.describe("Code of the event: only its orders may have this tester"),
      by: z.string().describe("User id of who typed it"),
      at: instantSchema.describe("When it was typed"),
    })
    .optional()
    .describe("The address was typed in the form of an order"),
});
export type Tester = z.infer<typeof testerSchema>;

/** Config `user`: what a person who signed in may do. `id` is the sort key. */
export const userSchema = z.looseObject({
  id: z
    .string()
    .min(1)
    .describe(
      "User id of the sign-in issuer (its claim `sub`), as the page No access shows it. Of a person invited by address the product makes one",
    )
    .meta({ title: "User id", orElse: "email" }),
  email: z
    .string()
    .trim()
    .refine((text) => mailAddress(text) !== undefined, "a mail address, as ana@example.org")
    .optional()
    .describe(
      "In place of a user id: who signs in with this address, verified, becomes this user. The address is then removed",
    )
    .meta({ title: "Mail address" }),
  name: z.string().min(1).describe("Shown in the Email Manager"),
  role: roleSchema
    .describe(
      "What the user may do (`read`, `write`, `admin`). Each role may also do what those before it may. One of a later release may read",
    )
    .meta({
      words: {
        read: "Read: see work orders",
        write: "Write: change work orders, start and stop their steps",
        admin: "Admin: change the Settings and the users",
      },
    }),
  eventAccess: z
    .array(z.string().meta({ refersTo: "event", orAll: true }))
    .default([])
    .describe("Codes of the events the user sees; `*` = all"),
  showAddresses: z.boolean().default(false).describe("Mail addresses are shown in full, else as `a…@domain`"),
  exportCsv: z.boolean().default(false).meta({ title: "Export CSV" }).describe("Lists of recipients may be exported"),
  sessionsValidAfter: z
    .number()
    .optional()
    .describe("Epoch seconds: sessions issued until then have ended. Signing out sets it"),
  people: z.boolean().optional().describe("The pages of People may be opened"),
  noticeAddress: z
    .string()
    .trim()
    .refine((text) => mailAddress(text) !== undefined, "a mail address, as ana@example.org")
    .optional()
    .describe(
      "Where notices of the Sends that this user started go. The first sign-in with a verified address enters that address",
    )
    .meta({ title: "Address for notices" }),
  noticesOff: z
    .boolean()
    .optional()
    .describe("This user gets no notices by mail. Users can switch this themselves, in the menu with their name")
    .meta({ title: "No notices" }),
});
export type User = z.infer<typeof userSchema>;
