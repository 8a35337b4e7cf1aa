import { z } from "zod";
import { type Instant, instant } from "../time.ts";
import type { BounceReport } from "./bounceReport.ts";
import { returnedNames } from "./returnedHeaders.ts";

/*
 * Amazon SES says what became of a mail in JSON, in two forms that differ in the name of one field: event publishing by a
 * configuration set (`eventType`), and the notifications of an identity (`notificationType`).
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */

const text = z.string().nullish();
const mailSchema = z.looseObject({
  timestamp: text,
  messageId: text,
  destination: z.array(z.string()).nullish(),
  headers: z.array(z.looseObject({ name: z.string(), value: text })).nullish(),
  commonHeaders: z.looseObject({ messageId: text }).nullish(),
});
type SesMail = z.infer<typeof mailSchema>;

const recipientSchema = z.looseObject({ emailAddress: z.string(), status: text, diagnosticCode: text });
const eventSchema = z.looseObject({
  mail: mailSchema,
  bounce: z
    .looseObject({
      bounceType: z.string(),
      bounceSubType: text,
      bouncedRecipients: z.array(recipientSchema).min(1),
      timestamp: text,
      feedbackId: text,
    })
    .optional(),
  complaint: z
    .looseObject({
      complainedRecipients: z.array(z.looseObject({ emailAddress: z.string() })).min(1),
      complaintFeedbackType: text,
      timestamp: text,
      feedbackId: text,
    })
    .optional(),
  reject: z.looseObject({ reason: text }).optional(),
  failure: z.looseObject({ errorMessage: text }).optional(),
  delivery: z
    .looseObject({ timestamp: text, recipients: z.array(z.string()).nullish(), smtpResponse: text })
    .optional(),
  deliveryDelay: z
    .looseObject({
      timestamp: text,
      delayType: text,
      delayedRecipients: z.array(recipientSchema).nullish(),
    })
    .optional(),
});
type SesEvent = z.infer<typeof eventSchema>;

/** The reports in a message, or what is wrong with it. */
export type SesReading = { readonly reports: readonly BounceReport[] } | { readonly problem: string };

const nothing: SesReading = { reports: [] };

/**
 * Reads the body of a message: an event of SES as it is, or in the envelope of SNS or of EventBridge. Kinds of events that say
 * nothing about returned mail (Send, Open, Click) have no reports, and neither have the messages by which AWS tries a topic.
 */
export function readSesEvent(body: string, now: number): SesReading {
  const outer = parsed(body);
  if (outer === undefined) return isTrial(body) ? nothing : { problem: "it is not JSON" };
  const { Type, Message, detail } = outer;
  if (typeof Type === "string" && Type !== "Notification") return nothing;
  if (typeof Message === "string") return readSesEvent(Message, now);
  const event = isRecord(detail) ? detail : outer;
  const kind = event["eventType"] ?? event["notificationType"];
  if (typeof kind !== "string") return { problem: "it has no eventType" };
  const read = readers[kind];
  if (!read) return nothing;
  const judged = eventSchema.safeParse(event);
  if (!judged.success) {
    const [issue] = judged.error.issues;
    return { problem: `${issue?.path.join(".")}: ${issue?.message}` };
  }
  const reports = read(judged.data, now);
  return reports ? { reports } : { problem: `it has no part for its kind, ${kind.slice(0, 40)}` };
}

