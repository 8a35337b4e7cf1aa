import { fieldBlocks } from "./fieldBlocks.ts";
import { headerValue, headerValues, type ReceivedMail } from "./receivedMail.ts";
import { reportAddress } from "./reportAddress.ts";

/** What a feedback report says (ARF, RFC 5965 3). */
export interface Feedback {
  /** In lower case: `abuse`, `fraud`, `virus`, `other`, `opt-out`, `not-spam`, `auth-failure` … */
  readonly type: string;
  /** Absent where the provider redacts it, as most do. */
  readonly recipient?: string;
}

/** A person's complaint. All other types are none: `not-spam` takes one back, `auth-failure` (RFC 6591) is about a forged sender. */
const complaints = /^(abuse|fraud|virus|other|opt-out|opt-out-list|miscategorized|unsolicited|spam|complaint)$/;

export function isComplaint({ type }: Feedback): boolean {
  return complaints.test(type);
}

/** The feedback report of a mail; undefined if it holds none. */
export function feedbackOf(mail: ReceivedMail): Feedback | undefined {
  const part = mail.parts.find(({ type }) => type === "message/feedback-report");
  return part ? inReport(part.text) : fromOutlook(mail);
}

function inReport(text: string): Feedback {
  const fields = fieldBlocks(text).flat();
  const type = headerValue(fields, "feedback-type").toLowerCase().split(/[\s;]/)[0] || "abuse";
  const recipients = ["original-rcpt-to", "removal-recipient"].flatMap((key) => headerValues(fields, key));
  const recipient = recipients.map(reportAddress).find((address) => address !== undefined);
  return { type: type.slice(0, 40), ...(recipient !== undefined && { recipient }) };
}

/** Outlook.com's Junk Mail Reporting Program sends the mail as an attachment, without a report part. */
function fromOutlook({ from, subject, parts }: ReceivedMail): Feedback | undefined {
  if (!/^staff@(hotmail|outlook)\.com$/i.test(from) || !/^complaint about message from/i.test(subject))
    return undefined;
  const [fields = []] = fieldBlocks(parts.find(({ type }) => type === "message/rfc822")?.text ?? "", 1);
  const recipient = reportAddress(headerValue(fields, "x-hmxmroriginalrecipient"));
  return { type: "abuse", ...(recipient !== undefined && { recipient }) };
}
