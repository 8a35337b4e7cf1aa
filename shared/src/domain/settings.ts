import { z } from "zod";

/** Config `setting`, one item per name, read as one object; what is not set has its default. */
export const settingsSchema = z.object({
  organisation: z
    .object({
      name: z
        .string()
        .default("")
        .describe("Name, as recipients know it, in mails and on the unsubscribe page (`LIST:COMPANY`)"),
      description: z
        .string()
        .default("")
        .describe("Why people get its mails, in a sentence for them (`LIST:DESCRIPTION`)")
        .meta({ title: "Why people get mails" }),
      address: z
        .string()
        .default("")
        .describe("Postal address, a line for each line of it (`LIST:ADDRESS`)")
        .meta({ title: "Postal address", lines: true }),
      phone: z.string().default("").describe("Telephone number for people (`LIST:PHONE`)").meta({ title: "Telephone" }),
      email: z.string().default("").describe("Mail address for people (`LIST:EMAIL`)").meta({ title: "Mail address" }),
      url: z.string().default("").describe("Web site for people (`LIST:URL`)").meta({ title: "Web site" }),
    })
    .prefault({})
    .describe(
      "Who sends the mails, as templates show it. Templates that come from Mailchimp show what its audience says instead. Where Mailchimp is used and no name is entered here, all templates do",
    )
    .meta({ section: "Organisation" }),
  retentionMonths: z
    .int()
    .min(0)
    .max(1200)
    .default(0)
    .describe("So many months after a mail ended, its name, address and reply are erased; who got it stays. 0 = never")
    .meta({ title: "Erase deliveries after", unit: "months" }),
  timeZone: z.string().default("UTC").describe("Time zone of dates in mails and times in exports, as Europe/Berlin"),
  registrationHosts: z
    .array(z.string())
    .default([])
    .describe("Hosts where people register. A link to one of them is a registration link")
    .meta({ section: "Registration links" }),
  registrationPlaceholderId: z
    .string()
    .default("123456789")
    .describe("Participant id that templates write in registration links; each mail has the recipient's instead")
    .meta({ title: "Placeholder id" }),
  registrationParams: z
    .object({
      event: z.string().describe("Query parameter of the event code"),
      participant: z.string().describe("Query parameter of the participant id"),
    })
    .default({ event: "aid", participant: "pid" })
    .describe("What a registration link carries")
    .meta({ title: "Parameters" }),
  mergeFields: z
    .record(z.string(), z.string())
    .default({})
    .describe("Further merge tags: tag in upper case → path in the participant, as COUNTRY → country")
    .meta({ title: "Merge tags", section: "Content and its checks" }),
  allowedHashtags: z.array(z.string()).default([]).describe("Lower-case words with # that texts may hold"),
  linkCheck: z
    .object({
      deny: z
        .array(z.string())
        .default([])
        .describe("Hosts that are never fetched: a warning each")
        .meta({ title: "Hosts that are not checked" }),
      warn: z
        .array(z.string())
        .default([])
        .describe("Hosts whose faults are warnings, for they refuse checkers")
        .meta({ title: "Hosts whose faults are warnings" }),
    })
    .default({ deny: [], warn: [] })
    .describe("How Prepare checks links to some hosts, and to all below them"),
  failureCeiling: z
    .object({
      ratio: z
        .number()
        .describe("Failed mails of the tried ones, from 0 to 1: 0.2 is 20 %")
        .meta({ title: "Failed share" }),
      minimum: z.int().describe("Mails to try before the share counts").meta({ title: "Counts from the mail number" }),
    })
    .default({ ratio: 0.2, minimum: 20 })
    .describe("A Send with more failures stops in error")
    .meta({ section: "Sending" }),
  bounces: z
    .object({
      softLimit: z
        .int()
        .min(0)
        .max(100)
        .default(5)
        .describe(
          "After so many soft bounces in a row the address is suppressed. A full mailbox never counts. 0 = never",
        )
        .meta({ title: "Suppress after", unit: "soft bounces" }),
    })
    .prefault({})
    .describe("What happens to an address whose mails come back")
    .meta({ title: "Returned mail" }),
  confirmSendAbove: z
    .int()
    .min(0)
    .default(100)
    .describe("A Send to more recipients than this is confirmed by typing their number")
    .meta({ title: "Typed confirmation above", unit: "recipients" }),
  notices: z
    .object({
      addresses: z
        .array(z.string())
        .default([])
        .describe("Mail addresses that get the notices of every Send, besides the user who started it")
        .meta({ title: "Further addresses" }),
      account: z
        .string()
        .default("")
        .describe("Mail account that sends them. If it is empty, or cannot send, that of the work order")
        .meta({ title: "Account", refersTo: "account" }),
    })
    .prefault({})
    .describe(
      "Mails that say how a Send ended, and when one is paused, sleeps for quota, does not move or leaves mails in doubt. They do not count against the quota",
    )
    .meta({ section: "Notices" }),
  maintainedElsewhere: z
    .object({
      events: z.boolean().default(false).describe("Events can be seen here and not be added, changed or removed"),
      people: z
        .boolean()
        .default(false)
        .describe("People cannot be imported and their addresses not be corrected; unsubscribing and forgetting stay"),
    })
    .prefault({})
    .describe("What another application writes, and so cannot be changed here")
    .meta({ section: "Other applications" }),
});
export type Settings = z.infer<typeof settingsSchema>;
