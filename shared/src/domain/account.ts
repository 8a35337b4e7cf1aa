import { z } from "zod";
import { bounceMailboxSchema } from "./bounces/bounceMailbox.ts";
import { instantSchema } from "./time.ts";

/** A key that signs mails with DKIM (RFC 6376). */
const dkimSchema = z.object({
  domain: z
    .string()
    .trim()
    .describe("Domain that signs the mails, as example.org (`d=`). An international one as xn--…")
    .meta({ title: "Signing domain" }),
  selector: z.string().trim().describe("Name of the key in DNS: the part before ._domainkey, as mail2026 (`s=`)"),
  privateKey: z
    .string()
    .optional()
    .describe(
      "The whole key file in PEM, RSA of 2,048 to 4,096 bits or Ed25519. It is never shown again. A secret can hold it instead (`secretArn`)",
    )
    .meta({ secret: true }),
  secretArn: z
    .string()
    .optional()
    .describe(
      "ARN of a secret in Secrets Manager: the key, or JSON with `privateKey`. It is used in place of the private key",
    )
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
  fromName: z.string().default("").describe("Name that recipients see as the sender").meta({ title: "Sender name" }),
  // The addresses and names in headers are judged by accountFault.
  fromAddress: z
    .string()
    .trim()
    .optional()
    .describe(
      "Address that recipients see as the sender. If it is empty, that of the installation is used (`EMAIL_FROM`)",
    )
    .meta({ title: "Sender address" }),
  replyTo: z
    .string()
    .trim()
    .optional()
    .describe(
      "Where responses go, and the address for questions that mails show (`||coord-email||`). If it is empty, that of the installation is used (`MAILCHIMP_REPLY_TO`), or else the sender address",
    )
    .meta({ title: "Reply-To address" }),
  envelopeFrom: z
    .string()
    .trim()
    .optional()
    .describe("Where notices of undelivered mail go (`MAIL FROM`). If it is empty, to the sender address")
    .meta({ title: "Bounce address" }),
  bounceMailbox: bounceMailboxSchema
    .optional()
    .describe(
      "The mailbox of the bounce address (`envelopeFrom`), read by IMAP: it says whose mail came back, and who complained",
    )
    .meta({ title: "Bounce mailbox", section: "Returned mail" }),
  unsubscribeMailto: z
    .string()
    .trim()
    .optional()
    .describe(
      "Address for people who unsubscribe by mail, beside the link (`List-Unsubscribe`), with `?subject=…` behind it if needed",
    )
    .meta({ title: "Unsubscribe address" }),
  listId: z
    .string()
    .trim()
    .optional()
    .describe(
      "Name by which mail programs group the mails, behind the event code (`List-ID`). If it is empty, the domain of the sender",
    )
    .meta({ title: "List name" }),
  host: z
    .string()
    .optional()
    .describe(
      "Name of the mail server (SMTP), as smtp.example.org. If it is empty, that of the installation is used (`EMAIL_HOST`)",
    )
    .meta({ title: "Mail server", section: "Server" }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe(
      "Usually 587, or 465 with TLS from the start. If it is empty, that of the installation is used (`EMAIL_PORT`)",
    ),
  security: z
    .enum(["starttls", "tls", "none"])
    .default("starttls")
    .describe("With STARTTLS no mail leaves unencrypted (`starttls`). No encryption is for private hosts only (`none`)")
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
      "User name at the mail server. If it and the password are empty, those of the installation are used (`EMAIL_USERNAME`, `EMAIL_PASSWORD`), at the mail server of the installation only",
    )
    .meta({ title: "User name" }),
  password: z
    .string()
    .optional()
    .describe(
      "Password at the mail server. It is never shown again, and entered anew when host or user changes. A secret can hold it instead (`secretArn`)",
    )
    .meta({ secret: true }),
  secretArn: z
    .string()
    .optional()
    .describe(
      "ARN of a secret in Secrets Manager: the password, or JSON with `username` and `password`. Read every 5 minutes; it is used in place of the password",
    )
    .meta({ title: "Secret with the password" }),
  dkim: dkimSchema
    .optional()
    .describe("Signs each mail with DKIM")
    .meta({ title: "DKIM signature", section: "Signing" }),
  dkimNext: dkimSchema
    .extend({ madeAt: instantSchema.optional().describe("When it was made") })
    .optional()
    .describe(
      "A new key that was made in the Settings and signs nothing yet: it becomes the DKIM signature (`dkim`) once it is in DNS",
    )
    .meta({ title: "New DKIM key", elsewhere: true }),
  dkimRecords: z
    .record(z.string(), z.string())
    .default({})
    .describe("The DNS records of keys that were made in the Settings: name → text. Public")
    .meta({ title: "DNS records of DKIM keys", elsewhere: true }),
  paused: z
    .object({
      by: z.string().describe("User id, or `email-agent` for a pause because too much mail came back"),
      at: instantSchema.describe("Since when"),
      reason: z.string().describe("Why, as it was entered"),
    })
    .optional()
    .describe("Paused: no mail begins, running Sends wait, and go on when it is removed")
    .meta({ title: "Pause", elsewhere: true }),
  bounceRateAccepted: z
    .object({
      by: z.string().describe("User id"),
      at: instantSchema.describe("Since when"),
      reason: z.string().describe("Why, as it was entered"),
    })
    .optional()
    .describe(
      "A person lets it send although too much mail came back: for a week it is not paused for that, and after it only mails sent since count",
    )
    .meta({ title: "Returned mail accepted", elsewhere: true }),
  providerSigns: z
    .boolean()
    .default(false)
    .describe(
      "The provider signs the mails with DKIM. Mail programs offer their unsubscribe button only with this or a DKIM signature of the account (`dkim`)",
    )
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
  receivingLimits: z
    .record(
      z.string().min(1),
      z.object({
        ratePerSecond: z
          .number()
          .positive()
          .describe("Messages per second to this receiving domain group, of all senders together")
          .meta({ title: "Rate", unit: "messages per second" }),
      }),
    )
    .default({})
    .describe(
      "Rate limits of single receivers, by the servers that receive the mail: google, microsoft, yahoo …, a domain, or other for each domain that is not named. People above a limit wait, the others go on",
    )
    .meta({ title: "Limits of receiving domains" }),
  warmUp: z
    .object({
      startsOn: z.iso
        .date("Enter a date as 2026-05-04.")
        .describe("The first day, as 2026-05-04")
        .meta({ title: "First day" }),
      timeZone: z.string().default("UTC").describe("Where a day begins, as Europe/Berlin").meta({ title: "Time zone" }),
      days: z
        .array(z.int().min(1))
        .min(1, "Enter the number of mails of at least one day.")
        .describe(
          "Mails in 24 hours on the first day, the second and so on, none smaller than the one before. Usual: 50, 100, 200, 400, 800, 1500, 3000, 6000",
        )
        .meta({ title: "Mails per day" }),
    })
    .optional()
    .describe(
      "A plan for a new sender: on each of its first days the quota is the smaller of both, and behind the last day the whole quota. Receivers trust a sender that grows slowly",
    )
    .meta({ title: "Warm-up" }),
  dailyLimitTexts: z
    .array(z.string())
    .default([])
    .describe(
      "Regular expressions for replies by which this provider says that its daily limit is reached. Short ones: 200 characters, two of * and +",
    )
    .meta({ title: "Replies at the daily limit" }),
});
export type Account = z.infer<typeof accountSchema>;
