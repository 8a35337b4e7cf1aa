import { likelyPhase } from "../delivery/explainReply.ts";
import type { ReplyMeaning } from "../delivery/replies/bounceRule.ts";
import type { SmtpPhase } from "../delivery/smtpPhase.ts";
import { ruleOf } from "../delivery/smtpVerdict.ts";
import type { BounceReport } from "./bounceReport.ts";

/** What a bounce is. `counts`: it says something about the person, and a soft one is counted toward the limit of Settings. */
export interface BounceVerdict {
  readonly kind: "hard" | "soft";
  readonly counts: boolean;
}

/**
 * Meaning of a reply → what it is as a bounce. Only the certainty that the mailbox does not exist is hard. A full mailbox
 * never suppresses, and a block of the sender or of the message says nothing about the person.
 */
const verdicts: Record<ReplyMeaning, BounceVerdict> = {
  "no-such-user": { kind: "hard", counts: true },
  "recipient-refused": { kind: "soft", counts: true },
  "try-later": { kind: "soft", counts: true },
  "mailbox-full": { kind: "soft", counts: false },
  "content-refused": { kind: "soft", counts: false },
  "sender-refused": { kind: "soft", counts: false },
  authentication: { kind: "soft", counts: false },
  "daily-limit": { kind: "soft", counts: false },
  throttled: { kind: "soft", counts: false },
  "session-limit": { kind: "soft", counts: false },
};

type Judged = Pick<BounceReport, "kind" | "code" | "reply" | "isCertain" | "reportedBy">;

/**
 * Judges a bounce by the rules that judge SMTP replies, so that one rule base serves both; a reply without a rule is what
 * its reporter says. A mailbox may hold anyone's mail, so there a hard bounce without a rule is a soft one; SES has seen
 * the reply. Undefined if the report is no bounce.
 */
export function judgeBounce(report: Judged): BounceVerdict | undefined {
  const { kind, isCertain, reportedBy } = report;
  if (kind === "rejected") return { kind: "soft", counts: false };
  if (kind !== "hard" && kind !== "soft") return undefined;
  if (isCertain) return { kind, counts: true };
  const meaning = meaningOf(smtpReplyOf(report));
  if (meaning) return verdicts[meaning];
  return { kind: kind === "hard" && reportedBy === "ses" ? "hard" : "soft", counts: true };
}

/**
 * The reply of the receiving server as it stood in SMTP, its code first: without the type of a Diagnostic-Code (RFC 3464
 * 2.3.6: `smtp; 550 …`), and with a code made of the status where the text has none.
 */
export function smtpReplyOf({ kind, code = "", reply }: Pick<BounceReport, "kind" | "code" | "reply">): string {
  const text = reply.replace(/^\s*[\w-]{1,40}\s*;\s*/, "").trim();
  if (/^[45]\d\d(?:[ -]|$)/.test(text)) return text;
  const isPermanent = code === "" ? kind === "hard" : code.startsWith("5");
  const basic = /^[45]\d\d$/.test(code) ? code : isPermanent ? "550" : "450";
  // The text may begin with the status itself.
  const enhanced = /^[45]\.\d{1,3}\.\d{1,3}$/.test(code) && !text.startsWith(code) ? `${code} ` : "";
  return `${basic} ${enhanced}${text}`;
}

function meaningOf(response: string): ReplyMeaning | undefined {
  const code = Number(response.slice(0, 3));
  // Where the reply does not tell its phase, it was about the recipient or about the message.
  const phases = new Set<SmtpPhase>([likelyPhase(response), "rcpt", "dot"]);
  for (const phase of phases) {
    const rule = ruleOf({ dataSent: phase === "dot", phase, code, response }, []);
    if (rule) return rule.meaning;
  }
  return undefined;
}
