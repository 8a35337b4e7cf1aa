import { isSameAddress } from "../recipients/address.ts";
import type { BounceReport } from "./bounceReport.ts";
import { type RecipientStatus, recipientStatuses } from "./deliveryStatus.ts";
import { feedbackOf, isComplaint } from "./feedbackReport.ts";
import type { BounceFormat } from "./formats/bounceFormat.ts";
import { gateways } from "./formats/gateways.ts";
import { mailServers } from "./formats/mailServers.ts";
import { providers } from "./formats/providers.ts";
import { isDelayed, isOfFormat, type NamedRecipient, namedRecipients } from "./formats/textReport.ts";
import { isAutomatic, type OtherMail, otherByForm, otherByWords, seemsReport } from "./otherMail.ts";
import type { ReceivedMail } from "./receivedMail.ts";
import { type ReportedReply, reportedReply } from "./reportedReply.ts";
import type { ReturnedNames } from "./returnedHeaders.ts";
import { returnedMail } from "./returnedMail.ts";

/** One person's bounce or complaint, as a mail reports it. Nothing in it is proven: anyone can write such a mail. */
export type MailReport = Omit<BounceReport, "at" | "reportedBy" | "sourceId">;

/**
 * What a mail of the bounce mailbox is.
 *
 * - `reports`: bounces or complaints; `format` names the form that was recognised.
 * - `other`: something else, which is left alone.
 * - `unread`: it seems to be a report, and no format fits or it is not as reports are: for a person to see.
 */
export type MailReading =
  | { readonly is: "reports"; readonly format: string; readonly reports: readonly MailReport[] }
  | { readonly is: "other"; readonly why: OtherMail }
  | { readonly is: "unread"; readonly why: string };

/** A mail of ours has one recipient, so a report about many is not about it. */
const mostRecipients = 20;

/** The first that fits counts: those with marks of their own come before those that share words with others. */
const formats: readonly BounceFormat[] = [
  ...gateways.slice(0, 4),
  ...providers.slice(0, -1),
  ...mailServers,
  ...gateways.slice(4),
  ...providers.slice(-1),
];

/** Reads a mail of the bounce mailbox. Total, and takes time linear in the mail. */
export function readBounceMail(mail: ReceivedMail): MailReading {
  const standard = readFeedback(mail) ?? readDeliveryStatus(mail);
  if (standard) return standard;
  const form = otherByForm(mail);
  if (form) return { is: "other", why: form };
  const named = isAutomatic(mail) ? readText(mail) : undefined;
  if (named) return named;
  const other = seemsReport(mail) ? undefined : (otherByWords(mail) ?? "mail");
  return other ? { is: "other", why: other } : { is: "unread", why: "No known format of bounces fits it." };
}

function readFeedback(mail: ReceivedMail): MailReading | undefined {
  const feedback = feedbackOf(mail);
  if (!feedback) return undefined;
  const { type: complaintType, recipient } = feedback;
  if (!isComplaint(feedback)) return { is: "other", why: "feedback that is no complaint" };
  const report: MailReport = {
    ...{ kind: "complaint", complaintType, reply: `Feedback-Type: ${complaintType}` },
    ...(recipient !== undefined && { recipient }),
    ...returnedMail(mail),
  };
  return { is: "reports", format: "RFC 5965", reports: [report] };
}

/** The text of the delivery status: a part of its own, or written into the text as some servers do. */
function statusText({ parts, text }: ReceivedMail): string | undefined {
  const part = parts.find(({ type }) => /^message\/(global-)?delivery-status$/.test(type));
  if (part) return part.text;
  const at = /^(?:reporting-mta|final-recipient|action):/im.exec(text)?.index;
  return at !== undefined && /^final-recipient:/im.test(text) && /^action:/im.test(text) ? text.slice(at) : undefined;
}

function readDeliveryStatus(mail: ReceivedMail): MailReading | undefined {
  const text = statusText(mail);
  if (text === undefined) return undefined;
  const statuses = recipientStatuses(text, mostRecipients + 1);
  if (statuses.length > mostRecipients) return tooMany;
  const failed = statuses.filter(({ action }) => action === "failed");
  if (statuses.length > 0 && failed.length === 0) {
    const isLate = statuses.some(({ action }) => action === "delayed");
    return { is: "other", why: isLate ? "delay warning" : "delivery confirmation" };
  }
  if (failed.every((status) => addressOf(status) === undefined)) return undefined;
  const returned = returnedMail(mail);
  const inText = failed.some(lacksReason) ? namedInText(mail) : [];
  const reports = withoutDoubles(failed).map((status) =>
    reportOf(status, wordsFor(status, inText, failed.length, mail), returned),
  );
  return { is: "reports", format: "RFC 3464", reports };
}

/** Each address once: behind an alias with many addresses, each of them is reported. */
function withoutDoubles(statuses: readonly RecipientStatus[]): RecipientStatus[] {
  const known = new Map(statuses.map((status) => [addressOf(status)?.toLowerCase(), status]));
  return [...known.values()];
}

const tooMany: MailReading = { is: "unread", why: `It reports more than ${mostRecipients} people.` };

function addressOf({ original, final }: RecipientStatus): string | undefined {
  return original ?? final;
}

function lacksReason({ diagnostic }: RecipientStatus): boolean {
  return diagnostic === "";
}

/** The diagnostic, or where the report has none the reason in its text. */
function wordsFor(
  status: RecipientStatus,
  inText: readonly NamedRecipient[],
  among: number,
  mail: ReceivedMail,
): string {
  if (!lacksReason(status)) return status.diagnostic;
  const own = inText.find(({ address }) => isSameAddress(address, addressOf(status)))?.words.trim();
  const isVague = status.status === "" || /\.0\.0$/.test(status.status);
  return own || (among === 1 && isVague ? mail.text.slice(0, 2000) : "");
}

function reportOf(status: RecipientStatus, words: string, returned: ReturnedNames): MailReport {
  const recipient = addressOf(status);
  return {
    ...bounceOf(reportedReply(words, status.status)),
    ...(recipient !== undefined && { recipient }),
    ...returned,
  };
}

function bounceOf({ smtpCode, code, reply }: ReportedReply): Pick<MailReport, "kind" | "code" | "reply"> {
  return { kind: smtpCode < 500 ? "soft" : "hard", code, reply };
}

function namedInText(mail: ReceivedMail): NamedRecipient[] {
  const format = formats.find((candidate) => isOfFormat(candidate, mail));
  return format ? namedRecipients(format, mail, mostRecipients) : [];
}

function readText(mail: ReceivedMail): MailReading | undefined {
  for (const format of formats) {
    if (!isOfFormat(format, mail)) continue;
    const people = namedRecipients(format, mail, mostRecipients + 1);
    if (people.length === 0) continue;
    if (people.length > mostRecipients) return tooMany;
    if (isDelayed(format, mail)) return { is: "other", why: "delay warning" };
    const returned = returnedMail(mail);
    const reports = people.map(({ address, words }): MailReport => {
      return { ...bounceOf(reportedReply(words)), recipient: address, ...returned };
    });
    return { is: "reports", format: format.id, reports };
  }
  return undefined;
}
