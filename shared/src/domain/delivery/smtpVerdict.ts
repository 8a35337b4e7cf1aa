import { bounceRules } from "./bounceRules.ts";
import { maskRecipient } from "./maskedAddress.ts";
import type { BounceRule, ReplyMeaning } from "./replies/bounceRule.ts";
import { comparableReply, replyText, sameRefusalText } from "./replies/comparableReply.ts";
import { isFromReceivingSide, quotedReply } from "./replies/receivingSide.ts";
import { replyPattern } from "./replies/replyPattern.ts";
import type { SmtpPhase } from "./smtpPhase.ts";

/** The result of one attempt over SMTP. */
export interface SmtpAttempt {
  /** True once the server's 354 was seen: the message may have gone out. */
  readonly dataSent: boolean;
  readonly phase: SmtpPhase;
  /** The server's final reply; absent if the connection ended without one. */
  readonly code?: number;
  readonly enhanced?: string;
  /** Full reply text, as given (kept on the delivery only). */
  readonly response?: string;
  /**
   * Why there was no reply. `certificate`: not valid or host name mismatch. `credentials`: none that the server's
   * methods can use. `address`: not one that can be put into a command, so none was sent. `protocol`: what the server
   * said is no SMTP reply, or none to the command before; then `response` holds it. `no-smtputf8`: an address has
   * non-ASCII letters before the @ and the server does not offer SMTPUTF8, so nothing was sent; `phase` tells whether it
   * is the sender's (`mail`) or the recipient's (`rcpt`).
   */
  readonly failure?:
    | "connect"
    | "dns"
    | "tls"
    | "certificate"
    | "timeout"
    | "lost"
    | "credentials"
    | "address"
    | "protocol"
    | "no-smtputf8";
  /** Messages this connection carried before this one; absent if unknown. Separates a limit per session from a lasting one. */
  readonly messagesBefore?: number;
}

/**
 * What an attempt says about the account; the limiter counts these (circuit breaker: it pauses the account).
 *
 * - `ok`: accepted. `refused`: about this one recipient. `none`: nothing learned.
 * - `unreachable`, `throttled`, `soft-refusal`, `in-doubt`, `sender-refused`: counted, and the account is paused or the
 *   run ended where they come in a row. `daily-limit`: the account is paused for an hour.
 * - `session-limit`: this connection may carry no more messages. Reconnect at once: no pause, and no attempt of the
 *   person is used.
 * - `receiver-throttled`: the servers that receive the mail ask to slow down: their group is slowed, the account goes on.
 */
export type AccountNotice =
  | "ok"
  | "refused"
  | "none"
  | "unreachable"
  | "throttled"
  | "soft-refusal"
  | "in-doubt"
  | "sender-refused"
  | "daily-limit"
  | "session-limit"
  | "receiver-throttled";

/** What follows from one attempt. */
export interface Verdict {
  /** `deferred`: certainly not accepted, to be tried again. `in-doubt`: unknown; never resent by the system. */
  readonly recipient: "sent" | "failed" | "deferred" | "in-doubt";
  /** Only with `failed`: whether a later pass that no user started leaves this person alone. */
  readonly permanent?: boolean;
  /** Hard bounce: the address goes on the suppression list and is not mailed until it is changed. */
  readonly suppress: boolean;
  readonly account: AccountNotice;
  /** Ends the run at once. */
  readonly runError?: "authentication" | "certificate";
  /** The provider's limit for a day is reached: as quota used up, sleep at least an hour. */
  readonly dailyLimit?: boolean;
  /**
   * Only with a permanent refusal that is not known to be about the person: its text without addresses, hosts, ids and
   * numbers. The same text to people of several domains is about the account or the message.
   */
  readonly refusalText?: string;
  /** Counts as failed where the share of failures is judged. */
  readonly countsTowardCeiling: boolean;
  /** One line for an operator: plain words and the reply, without addresses. */
  readonly reason: string;
}

type Outcome = Omit<Verdict, "reason">;

/**
 * Classifies one attempt: sent, soft bounce, hard bounce, in doubt, or trouble of the account. Total: every attempt has a
 * verdict, and the most specific rule wins (bounceRules.ts, then code and phase). `dailyLimitTexts` are the account's own texts for a reached daily limit: regular expressions, case ignored;
 * one that is no regular expression is searched literally, and one that could take long (replyPattern.ts) is not run. `recipient` is whose address the reason must not show.
 *
 * A reply with a code is certain, also after DATA: 4xx and 5xx mean that the server did not take the message. Without
 * one, it depends on whether the server's 354 was seen: before it nothing was sent, after it the outcome is unknown.
 */
