import { z } from "zod";
import { mailAddress } from "./recipients/address.ts";
import { roleSchema } from "./roleSchema.ts";
import { instantSchema } from "./time.ts";
import { keyPartSchema } from "./workOrder.ts";

/** Config `stage`: the kind of mail in the life of an event. `name` is the sort key. */
export const stageSchema = z.looseObject({
  name: keyPartSchema.describe("The stage. It is a part of mailing keys and of template names"),
  description: z.string().default("").describe("Shown beside the name in the form of an order"),
  order: z.number().default(0).describe("Place in lists, lowest first"),
  parentStages: z
    .array(z.string().meta({ refersTo: "stage" }))
    .default([])
    .describe("Stages whose order of the same event and sub-event passes on its languages, subjects and content"),
  pools: z
    .array(z.string().meta({ refersTo: "pool" }))
    .default([])
    .describe("Pools that must all accept a person. None: every person passes"),
  prefix: z
    .record(z.string().meta({ refersTo: "language" }), z.string())
    .default({})
    .describe("Language code → text in front of the subject")
    .meta({ title: "Subject prefix" }),
  confirmation: z.boolean().default(false).describe("Virtual events need a Zoom ID in orders of this stage"),
  serviceMail: z
    .boolean()
    .default(false)
    .describe("Service mail, as a confirmation: people with a booking in the event get it although they unsubscribed"),
  requireRegLink: z.boolean().default(false).describe("The form asks whether the mail holds registration links"),
});
export type Stage = z.infer<typeof stageSchema>;

/** One attribute of a pool; pool.ts judges its parameters. */
const poolAttributeSchema = z.looseObject({
  type: z.string().describe("A pool type; its parameters are fields beside it (see reference.md)"),
});
export type PoolAttribute = z.infer<typeof poolAttributeSchema>;

/** Config `pool`: attributes joined by OR. `name` is the sort key. */
export const poolSchema = z.looseObject({
  name: z.string().min(1).describe("The pool, as events, stages and other pools name it"),
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
    .describe("Two capital letters. It is the last part of mailing keys and template names"),
  name: z.string().min(1).describe("The name as `writtenLangPref` of participants has it, ignoring case"),
  tag: z.string().min(2).describe("BCP 47 tag, as en or zh-Hans. Required, and read by nothing yet"),
  everyone: z.boolean().default(false).describe("It suits every person, whatever language they prefer"),
  order: z.number().default(0).describe("Place in lists, lowest first"),
});
export type Language = z.infer<typeof languageSchema>;

/** Config `prompt`: a text that templates insert by a macro. The sort key is `<event>#<key>#<language>`. */
export const promptSchema = z.looseObject({
  event: z.string().describe("An event code, or `default` for every event"),
  key: z.string().describe("What macros ask for: `salutation`, `reglink`, `offeringsection` or that of a retreat"),
  language: z.string().describe("A language code, or `universal` for every language (of `default` only)"),
  text: z
    .string()
    .describe("Trusted HTML. It may hold merge tags and macros, and must not be blank")
    .meta({ html: true }),
});
export type Prompt = z.infer<typeof promptSchema>;

/** A key that signs mails with DKIM (RFC 6376). */
const dkimSchema = z.object({
  domain: z.string().trim().describe("Signing domain (d=), in ASCII"),
  selector: z.string().trim().describe("Selector (s=): the name before `._domainkey`"),
  privateKey: z
    .string()
    .optional()
    .describe("PEM, RSA of 2,048 to 4,096 bits or Ed25519. Prefer `secretArn`")
    .meta({ secret: true }),
  secretArn: z.string().optional().describe("Secret: the key, or JSON with `privateKey`"),
});

