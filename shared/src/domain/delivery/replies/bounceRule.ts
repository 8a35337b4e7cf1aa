import type { SmtpPhase } from "../smtpPhase.ts";

/**
 * What a known reply means, where its code alone would mislead.
 *
 * - `authentication`: the account's credentials are refused; nothing goes out until a person repairs them.
 * - `daily-limit`: the account's volume for a day or a month is used up, or its quota for a period that is not named.
 * - `session-limit`: this connection has carried as many messages as the server allows; a new one may carry more.
 * - `throttled`: the account sends too fast, too much in an hour or a minute, or over too many connections; or its server
 *   is away. It says nothing about the recipient.
 * - `sender-refused`: policy against this sender (reputation, SPF, DKIM, DMARC, block lists, no right to the From address).
 * - `try-later`: soft bounce: this person cannot be reached for a while, whatever the code says (greylisting, receiving limits).
 * - `mailbox-full`: soft bounce: the mailbox exists and has no room.
 * - `no-such-user`: hard bounce: the mailbox certainly does not exist. The address is suppressed.
 * - `recipient-refused`: the mailbox, its owner or its domain refuses, and that is all that is certain.
 * - `content-refused`: this message is taken for spam, a virus or malformed, or is too large.
 */
export const replyMeanings = [
  "authentication",
  "daily-limit",
  "throttled",
  "session-limit",
  "sender-refused",
  "content-refused",
  "no-such-user",
  "mailbox-full",
  "recipient-refused",
  "try-later",
] as const;
export type ReplyMeaning = (typeof replyMeanings)[number];

/** One rule: every condition given must hold. */
export interface BounceRule {
  readonly meaning: ReplyMeaning;
  readonly codes?: readonly number[];
  /** The basic code's class: 4 temporary, 5 permanent. */
  readonly class?: 4 | 5;
  readonly phases?: readonly SmtpPhase[];
  /** Matched against the enhanced status code (RFC 3463), `""` where the reply has none. */
  readonly enhanced?: RegExp;
  /** Matched against the comparable text of the reply (`comparableReply`). */
  readonly text?: RegExp;
  /** Exception: the rule does not apply to a text that matches this. */
  readonly unless?: RegExp;
  /** The real reply behind the rule, and who says so; lines joined by `\n`. */
  readonly example: { readonly phase: SmtpPhase; readonly reply: string; readonly from: string };
}

/** Phases in which a reply may be about the recipient. */
export const recipientPhases: readonly SmtpPhase[] = ["rcpt", "data", "dot"];

/** Matches what any of these matches. */
export function anyOf(...texts: readonly RegExp[]): RegExp {
  return new RegExp(texts.map(({ source }) => source).join("|"));
}
