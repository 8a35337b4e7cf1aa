import type { Account } from "../account.ts";
import { domainOf } from "../recipients/address.ts";
import type { Participant } from "../recipients/participant.ts";
import { personName } from "../recipients/personName.ts";
import { tidied } from "../template/escaping.ts";
import type { RenderedMail } from "../template/mail.ts";
import { messageIdOf } from "./messageId.ts";
import { type ReplyToConfig, replyToOf } from "./replyTo.ts";

/** A name, which may be empty, and its address. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** One message, ready but for encoding. */
export interface Mail {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly envelopeFrom: string;
  readonly replyTo: string;
  /** With angle brackets. */
  readonly messageId: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** List-*, Feedback-ID, X-Email-Agent-*. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a message is made of besides its text. */
export interface MessageSource {
  readonly account: Account;
  readonly order: { readonly eventCode: string; readonly stage: string };
  /** Mailing key in the mail's language. */
  readonly mailingKey: string;
  readonly runId: string;
  /** A Test's mails are of its run alone: their Message-ID holds the run id. */
  readonly isTest: boolean;
  readonly participant: Pick<Participant, "id" | "first" | "last">;
  /** The checked address. */
  readonly email: string;
  readonly rendered: RenderedMail;
  /** The recipient's one-click URL; `""` without public base URL. */
  readonly unsubscribeUrl: string;
}

export type MessageConfig = ReplyToConfig;
/** With the secret that signs Message-IDs; undefined where a message is only looked at, and never sent. */
export type SigningConfig = MessageConfig & { readonly PUBLIC_TOKEN_SECRET: string | undefined };

/**
 * The message for one recipient: sender identity, Message-ID and headers. The same mailing to the same person has the
 * same Message-ID (see messageId.ts). Auto-Submitted and Precedence are not
 * set: they mark automatic replies and would silence out-of-office notices and filters wrongly.
 */
export function message(source: MessageSource, config: SigningConfig): Mail {
  const { account, participant, rendered } = source;
  const address = account.fromAddress || config.EMAIL_FROM;
  return {
    from: { name: tidied(account.fromName), address },
    to: { name: personName(participant), address: source.email },
    envelopeFrom: account.envelopeFrom || address,
    replyTo: replyToOf(account, config),
    messageId: messageId(source, config, headerDomain(address)),
    subject: rendered.subject,
    html: rendered.html,
    text: rendered.text,
    headers: listHeaders(source, headerDomain(address)),
  };
}

/** A header's value before it is encoded for the wire; `line` goes out as it is. */
export type HeaderValue =
  | { readonly mailbox: Mailbox }
  | { readonly address: string }
  | { readonly text: string }
  | { readonly line: string };

/**
 * The headers of a message in their order, those of its MIME structure apart.
 *
 * @param at epoch milliseconds, for Date
 */
export function messageHeaders(mail: Mail, at: number): readonly (readonly [name: string, value: HeaderValue])[] {
  return [
    ["From", { mailbox: mail.from }],
    ["To", { mailbox: mail.to }],
    ["Subject", { text: mail.subject }],
    ["Date", { line: new Date(at).toUTCString().replace("GMT", "+0000") }],
    ["Message-ID", { line: mail.messageId }],
    ["Reply-To", { address: mail.replyTo }],
    ...Object.entries(mail.headers).map(([name, text]) => [name, { text }] as const),
  ];
}

function messageId(
  { mailingKey, isTest, runId, participant }: MessageSource,
  { PUBLIC_TOKEN_SECRET }: SigningConfig,
  domain: string,
): string {
  const subject = { participantId: participant.id, mailingKey, ...(isTest && { runId }) };
  return messageIdOf(PUBLIC_TOKEN_SECRET, subject, domain);
}

function listHeaders(source: MessageSource, domain: string): Record<string, string> {
  const { account, order, mailingKey, runId, unsubscribeUrl } = source;
  const mailto = account.unsubscribeMailto?.replace(/^mailto:/i, "");
  const unsubscribe = [unsubscribeUrl && `<${unsubscribeUrl}>`, mailto && `<mailto:${mailto}>`].filter(Boolean);
  // RFC 8058 2: both headers must be under a DKIM signature and the URL must be https, or receivers ignore the offer.
  const isOneClick = isTrustworthy(unsubscribeUrl) && (account.dkim !== undefined || account.providerSigns);
  return {
    ...(unsubscribe.length > 0 && { "List-Unsubscribe": unsubscribe.join(", ") }),
    ...(isOneClick && { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }),
    "List-ID": `<${order.eventCode}.${account.listId || domain}>`,
    "Feedback-ID": [mailingKey, feedbackPart(account.name), order.stage, "email-agent"].join(":"),
    "X-Email-Agent-Mailing": mailingKey,
    "X-Email-Agent-Run": runId,
  };
}

const loopbackHost = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|(?:[^.]+\.)*localhost)$/;

/**
 * True for what cannot be read or changed on its way: https, and http that never leaves this machine, as browsers judge
 * it (W3C Secure Contexts 3.1, "potentially trustworthy origin"). The local stack lives on loopback.
 */
function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && loopbackHost.test(hostname));
}

/** The fields of Feedback-ID are separated by colons and hold no blanks. */
function feedbackPart(name: string): string {
  return name.replace(/[^\w.-]+/g, "-");
}

/** The domain as headers hold it: an international one in its ASCII form (RFC 5890). */
function headerDomain(address: string): string {
  const domain = domainOf(address);
  const url = `http://${domain}`;
  return /^[ -~]*$/.test(domain) || !URL.canParse(url) ? domain : new URL(url).hostname;
}
