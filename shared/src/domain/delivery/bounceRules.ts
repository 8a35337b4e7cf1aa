import type { SmtpPhase } from "./smtpVerdict.ts";

/**
 * What a known reply means, where its code alone would mislead.
 *
 * - `authentication`: the account's credentials are refused; nothing goes out until a person repairs them.
 * - `daily-limit`: the provider's limit for a day is reached.
 * - `session-limit`: this connection has carried as many messages as the server allows; a new one may carry more.
 * - `throttled`: the account sends too fast or has too many connections; the person written to has nothing to do with it.
 * - `sender-refused`: policy against this sender (reputation, SPF, DKIM, DMARC, block lists, no right to the From address).
 * - `no-such-user`: the mailbox does not exist.
 */
export type ReplyMeaning =
  | "authentication"
  | "daily-limit"
  | "session-limit"
  | "throttled"
  | "sender-refused"
  | "no-such-user";

/** One rule: every condition given must hold. */
export interface BounceRule {
  readonly meaning: ReplyMeaning;
  readonly codes?: readonly number[];
  /** The basic code's class: 4 temporary, 5 permanent. */
  readonly class?: 4 | 5;
  readonly phases?: readonly SmtpPhase[];
  /** Matched against the enhanced status code (RFC 3463), `""` where the reply has none. */
  readonly enhanced?: RegExp;
  /** Matched against the reply's text, its lines joined by a blank. */
  readonly text?: RegExp;
  /** The real reply behind the rule, and who says so; lines joined by `\n`. */
  readonly example: { readonly phase: SmtpPhase; readonly reply: string; readonly from: string };
}

const recipient = ["rcpt", "data", "dot"] as const;

/**
 * The rules, most specific first: the first that matches wins, and only a reply that none knows is judged by its code
 * and the command it answers. A new provider text is one more entry, with the reply it was seen in.
 */
