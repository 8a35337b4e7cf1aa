import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import type { Email } from "postal-mime";
import { sesBounce, sesComplaint, sesMail } from "../sesEvents.ts";
import type { ListedMail } from "./mailQueries.ts";

/** Puts the text of an event of SES where the product takes it from. */
export type SendEvent = (event: string) => Promise<unknown>;

/** The queue from which ingest takes events of SES. */
export function eventQueue({ sqs }: Pick<Aws, "sqs">, QueueUrl: string): SendEvent {
  return (MessageBody) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

/** What a reader of the inbox may make of a mail, with the words of its button. */
export const returns = {
  hard: "Bounce: no such mailbox",
  soft: "Bounce: soft",
  full: "Bounce: mailbox full",
  complaint: "Complain",
} as const;
export type ReturnKind = keyof typeof returns;

export function isReturnKind(kind: string | null): kind is ReturnKind {
  return kind !== null && Object.hasOwn(returns, kind);
}

const replies = {
  hard: ["Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"],
  soft: ["Transient", "General", "4.4.7", "smtp; 450 4.4.7 Message expired"],
  full: ["Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full"],
} as const;

/** The event that SES would publish of this mail: with its headers as they were sent. */
export function returnEvent(mail: ListedMail, { headers }: Email, kind: ReturnKind): string {
  const [emailAddress = ""] = mail.to;
  const timestamp = new Date().toISOString();
  const feedbackId = `inbox-${mail.id}-${kind}`;
  const given = headers.map(({ originalKey, value }) => ({ name: originalKey, value }));
  const common = { mail: { ...sesMail(given, [...mail.to]), timestamp: mail.at, messageId: `inbox-${mail.id}` } };
  if (kind === "complaint") {
    const complaint = { ...sesComplaint, complainedRecipients: [{ emailAddress }], timestamp, feedbackId };
    return JSON.stringify({ eventType: "Complaint", ...common, complaint });
  }
  const [type, subType, status, diagnosticCode] = replies[kind];
  const recipient = { emailAddress, action: "failed", status, diagnosticCode };
  const bounce = { ...sesBounce(type, subType, [recipient]), timestamp, feedbackId };
  return JSON.stringify({ eventType: "Bounce", ...common, bounce });
}
