import { type BounceRule, recipientPhases } from "./bounceRule.ts";

/** Refusals of this one message. The sender may go on with another. */
export const contentReplies: readonly BounceRule[] = [
  {
    meaning: "content-refused",
    class: 5,
    phases: recipientPhases,
    text: /\b(spam|virus(es)?|malware|phish(ing)?|malicious|infected|unsolicited|bulk|junk ?mail)\b|unwanted content|\b(content|attachment)s?\b.{0,40}\b(denied|rejected|not (allowed|accepted)|unacceptable|prohibited|illegal|banned|blocked|security issue|filter)|(illegal|banned|prohibited|executable) (attachment|content|file)|content (filter|examination|rejection)|(black|block) ?listed (url|link)|content restriction|content presents|due to (its |the )?content|url\w* in message|message (was |is |has been )?filtered|spamassassin|rspamd|mail content/,
    example: {
      phase: "dot",
      reply: "554 5.7.1 [1] Message rejected under suspicion of SPAM; https://ya.cc/1IrBc 1700000000-x1",
      from: "Yandex",
    },
  },
  {
    meaning: "content-refused",
    class: 5,
    phases: recipientPhases,
    text: /(message|mail|size|header)\b.{0,30}\b(exceeds?|exceeded|too (large|big|long))\b.{0,40}|size limit|max(imum)? (inbound )?(message|mail|email) size|multiple addresses|missing a valid|rfc ?(5322|822|2822)|duplicate headers?|mime\b|malformed|headers? (are|is) not|bare lf|8-?bit|line (length|limit|too long)/,
    example: { phase: "dot", reply: "552 5.3.4 Message size exceeds fixed limit", from: "Postfix" },
  },
  {
    meaning: "content-refused",
    class: 5,
    phases: recipientPhases,
    enhanced: /^5\.(2\.3|3\.4|6\.\d+)$/,
    example: { phase: "dot", reply: "554 5.6.1 Body type not supported by Remote Host", from: "Exchange Server" },
  },
];