/** Config `account`: a mail account to send from. `name` is the sort key. */
export const accountSchema = z.looseObject({
  name: z.string().min(1).describe("The account, as orders name it"),
  enabled: z.boolean().default(true).describe("Orders may choose it and mail may leave by it"),
  fromName: z.string().default("").describe("Name in From"),
  // The addresses and names in headers are judged by accountFault.
  fromAddress: z.string().trim().optional().describe("Address in From. Without it `EMAIL_FROM`"),
  replyTo: z
    .string()
    .trim()
    .optional()
    .describe("Reply-To, and `||coord-email||`. Without it `MAILCHIMP_REPLY_TO`, else the address in From"),
  envelopeFrom: z.string().trim().optional().describe("Where bounces go (MAIL FROM). Without it the address in From"),
  unsubscribeMailto: z
    .string()
    .trim()
    .optional()
    .describe("Address in List-Unsubscribe beside the link, with `?subject=…` behind it if needed"),
  listId: z.string().trim().optional().describe("Behind the event code in List-ID. Without it the domain of From"),
  host: z.string().optional().describe("SMTP host. Without it `EMAIL_HOST`"),
  port: z.int().optional().describe("SMTP port. Without it `EMAIL_PORT`"),
  security: z
    .enum(["starttls", "tls", "none"])
    .default("starttls")
    .describe("`starttls` is required, never optional; `none` is for loopback and private hosts only"),
  username: z
    .string()
    .optional()
    .describe("SMTP user. Without user and password `EMAIL_USERNAME` and `EMAIL_PASSWORD`"),
  password: z.string().optional().describe("SMTP password. Prefer `secretArn`").meta({ secret: true }),
  secretArn: z
    .string()
    .optional()
    .describe("Secret in Secrets Manager: the password, or JSON with `username` and `password`. Read every 5 minutes"),
  dkim: dkimSchema.optional().describe("Signs each mail with DKIM").meta({ title: "DKIM" }),
  dkimNext: dkimSchema
    .optional()
    .describe("A new key that was made in the Settings and signs nothing yet: it becomes `dkim` once it is in DNS")
    .meta({ elsewhere: true }),
  paused: z
    .object({
      by: z.string().describe("User id"),
      at: instantSchema.describe("Since when"),
      reason: z.string().describe("Why, as it was entered"),
    })
    .optional()
    .describe("Paused by a person: no mail begins, running Sends wait, and go on when it is removed")
    .meta({ elsewhere: true }),
  providerSigns: z
    .boolean()
    .default(false)
    .describe("The provider signs with DKIM. That or `dkim` is needed for one-click unsubscribe"),
  maxConnections: z.int().min(1).default(2).describe("SMTP connections at a time, of all senders together"),
  messagesPerConnection: z.int().min(1).default(100).describe("A connection is closed after so many messages"),
  ratePerSecond: z.number().positive().default(1).describe("Rate limit: messages per second, of all senders together"),
  quotaPer24h: z.int().min(0).default(1500).describe("Messages in any 24 hours (sliding window), of all senders"),
  dailyLimitTexts: z
    .array(z.string())
    .default([])
    .describe("Regular expressions for replies by which this provider says that its daily limit is reached"),
});
export type Account = z.infer<typeof accountSchema>;

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
  id: z.string().min(1).describe("User id of the sign-in issuer (its claim `sub`)"),
  name: z.string().min(1).describe("Shown in the Email Manager"),
  role: roleSchema.describe("`read`, `write` or `admin` (may all that `write` may). An unknown one may read"),
  eventAccess: z
    .array(z.string().meta({ refersTo: "event", orAll: true }))
    .default([])
    .describe("Codes of the events the user sees; `*` = all"),
  showAddresses: z.boolean().default(false).describe("Mail addresses are shown in full, else as `a…@domain`"),
  exportCsv: z.boolean().default(false).describe("Lists of recipients may be exported"),
  sessionsValidAfter: z
    .number()
    .optional()
    .describe("Epoch seconds: sessions issued until then have ended. Signing out sets it"),
  people: z.boolean().optional().describe("The pages of People may be opened"),
});
export type User = z.infer<typeof userSchema>;

/** Config `setting`, one item per name, read as one object; what is not set has its default. */
export const settingsSchema = z.object({
  registrationHosts: z
    .array(z.string())
    .default([])
    .describe("Hosts where people register. A link to one of them is a registration link"),
  registrationPlaceholderId: z
    .string()
    .default("123456789")
    .describe("Participant id that templates write in registration links; each mail has the recipient's instead"),
  registrationParams: z
    .object({
      event: z.string().describe("Query parameter of the event code"),
      participant: z.string().describe("Query parameter of the participant id"),
    })
    .default({ event: "aid", participant: "pid" })
    .describe("What a registration link carries"),
  allowedHashtags: z.array(z.string()).default([]).describe("Lower-case words with # that texts may hold"),
  mergeFields: z
    .record(z.string(), z.string())
    .default({})
    .describe("Further merge tags: tag in upper case → path in the participant, as COUNTRY → country"),
  linkCheck: z
    .object({
      deny: z.array(z.string()).default([]).describe("Hosts that are never fetched: a warning each"),
      warn: z.array(z.string()).default([]).describe("Hosts whose faults are warnings, for they refuse checkers"),
    })
    .default({ deny: [], warn: [] })
    .describe("How Prepare checks links to some hosts, and to all below them"),
  failureCeiling: z
    .object({
      ratio: z.number().describe("Failed mails of the tried ones, 0.2 = 20 %"),
      minimum: z.int().describe("Mails to try before the ratio counts"),
    })
    .default({ ratio: 0.2, minimum: 20 })
    .describe("A Send with more failures stops in error"),
  organisation: z
    .object({
      name: z.string().default("").describe("Name, as recipients know it: `LIST:COMPANY`, and on the unsubscribe page"),
      description: z.string().default("").describe("Why people get its mails: `LIST:DESCRIPTION`"),
      address: z.string().default("").describe("Postal address, a line for each line of it: `LIST:ADDRESS`"),
      phone: z.string().default("").describe("Telephone: `LIST:PHONE`"),
      email: z.string().default("").describe("Mail address for people: `LIST:EMAIL`"),
      url: z.string().default("").describe("Web site: `LIST:URL`"),
    })
    .prefault({})
    .describe(
      "Who sends the mails. Content of Mailchimp has the values of its audience for the tags instead; without a name all content has, where Mailchimp is used",
    ),
  timeZone: z.string().default("UTC").describe("IANA zone of dates in mails and times in exports, as Europe/Berlin"),
  confirmSendAbove: z
    .int()
    .min(0)
    .default(100)
    .describe("A Send to more recipients than this is confirmed by typing their number"),
});
export type Settings = z.infer<typeof settingsSchema>;