export function smtpVerdict(
  attempt: SmtpAttempt,
  account: { readonly dailyLimitTexts: readonly string[]; readonly host?: string | undefined },
  recipient = "",
): Verdict {
  const outcome = judge(attempt, account);
  return { ...outcome, reason: reasonOf(attempt, outcome, recipient) };
}

/**
 * A refusal that turned out to be about the account or the message: the person is retried as after a soft bounce, and
 * finally failed, but not permanently.
 */
export function heldAgainstAccount({ permanent: _, ...verdict }: Verdict): Verdict {
  return { ...verdict, recipient: "deferred", account: "soft-refusal", countsTowardCeiling: false };
}

/** Of a reply: its enhanced status code (RFC 3463), as `5.1.1`; undefined if there is none or its class is another than the code's. */
export function enhancedCode(reply: string): string | undefined {
  const found = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(reply) ?? /[(\s]#(\d\.\d{1,3}\.\d{1,3})\b/.exec(reply);
  return found?.[1]?.startsWith(reply.slice(0, 1)) ? found[1] : undefined;
}

function judge(attempt: SmtpAttempt, { dailyLimitTexts, host }: Parameters<typeof smtpVerdict>[1]): Outcome {
  const { code, phase } = attempt;
  if (code === undefined) return withoutReply(attempt);
  const replyClass = Math.floor(code / 100);
  if (replyClass === 2 && phase === "dot") return outcome("sent", "ok");
  // A 1xx or 3xx where a final reply belongs settles nothing.
  if (replyClass !== 4 && replyClass !== 5) return withoutReply(attempt);
  const rule = ruleOf(attempt, dailyLimitTexts);
  if (isReceiverThrottled(attempt, rule, host)) return outcome("deferred", "receiver-throttled");
  if (rule) return outcomes[rule.meaning](attempt);
  // A refused greeting, EHLO or STARTTLS is a server that cannot be used, as if it were away.
  if (!isAboutRecipient(phase)) return outcome("deferred", "unreachable");
  return replyClass === 4 ? outcome("deferred", "soft-refusal") : unexplained(attempt);
}

/**
 * A temporary reply to the recipient or the message that asks to slow down, from the receiving side. A reply that such a server is
 * known to give to one person (greylisting, a full mailbox) is about the person.
 */
function isReceiverThrottled(
  { code = 0, phase, response = "" }: SmtpAttempt,
  rule: ReturnType<typeof ruleOf>,
  host: string | undefined,
): boolean {
  if (code < 400 || code >= 500 || !isAboutRecipient(phase)) return false;
  if (rule && "accountText" in rule) return false;
  if (rule) return slowsDown.has(rule.meaning) && isFromReceivingSide(response, host);
  const quoted = quotedReply(response);
  return quoted !== undefined && (quoted.code === 421 || quoted.enhanced.startsWith("4.7."));
}

const slowsDown: ReadonlySet<ReplyMeaning> = new Set(["throttled", "daily-limit"]);

function withoutReply({ failure, dataSent, phase }: SmtpAttempt): Outcome {
  if (dataSent) return outcome("in-doubt", "in-doubt");
  if (failure === "certificate") return { ...outcome("deferred", "none"), runError: "certificate" };
  if (failure === "credentials") return { ...outcome("deferred", "none"), runError: "authentication" };
  if (failure === "address") return failed("refused", true);
  if (failure === "no-smtputf8") return failed(phase === "mail" ? "sender-refused" : "refused", phase !== "mail");
  return outcome("deferred", "unreachable");
}

const outcomes: Record<ReplyMeaning, (attempt: SmtpAttempt) => Outcome> = {
  authentication: () => ({ ...outcome("deferred", "none"), runError: "authentication" }),
  "daily-limit": () => ({ ...outcome("deferred", "daily-limit"), dailyLimit: true }),
  throttled: () => outcome("deferred", "throttled"),
  // A fresh connection that is refused for its limit too would be reopened without end.
  "session-limit": ({ messagesBefore }) => outcome("deferred", messagesBefore === 0 ? "throttled" : "session-limit"),
  "try-later": () => outcome("deferred", "soft-refusal"),
  "mailbox-full": ({ code = 0 }) => (code < 500 ? outcome("deferred", "soft-refusal") : failed("refused", true)),
  "no-such-user": () => ({ ...failed("refused", true), suppress: true }),
  "recipient-refused": () => failed("refused", true),
  // The other recipients get the same message.
  "content-refused": (attempt) => unexplained(attempt),
  // A refused MAIL FROM says nothing about the person, so any later run may try again.
  "sender-refused": ({ phase }) => failed("sender-refused", isAboutRecipient(phase)),
};

function outcome(recipient: "sent" | "deferred" | "in-doubt", account: AccountNotice): Outcome {
  return { recipient, account, suppress: false, countsTowardCeiling: false };
}

function failed(account: AccountNotice, permanent: boolean): Outcome {
  return { recipient: "failed", permanent, account, suppress: false, countsTowardCeiling: true };
}

function unexplained({ response = "" }: SmtpAttempt): Outcome {
  return { ...failed("refused", true), refusalText: sameRefusalText(response) };
}

function isAboutRecipient(phase: SmtpPhase): boolean {
  return phase === "rcpt" || phase === "data" || phase === "dot";
}

/** What decided about a reply: the account's own text for its daily limit, or a rule; undefined if its code did. */
export function ruleOf(
  attempt: SmtpAttempt,
  dailyLimitTexts: readonly string[],
): BounceRule | { readonly meaning: "daily-limit"; readonly accountText: string } | undefined {
  const { code = 0, phase, response = "" } = attempt;
  const accountText = dailyLimitTexts.find((pattern) => matches(pattern, replyText(response)));
  if (accountText !== undefined) return { meaning: "daily-limit", accountText };
  const enhanced = attempt.enhanced ?? enhancedCode(response) ?? "";
  const text = comparableReply(response);
  return bounceRules.find(
    (rule) =>
      (!rule.codes || rule.codes.includes(code)) &&
      (!rule.class || rule.class === Math.floor(code / 100)) &&
      (!rule.phases || rule.phases.includes(phase)) &&
      (!rule.enhanced || rule.enhanced.test(enhanced)) &&
      (!rule.text || rule.text.test(text)) &&
      !rule.unless?.test(text),
  );
}

const compiledPatterns = new Map<string, ReturnType<typeof replyPattern>>();

function matches(pattern: string, text: string): boolean {
  if (!compiledPatterns.has(pattern)) compiledPatterns.set(pattern, replyPattern(pattern));
  return compiledPatterns.get(pattern)?.(text) ?? false;
}

const failureWords: Record<NonNullable<SmtpAttempt["failure"]>, string> = {
  connect: "The connection to the mail server could not be opened",
  dns: "The name of the mail server could not be resolved",
  tls: "The encrypted connection to the mail server could not be set up",
  certificate: "The certificate of the mail server is not valid for its host name",
  timeout: "The mail server did not respond in time",
  lost: "The connection to the mail server was lost",
  credentials: "The mail server accepts none of the ways in which this account can sign in",
  address: "The address cannot be used in an SMTP command",
  protocol: "The mail server did not keep to the SMTP protocol",
  "no-smtputf8":
    "The address has letters outside ASCII before the @, and the mail server does not take such addresses (no SMTPUTF8)",
};

function reasonOf(
  { response, failure }: SmtpAttempt,
  { recipient, runError, dailyLimit }: Outcome,
  address: string,
): string {
  if (recipient === "sent") return "Accepted";
  const given = failure ? failureText(failure, response, address) : replyWords(response ?? "", address);
  if (recipient === "in-doubt") return `${given}; whether the message was accepted is not known`;
  if (runError === "authentication") return `Sign-in refused: ${given}`;
  if (dailyLimit) return `The provider's daily limit is reached: ${given}`;
  return given;
}

function failureText(failure: NonNullable<SmtpAttempt["failure"]>, said = "", address: string): string {
  const text = maskRecipient(said.replace(/\s+/g, " ").trim(), address).slice(0, 200);
  return text ? `${failureWords[failure]}: it said "${text}"` : failureWords[failure];
}

function replyWords(response: string, address: string): string {
  return `${response.slice(0, 3)} ${maskRecipient(replyText(response), address)}`.slice(0, 300);
}