export const bounceRules: readonly BounceRule[] = [
  // Before everything else that names a number of messages: here the number is per connection.
  {
    meaning: "session-limit",
    text: /^(?=.*\b(too many|max|maximum|limit|exceeded|reached)\b).*\b(messages?|e?mails?|recipients?|transactions?)\b.{0,40}\b(per|in|for|on|during|this)( (this|the|its|one|a|single|current|your))* (smtp )?(connection|session)\b/i,
    example: { phase: "mail", reply: "421 too many messages in this connection", from: "Exim, Amazon SES" },
  },
  // The daily limit comes before throttling: some providers use one code and one sentence for both.
  {
    meaning: "daily-limit",
    enhanced: /^[45]\.4\.5$/,
    example: {
      phase: "dot",
      reply:
        "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail\n550-5.4.5 sending limits go to\n550 5.4.5  https://support.google.com/a/answer/166852 x1-20020a05gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "daily-limit",
    enhanced: /^[45]\.7\.28$/,
    example: {
      phase: "dot",
      reply:
        "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail. To protect\n421-4.7.28 our users from spam, mail has been temporarily rate limited.\n421 4.7.28 https://support.google.com/mail/answer/81126 gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "daily-limit",
    text: /daily (message|sending) (quota|limit) exceeded|daily .{0,20}sending limit exceeded/i,
    example: { phase: "dot", reply: "454 Throttling failure: Daily message quota exceeded.", from: "Amazon SES" },
  },
  {
    meaning: "daily-limit",
    text: /SubmissionQuotaExceeded/i,
    example: {
      phase: "dot",
      reply:
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message due to a permanent exception with message The message can't be submitted because the sender's submission quota was exceeded.",
      from: "Exchange Online",
    },
  },

  {
    meaning: "authentication",
    codes: [534, 535, 538],
    example: {
      phase: "auth",
      reply:
        "535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials x1-20020a05 - gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "authentication",
    class: 5,
    phases: ["auth"],
    example: { phase: "auth", reply: "504 5.7.4 Unrecognized authentication type", from: "Exchange Server" },
  },
  {
    meaning: "authentication",
    codes: [530],
    text: /authenticat/i,
    example: {
      phase: "mail",
      reply:
        "530-5.7.0 Authentication Required. For more information, go to\n530 5.7.0  https://support.google.com gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "authentication",
    codes: [530],
    enhanced: /^5\.7\.57$/,
    example: {
      phase: "mail",
      reply: "530 5.7.57 Client not authenticated to send mail. [AM0PR01CA0123.eurprd01.prod.exchangelabs.com]",
      from: "Exchange Online",
    },
  },

  {
    meaning: "throttled",
    codes: [421],
    example: {
      phase: "rcpt",
      reply:
        "421 4.7.0 [TSS04] Messages from 203.0.113.7 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
      from: "Yahoo",
    },
  },
  {
    meaning: "throttled",
    class: 4,
    phases: ["connect", "greeting", "ehlo", "starttls", "auth", "mail"],
    example: {
      phase: "auth",
      reply:
        "454 4.7.0 Too many login attempts, please try again later. For more information, go to https://support.google.com/mail/answer/7126229 gsmtp",
      from: "Gmail",
    },
  },
  {
    meaning: "throttled",
    text: /throttling failure|maximum sending rate exceeded/i,
    example: { phase: "dot", reply: "454 Throttling failure: Maximum sending rate exceeded.", from: "Amazon SES" },
  },
  {
    meaning: "throttled",
    text: /sender thread limit exceeded|concurrent connections? limit exceeded/i,
    example: {
      phase: "dot",
      reply:
        "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=DB7PR04MB4876.eurprd04.prod.outlook.com]",
      from: "Exchange Online",
    },
  },
  {
    meaning: "throttled",
    class: 4,
    text: /temporarily (deferred due to|rate limited)|rate limit(ed| exceeded)|too many (messages|connections|concurrent)|sending too (fast|quickly)|reduce your (sending )?rate/i,
    example: {
      phase: "rcpt",
      reply:
        "451 4.7.650 The mail server [203.0.113.7] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)",
      from: "Outlook.com",
    },
  },
  {
    meaning: "throttled",
    class: 4,
    enhanced: /^4\.7\.(650|651)$/,
    example: {
      phase: "mail",
      reply:
        "451 4.7.651 The mail server [203.0.113.7] has been temporarily rate limited due to IP reputation. (S4003) [SN1NAM02FT045.eop-nam02.prod.protection.outlook.com]",
      from: "Outlook.com",
    },
  },

  {
    meaning: "no-such-user",
    class: 5,
    phases: recipient,
    enhanced: /^5\.1\.[126]$/,
    example: {
      phase: "rcpt",
      reply:
        "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 double-checking the recipient's email address for typos or\n550-5.1.1 unnecessary spaces. For more information, go to\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser x1-20020a05 - gsmtp",
      from: "Gmail",
    },
  },
  {
    // Only where nothing else is said: 550 with 5.7.x may mention the user and still mean policy.
    meaning: "no-such-user",
    codes: [550],
    phases: ["rcpt"],
    enhanced: /^(5\.0\.0)?$/,
    text: /no such (user|recipient|mailbox|account|person)|(user|recipient|mailbox|account)( name)?( is)? (unknown|not found|not known)|unknown (user|recipient|mailbox|account|local[- ]part)|(user|recipient|mailbox|account|address) (does not|doesn't) exist|no mailbox here by that name|invalid (mailbox|recipient)\b/i,
    example: { phase: "rcpt", reply: "550 No such user here", from: "Exim" },
  },

  {
    meaning: "sender-refused",
    class: 5,
    phases: ["mail"],
    example: {
      phase: "mail",
      reply: "553 5.7.1 <noreply@example.com>: Sender address rejected: not owned by user",
      from: "Postfix",
    },
  },
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipient,
    enhanced: /^5\.7\.\d+$/,
    example: {
      phase: "dot",
      reply:
        "550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level. The sender's domain in the 5322.From address doesn't meet the authentication requirements defined for the sender.",
      from: "Outlook.com",
    },
  },
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipient,
    enhanced: /^5\.1\.8$/,
    example: {
      phase: "dot",
      reply:
        "550 5.1.8 Access denied, bad outbound sender. For more information please go to http://go.microsoft.com/fwlink/?LinkId=875724. S(15017)",
      from: "Exchange Online",
    },
  },
  {
    meaning: "sender-refused",
    class: 5,
    phases: recipient,
    enhanced: /^$/,
    text: /email address is not verified|blocked using|listed (at|in|by) |spamhaus|unsolicited|relay(ing)? (access )?denied/i,
    example: {
      phase: "dot",
      reply:
        "554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: noreply@example.com",
      from: "Amazon SES",
    },
  },
];
