import type { BounceRule, ReplyMeaning } from "./replies/bounceRule.ts";
import { comparableReply } from "./replies/comparableReply.ts";
import type { SmtpPhase } from "./smtpPhase.ts";
import { enhancedCode, ruleOf, type SmtpAttempt, smtpVerdict, type Verdict } from "./smtpVerdict.ts";

/** What one reply means, in words for an operator. */
export interface ReplyExplanation {
  readonly phase: SmtpPhase;
  readonly code: number;
  readonly enhanced?: string;
  readonly verdict: Verdict;
  readonly person: string;
  readonly account: string;
  readonly run: string;
  /** The rule that decided; absent if the code and the phase did. */
  readonly rule?: Pick<BounceRule, "meaning" | "example">;
}

/** What the reply of a mail server in this phase leads to: its lines joined by `\n`, its code first. */
export function explainReply(phase: SmtpPhase, response: string): ReplyExplanation {
  const code = Number(response.slice(0, 3));
  const enhanced = enhancedCode(response);
  const attempt: SmtpAttempt = { dataSent: phase === "dot", phase, code, response, ...(enhanced && { enhanced }) };
  const verdict = smtpVerdict(attempt, { dailyLimitTexts: [] });
  const rule = code >= 400 ? ruleOf(attempt, []) : undefined;
  return {
    ...{ phase, code, verdict },
    ...(enhanced !== undefined && { enhanced }),
    person: personWords(verdict),
    account: accountWords(verdict),
    run: runWords(verdict),
    ...(rule && "example" in rule && { rule }),
  };
}

const phaseMarks: readonly (readonly [RegExp, SmtpPhase])[] = [
  [
    /in reply to end of data|end-of-(message|data)|<data>:|message (content|size)|spam|virus|queued|storedrv|dmarc/,
    "dot",
  ],
  [/in reply to mail from|sender address rejected|<mail>:/, "mail"],
  [/authentication (unsuccessful|failed|credentials)|username and password|auth failed/, "auth"],
  [/no smtp service|smtp service not available/, "greeting"],
];

/** The phase in which such a reply is usually given. */
export function likelyPhase(response: string): SmtpPhase {
  const code = Number(response.slice(0, 3));
  if (code === 250) return "dot";
  if (code === 354) return "data";
  if (code === 220) return "greeting";
  if ([334, 534, 535, 538].includes(code)) return "auth";
  const text = comparableReply(response);
  return phaseMarks.find(([mark]) => mark.test(text))?.[1] ?? "rcpt";
}

function personWords({ recipient, suppress, permanent, account }: Verdict): string {
  if (recipient === "sent") return "Has the mail.";
  if (recipient === "in-doubt")
    return "In doubt: it is not known whether the message was accepted. It is not sent again automatically; a user resolves it.";
  if (recipient === "deferred")
    return account === "soft-refusal"
      ? "Retried in this run with growing waits. If every attempt fails, the mail is failed, and a later run may retry it."
      : "Untouched: tried again as soon as the account can send, and no attempt is used.";
  if (suppress) return "Failed, and suppressed: no order mails this address again until it is changed.";
  return permanent
    ? "Failed. Not suppressed: the next start by a user tries again, passes that wake by themselves do not."
    : "Failed in this run; any later run tries again.";
}

const accounts: Record<Verdict["account"], string> = {
  ok: "In order.",
  none: "Nothing is learned about it.",
  refused: "Untouched: the refusal is about this person.",
  unreachable: "Paused, longer with every failure in a row.",
  throttled: "Paused, longer every time until a message is accepted.",
  "soft-refusal": "Untouched, unless many people in a row are refused for a while: then it is paused.",
  "in-doubt": "Untouched, unless several messages in a row are in doubt: then it is paused.",
  "sender-refused": "Refused as sender: counted, until a message is accepted.",
  "daily-limit": "Its limit is reached: paused for an hour.",
  "session-limit": "Not paused: the message goes over a new connection at once.",
  "receiver-throttled":
    "Untouched: the servers that receive this mail are slowed alone, and raised again step by step.",
};

function accountWords({ account, refusalText }: Verdict): string {
  if (refusalText === undefined) return accounts[account];
  return "Counted by its text: given to people of three domains in a row, it pauses the account.";
}

function runWords({ runError, account, recipient, refusalText }: Verdict): string {
  if (runError) return "Ends at once in an error: a person must repair the account.";
  if (account === "sender-refused") return "Goes on; the third in a row ends it in an error.";
  if (account === "unreachable") return "Waits for the account; several failures in a row end it in an error.";
  if (account === "throttled")
    return "Waits for the account; two hours of pauses without an accepted message end it in an error.";
  if (account === "daily-limit") return "Sleeps for at least an hour, and goes on by itself.";
  if (refusalText !== undefined)
    return "Goes on, and waits if the account is paused; the failure counts toward the ceiling.";
  return recipient === "failed" ? "Goes on; the failure counts toward the ceiling." : "Goes on.";
}

/** What a meaning says, in one clause. */
export const meaningWords: Record<ReplyMeaning, string> = {
  authentication: "the account may not sign in",
  "daily-limit": "the account's limit for a day, a month or a period that is not named is reached",
  throttled: "the account sends too much or too fast, or its server is busy",
  "session-limit": "this connection carries no more messages",
  "sender-refused": "the sender is refused",
  "content-refused": "this message is refused",
  "no-such-user": "the mailbox does not exist",
  "mailbox-full": "the mailbox is full",
  "recipient-refused": "the mailbox, its owner or its domain refuses",
  "try-later": "this person is to be tried again later",
};
