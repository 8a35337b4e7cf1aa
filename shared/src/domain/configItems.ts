import { z } from "zod";
import { roleSchema } from "./roleSchema.ts";
import { keyPartSchema } from "./workOrder.ts";

/** Config `stage`: the kind of mail in the life of an event. `name` is the sort key. */
export const stageSchema = z.looseObject({
  name: keyPartSchema,
  description: z.string().default(""),
  order: z.number().default(0),
  parentStages: z.array(z.string()).default([]),
  pools: z.array(z.string()).default([]),
  /** Language code → subject prefix. */
  prefix: z.record(z.string(), z.string()).default({}),
  confirmation: z.boolean().default(false),
  requireRegLink: z.boolean().default(false),
});
export type Stage = z.infer<typeof stageSchema>;

/** One attribute of a pool; the parameters depend on `type` (see pool.ts, which judges them). */
const poolAttributeSchema = z.looseObject({ type: z.string() });
export type PoolAttribute = z.infer<typeof poolAttributeSchema>;

/** Config `pool`: attributes joined by OR. `name` is the sort key. */
export const poolSchema = z.looseObject({
  name: z.string().min(1),
  attributes: z.array(poolAttributeSchema).default([]),
});
/** A pool with a `problem` does not fit: it accepts nobody, and whatever asks it ends with that sentence. */
export type Pool = z.infer<typeof poolSchema> & { readonly problem?: string };

/** Config `language`: `name` as participants carry it, `everyone` for the language that suits all. */
export const languageSchema = z.looseObject({
  code: z.string().regex(/^[A-Z]{2}$/),
  name: z.string().min(1),
  tag: z.string().min(2),
  everyone: z.boolean().default(false),
  order: z.number().default(0),
});
export type Language = z.infer<typeof languageSchema>;

/** Config `prompt`: trusted HTML, may contain macros. `event` is an event code or `default`, `language` a code or `universal`. */
export const promptSchema = z.looseObject({
  event: z.string(),
  key: z.string(),
  language: z.string(),
  text: z.string(),
});
export type Prompt = z.infer<typeof promptSchema>;

/** Config `account`: a mail account to send from. `name` is the sort key. */
export const accountSchema = z.looseObject({
  name: z.string().min(1),
  enabled: z.boolean().default(true),
  fromName: z.string().default(""),
  // The addresses and names in headers are judged by accountFault.
  fromAddress: z.string().trim().optional(),
  replyTo: z.string().trim().optional(),
  envelopeFrom: z.string().trim().optional(),
  unsubscribeMailto: z.string().trim().optional(),
  listId: z.string().trim().optional(),
  host: z.string().optional(),
  port: z.int().optional(),
  security: z.enum(["starttls", "tls", "none"]).default("starttls"),
  username: z.string().optional(),
  password: z.string().optional(),
  secretArn: z.string().optional(),
  dkim: z
    .object({
      domain: z.string().trim(),
      selector: z.string().trim(),
      privateKey: z.string().optional(),
      secretArn: z.string().optional(),
    })
    .optional(),
  providerSigns: z.boolean().default(false),
  maxConnections: z.int().min(1).default(2),
  messagesPerConnection: z.int().min(1).default(100),
  /** Messages per second, all workers together. */
  ratePerSecond: z.number().positive().default(1),
  /** Messages in any 24 hours, all workers together. */
  quotaPer24h: z.int().min(0).default(1500),
  /** Reply texts by which this provider says that the daily limit is reached (regular expressions). */
  dailyLimitTexts: z.array(z.string()).default([]),
});
export type Account = z.infer<typeof accountSchema>;

/** Config `tester`: a participant who may be chosen for Test. `id` is the sort key, a participant id. */
export const testerSchema = z.looseObject({ id: z.string().min(1), label: z.string().default("") });
export type Tester = z.infer<typeof testerSchema>;

/** Config `user`: what somebody who signed in may do. `id` is the sort key, the issuer's user id. */
export const userSchema = z.looseObject({
  id: z.string().min(1),
  name: z.string().min(1),
  role: roleSchema,
  /** Event codes the user may see; `*` = all. */
  eventAccess: z.array(z.string()).default([]),
  showAddresses: z.boolean().default(false),
  exportCsv: z.boolean().default(false),
  /** Epoch seconds. A session that was issued until then has ended (see userSession.ts). */
  sessionsValidAfter: z.number().optional(),
  /** For pages about people, which do not exist yet: it gates nothing so far. Absent: no. */
  people: z.boolean().optional(),
});
export type User = z.infer<typeof userSchema>;

/** Config `setting`, one item per name, read as one object; what is not set has its default. */
export const settingsSchema = z.object({
  registrationHosts: z.array(z.string()).default([]),
  registrationPlaceholderId: z.string().default("123456789"),
  registrationParams: z
    .object({ event: z.string(), participant: z.string() })
    .default({ event: "aid", participant: "pid" }),
  allowedHashtags: z.array(z.string()).default([]),
  /** Merge tag (upper case) → participant path, as COUNTRY → country. */
  mergeFields: z.record(z.string(), z.string()).default({}),
  linkCheck: z
    .object({ deny: z.array(z.string()).default([]), warn: z.array(z.string()).default([]) })
    .default({ deny: [], warn: [] }),
  failureCeiling: z.object({ ratio: z.number(), minimum: z.int() }).default({ ratio: 0.2, minimum: 20 }),
  timeZone: z.string().default("UTC"),
  /** A Send to more recipients than this is confirmed by typing their number. */
  confirmSendAbove: z.int().min(0).default(100),
});
export type Settings = z.infer<typeof settingsSchema>;
