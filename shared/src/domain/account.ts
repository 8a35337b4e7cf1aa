import { z } from "zod";
import { instantSchema } from "./time.ts";

/** A key that signs mails with DKIM (RFC 6376). */
const dkimSchema = z.object({
  domain: z.string().trim().describe("Domain that signs (d=), in ASCII").meta({ title: "Signing domain" }),
  selector: z.string().trim().describe("Selector (s=): the name before `._domainkey`"),
  privateKey: z
    .string()
    .optional()
    .describe("PEM, RSA of 2,048 to 4,096 bits or Ed25519. It is never shown again. Prefer `secretArn`")
    .meta({ secret: true }),
  secretArn: z
    .string()
    .optional()
    .describe("ARN of a secret: the key, or JSON with `privateKey`. It counts before the private key")
    .meta({ title: "Secret with the key" }),
});

/** Config `account`: a mail account to send from. `name` is the sort key. */
export const accountSchema = z.looseObject({
  name: z
    .string()
    .min(1)
    .describe("Name of the account, as orders use it. It cannot change")
    .meta({ section: "Identity" }),
  enabled: z
    .boolean()
    .default(true)
    .describe("Orders may choose it and mail may leave by it")
    .meta({ title: "Switched on" }),
  events: z
    .array(z.string().meta({ refersTo: "event" }))
    .default([])
    .describe("Codes of the events that may use it. None: every event may")
    .meta({ title: "Only for these events" }),
  fromName: z
    .string()
    .default("")
    .describe("Name that recipients see as the sender (From)")
    .meta({ title: "Sender name" }),
  // The addresses and names in headers are judged by accountFault.
  fromAddress: z
    .string()
    .trim()
    .optional()
    .describe("Address that recipients see as the sender (From). Without it that of the installation (`EMAIL_FROM`)")
    .meta({ title: "Sender address" }),
  replyTo: z
    .string()
    .trim()
    .optional()
    .describe(
      "Where responses go, and what `||coord-email||` shows. Without it that of the installation (`MAILCHIMP_REPLY_TO`), else the sender address",
    )
    .meta({ title: "Reply-To address" }),
  envelopeFrom: z
    .string()
    .trim()
    .optional()
    .describe("Where bounces go (MAIL FROM). Without it the sender address")
    .meta({ title: "Bounce address" }),
  unsubscribeMailto: z
    .string()
    .trim()
    .optional()
    .describe(
      "Address for people who unsubscribe by mail (List-Unsubscribe, beside the link), with `?subject=…` behind it if needed",
    )
    .meta({ title: "Unsubscribe address" }),
  listId: z
    .string()
    .trim()
    .optional()
    .describe(
      "Name by which mail programs group the mails (List-ID, behind the event code). Without it the domain of the sender",
    )
    .meta({ title: "List name" }),
  host: z
    .string()
    .optional()
    .describe("Name of the mail server (SMTP host). Without it that of the installation (`EMAIL_HOST`)")
    .meta({ title: "Mail server", section: "Server" }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Usually 587, or 465 with TLS from the start. Without it that of the installation (`EMAIL_PORT`)"),
  security: z
    .enum(["starttls", "tls", "none"])
    .default("starttls")
    .describe("`starttls` is required, never optional; `none` is for loopback and private hosts only")
    .meta({
      title: "Encryption",
      words: {
        starttls: "STARTTLS (usual, port 587)",
        tls: "TLS from the start (port 465)",
        none: "None (private hosts only)",
      },
    }),
  username: z
    .string()
    .optional()
    .describe(
      "User name at the mail server. Without user name and password, and at the mail server of the installation only, those of the installation (`EMAIL_USERNAME`, `EMAIL_PASSWORD`)",
    )
    .meta({ title: "User name" }),
  password: z
    .string()
    .optional()
    .describe("Password at the mail server. It is never shown again. Prefer `secretArn`, where secrets are kept")
    .meta({ secret: true }),
  secretArn: z
    .string()
    .optional()
    .describe(
      "ARN of a secret in Secrets Manager: the password, or JSON with `username` and `password`. Read every 5 minutes; it counts before the password",
    )
    .meta({ title: "Secret with the password" }),
  dkim: dkimSchema
    .optional()
    .describe("Signs each mail with DKIM")
    .meta({ title: "DKIM signature", section: "Signing" }),
  dkimNext: dkimSchema
    .extend({ madeAt: instantSchema.optional().describe("When it was made") })
    .optional()
    .describe("A new key that was made in the Settings and signs nothing yet: it becomes `dkim` once it is in DNS")
    .meta({ elsewhere: true }),
  dkimRecords: z
    .record(z.string(), z.string())
    .default({})
    .describe("The DNS records of keys that were made in the Settings: name → text. Public")
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
    .describe("The provider signs with DKIM. That or `dkim` is needed for one-click unsubscribe")
    .meta({ title: "The provider signs" }),
  ratePerSecond: z
    .number()
    .positive()
    .default(1)
    .describe("Rate limit: messages per second, of all senders together. 0.1 is one in ten seconds")
    .meta({ title: "Rate", unit: "messages per second", section: "Limits" }),
  quotaPer24h: z
    .int()
    .min(0)
    .default(1500)
    .describe("Messages in any 24 hours (sliding window), of all senders. With 0 nothing leaves")
    .meta({ title: "Quota", unit: "messages in 24 hours" }),
  maxConnections: z
    .int()
    .min(1)
    .default(2)
    .describe("SMTP connections at a time, of all senders together")
    .meta({ title: "Connections", unit: "at a time" }),
  messagesPerConnection: z
    .int()
    .min(1)
    .default(100)
    .describe("A connection is closed after so many messages")
    .meta({ title: "Messages on a connection", unit: "messages" }),
  dailyLimitTexts: z
    .array(z.string())
    .default([])
    .describe(
      "Regular expressions for replies by which this provider says that its daily limit is reached. Short ones: 200 characters, two of * and +",
    )
    .meta({ title: "Replies at the daily limit" }),
});
export type Account = z.infer<typeof accountSchema>;
