import { expect, test } from "vitest";
import type { SmtpPhase } from "../smtpPhase.ts";
import { smtpVerdict, type Verdict } from "../smtpVerdict.ts";
import { type Meant, realReplies } from "./realReplies.ts";

const refused = { recipient: "failed", account: "refused", suppress: false } as const;
const expected: Record<Meant, Partial<Verdict>> = {
  gone: { recipient: "failed", permanent: true, account: "refused", suppress: true },
  full: refused,
  refused,
  content: { ...refused, refusalText: expect.any(String) },
  later: { recipient: "deferred", account: "soft-refusal", suppress: false },
  sender: { recipient: "failed", account: "sender-refused", suppress: false },
  day: { recipient: "deferred", account: "daily-limit", dailyLimit: true },
  rate: { recipient: "deferred", account: "throttled" },
  session: { recipient: "deferred", account: "session-limit" },
  login: { recipient: "deferred", runError: "authentication" },
  away: { recipient: "deferred", account: "unreachable" },
};

test.each(realReplies)("acceptance 46: %s means %s, as seen at %s: %s", (phase, meant, _seenAt, response) => {
  const answer = { dataSent: phase === "dot", phase, code: Number(response.slice(0, 3)), response };
  expect(smtpVerdict(answer, { dailyLimitTexts: [] })).toMatchObject(expected[meant]);
});

/** Wordings in the style of real replies: other languages, misleading codes, the same words about somebody else. */
const wordings: readonly (readonly [SmtpPhase, Meant, string])[] = [
  ["rcpt", "full", "550 5.1.1 Skrzynka odbiorcy jest przepełniona"],
  ["rcpt", "full", "554 5.7.1 <ana@example.org>: Recipient address rejected: user over quota"],
  ["rcpt", "full", "550 5.7.1 Account over quota"],
  ["rcpt", "full", "552 5.2.2 user has too many messages on server"],
  ["rcpt", "full", "550 5.1.1 Postafiók megtelt"],
  ["rcpt", "full", "550 5.1.1 Căsuța poștală este plină"],
  ["rcpt", "full", "550 5.1.1 Sähköpostilaatikko on täynnä"],
  ["rcpt", "full", "550 5.1.1 Mailbox ist voll"],
  ["rcpt", "refused", "550 5.1.1 Compte suspendu"],
  ["rcpt", "refused", "550 5.1.1 Konto gesperrt"],
  ["rcpt", "refused", "550 5.1.1 Ящик заблокирован"],
  ["rcpt", "gone", "550 Такого пользователя нет"],
  ["rcpt", "gone", "550 存在しないユーザーです"],
  ["rcpt", "gone", "550 Onbekende gebruiker"],
  ["rcpt", "gone", "550 Okänd mottagare"],
  ["rcpt", "gone", "550 Nincs ilyen felhasználó"],
  ["dot", "sender", "550 Domain may not exist or DNS check failed [MAn2ccjs IP: 203.0.113.7]."],
  ["rcpt", "sender", "550-Access denied - Invalid HELO name (See RFC2821\n550 4.1.1.1)"],
  ["rcpt", "sender", "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"],
  ["rcpt", "rate", "450 4.7.1 <localhost>: Helo command rejected: Host not found"],
  ["rcpt", "sender", "550 authentication required"],
  ["dot", "day", "550 Credits exhausted, no more emails can be sent"],
  ["rcpt", "refused", "550 Destinatario sconosciuto o mailbox disattivata"],
  ["rcpt", "refused", "550 5.1.2 Domain not found"],
  ["rcpt", "refused", "550 5.7.1 recipient is not accepting messages from this sender"],
  ["mail", "day", "550 5.4.6 Sie haben Ihr Tageslimit für ausgehende Nachrichten erreicht"],
  ["rcpt", "day", "452 Tageslimit erreicht, maximal 500 E-Mails pro Tag"],
  ["rcpt", "day", "550 Limite giornaliero di invio superato"],
  ["mail", "day", "550 Превышен суточный лимит отправки писем"],
  ["dot", "day", "554 5.7.1 您今天的发送数量已超过限制"],
  ["rcpt", "day", "550 5.7.1 Het dagelijkse limiet voor uitgaande mail is bereikt"],
  ["rcpt", "day", "550 Osiągnięto dzienny limit wysyłki wiadomości"],
  ["rcpt", "day", "550 Günlük gönderim limiti aşıldı"],
  ["rcpt", "day", "550 일일 발송 한도를 초과했습니다"],
  ["rcpt", "day", "550 SMTP quota exhausted: 2000/2000 in the last 24h"],
  ["mail", "session", "421 Limit von 100 Mails pro Verbindung erreicht"],
  ["rcpt", "sender", "550 Envoi refusé : votre adresse IP est sur liste noire"],
  ["rcpt", "sender", "550 Your IP 203.0.113.7 has been blocked by recipient domain's policy"],
  ["mail", "login", "530 5.7.0 Must issue a STARTTLS command first"],
  ["rcpt", "refused", "550 5.7.1 Recipient has blocked your address"],
  ["rcpt", "refused", "550 5.7.1 User ana@example.org is not allowed to receive mail from outside"],
  ["rcpt", "refused", "550 5.7.1 This user only accepts mail from known senders"],
  ["rcpt", "refused", "550 5.7.1 Group news only accepts messages from members"],
  ["rcpt", "refused", "550 The user has marked you as blocked sender"],
];

test.each(wordings)("acceptance 46: %s means %s: %s", (phase, meant, response) => {
  const answer = { dataSent: phase === "dot", phase, code: Number(response.slice(0, 3)), response };
  expect(smtpVerdict(answer, { dailyLimitTexts: [] })).toMatchObject(expected[meant]);
});
