import type { SmtpAnswer } from "@email-agent/shared/domain/smtpVerdict.ts";

/** One message, ready but for encoding. */
export interface Mail {
  readonly from: { readonly name: string; readonly address: string };
  readonly to: { readonly name: string; readonly address: string };
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

/**
 * One open way to one account's server: one SMTP connection that takes one message after the other (reopened after
 * `messagesPerConnection`). A process holds as many as it has connection slots.
 */
export interface Mailer {
  /** Never rejects for what the server or the network did: that is the answer. */
  send(mail: Mail): Promise<SmtpAnswer>;
  [Symbol.asyncDispose](): Promise<void>;
}