/** SES publishes this sentence when an event destination is made. */
function isTrial(body: string): boolean {
  return body.startsWith("Successfully validated SNS topic");
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

type Reader = (event: SesEvent, now: number) => BounceReport[] | undefined;

/** By kind of event. SES makes new kinds; those say nothing here. */
const readers: Readonly<Record<string, Reader>> = {
  Bounce: ({ mail, bounce }, now) =>
    bounce?.bouncedRecipients.map(({ emailAddress, status, diagnosticCode }, index) => ({
      ...reportOf(mail, { at: bounce.timestamp, feedbackId: bounce.feedbackId, kind: "bounce", index }, now),
      ...bounceKind(bounce.bounceType, bounce.bounceSubType ?? ""),
      recipient: emailAddress,
      ...(status && { code: status }),
      reply: diagnosticCode || wordsOf(bounce.bounceType, bounce.bounceSubType ?? ""),
    })),
  Complaint: ({ mail, complaint }, now) =>
    complaint?.complainedRecipients.map(({ emailAddress }, index) => ({
      ...reportOf(mail, { at: complaint.timestamp, feedbackId: complaint.feedbackId, kind: "complaint", index }, now),
      kind: "complaint" as const,
      recipient: emailAddress,
      ...(complaint.complaintFeedbackType && { complaintType: complaint.complaintFeedbackType }),
      reply: "",
    })),
  Reject: ({ mail, reject }, now) => reject && refused(mail, "rejected by SES", reject.reason, now),
  "Rendering Failure": ({ mail, failure }, now) =>
    failure && refused(mail, "not rendered by SES", failure.errorMessage, now),
  Delivery: ({ mail, delivery }, now) =>
    delivery && [
      {
        ...reportOf(mail, { at: delivery.timestamp, feedbackId: undefined, kind: "delivery", index: 0 }, now),
        ...{ kind: "delivered", reply: delivery.smtpResponse ?? "" },
      },
    ],
  DeliveryDelay: ({ mail, deliveryDelay }, now) =>
    deliveryDelay && [
      {
        ...reportOf(mail, { at: deliveryDelay.timestamp, feedbackId: undefined, kind: "delay", index: 0 }, now),
        ...{ kind: "delayed", reply: deliveryDelay.delayType ?? "" },
      },
    ],
};

/**
 * The kind by type and subtype; judgeBounce decides by the text of the reply first. Undetermined and Transient are soft. SES
 * does not try an address on a suppression list of its own, where only unknown mailboxes get: that is certain, and so is a
 * mail without a valid address.
 */
function bounceKind(type: string, subType: string): Pick<BounceReport, "kind" | "isCertain"> {
  if (aboutTheMail.has(subType)) return { kind: "rejected" };
  if (type !== "Permanent") return { kind: "soft" };
  return { kind: "hard", ...(certainSubTypes.has(subType) && { isCertain: true }) };
}

/** The last one: the person left the mailing list that SES itself keeps for the sender. */
const aboutTheMail: ReadonlySet<string> = new Set([
  "MessageTooLarge",
  "ContentRejected",
  "AttachmentRejected",
  "UnsubscribedRecipient",
]);
const certainSubTypes: ReadonlySet<string> = new Set(["NoEmail", "Suppressed", "OnAccountSuppressionList"]);

/** In place of a reply, where SES has none. */
function wordsOf(type: string, subType: string): string {
  return subType === "MailboxFull" ? "SES says that the mailbox is full" : `SES says: ${type} ${subType}`.trim();
}

interface Origin {
  readonly at: string | null | undefined;
  readonly feedbackId: string | null | undefined;
  readonly kind: string;
  readonly index: number;
}

/** The mail never left SES. */
function refused(mail: SesMail, what: string, reason: string | null | undefined, now: number): BounceReport[] {
  const reply = reason ? `${what}: ${reason}` : what;
  return (mail.destination ?? []).map((recipient, index) => ({
    ...reportOf(mail, { at: mail.timestamp, feedbackId: undefined, kind: "reject", index }, now),
    ...{ kind: "rejected", recipient, reply },
  }));
}

function reportOf(mail: SesMail, { at, feedbackId, kind, index }: Origin, now: number) {
  const header = (name: string) =>
    mail.headers?.find((one) => one.name.toLowerCase() === name.toLowerCase())?.value ?? undefined;
  const names = returnedNames(header);
  const common = mail.commonHeaders?.messageId ?? undefined;
  // SES puts its own id where it does not report the headers: that says nothing of whose mail it is.
  const isOwn = common !== undefined && mail.messageId != null && common.includes(mail.messageId);
  const messageId = names.messageId ?? (isOwn ? undefined : common);
  return {
    ...names,
    ...(messageId !== undefined && { messageId }),
    at: timeOf(at) ?? timeOf(mail.timestamp) ?? instant(now),
    reportedBy: "ses" as const,
    sourceId: `${feedbackId || `${mail.messageId ?? "?"}:${kind}`}:${index}`,
  };
}

function timeOf(given: string | null | undefined): Instant | undefined {
  const time = Date.parse(given ?? "");
  return Number.isNaN(time) ? undefined : instant(time);
}
