import { describe, expect, test } from "vitest";
import type { SmtpPhase } from "../smtpPhase.ts";
import { smtpVerdict } from "../smtpVerdict.ts";

const relay = "smtp.relay.example";

function noticeOf(response: string, host: string | undefined = relay, phase: SmtpPhase = "rcpt") {
  const attempt = { dataSent: phase === "dot", phase, code: Number(response.slice(0, 3)), response };
  const { account, recipient } = smtpVerdict(attempt, { dailyLimitTexts: [], host });
  return [account, recipient];
}

describe("a receiving domain asks to slow down", () => {
  test.each([
    [
      "Postfix quotes it",
      "451 4.7.1 <a@club.example>: Recipient address rejected: unverified address: host mx.club.example[203.0.113.9] said: 421 4.7.0 Try again later, closing connection (in reply to RCPT TO command)",
    ],
    [
      "Exim quotes it",
      '451 response to "RCPT TO:<a@club.example>" from mx.club.example [203.0.113.9] was: 421 4.7.0 Too many messages, slow down',
    ],
    [
      "Exchange quotes it",
      "451 4.4.397 Error communicating with target host. -> 421 4.4.2; LED=421 4.7.0 Too many messages",
    ],
    [
      "Google, over a relay that passes it on",
      "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail. To protect\n421-4.7.28 our users from spam, mail has been temporarily rate limited.\n421 4.7.28 https://support.google.com/mail/answer/81126 gsmtp",
    ],
    [
      "Outlook.com, over a relay that passes it on",
      "451 4.7.650 The mail server [203.0.113.7] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)",
    ],
    [
      "Yahoo, over a relay that passes it on",
      "421 4.7.0 [TSS04] Messages from 203.0.113.7 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes",
    ],
  ])("%s", (_, response) => {
    expect(noticeOf(response)).toEqual(["receiver-throttled", "deferred"]);
  });

  test("the account's server is itself the receiving server", () => {
    expect(noticeOf("421 4.7.0 Try again later, closing connection.", "aspmx.l.google.com")[0]).toBe(
      "receiver-throttled",
    );
  });
});

describe("it is about the account or the person", () => {
  test.each([
    ["the mail server's own 421", "421 4.7.0 Try again later, closing connection.", relay, "throttled"],
    ["its own rate limit", "454 Throttling failure: Maximum sending rate exceeded.", relay, "throttled"],
    [
      "the same words of Google from the account's own Google",
      "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail.\n421 4.7.28 https://support.google.com/mail/answer/81126 gsmtp",
      "smtp-relay.gmail.com",
      "daily-limit",
    ],
    [
      "a quoted greylisting of one person",
      "451 4.7.1 <a@club.example>: host mx.club.example[203.0.113.9] said: 451 4.7.1 Greylisting in action, please come back in 00:05:00",
      relay,
      "soft-refusal",
    ],
    [
      "a quoted full mailbox",
      "452 4.2.2 <a@club.example>: host mx.club.example[203.0.113.9] said: 452 4.2.2 Mailbox full",
      relay,
      "soft-refusal",
    ],
    [
      "a server that is not known",
      "421 4.7.0 [TSS04] Messages from 203.0.113.7 temporarily deferred; see https://postmaster.yahooinc.com/error-codes",
      undefined,
      "throttled",
    ],
  ])("%s", (_, response, host, notice) => {
    expect(noticeOf(response, host ?? "")[0]).toBe(notice);
  });

  test("what is said before a recipient is named is about the account", () => {
    expect(noticeOf("421 4.7.0 slow down", "aspmx.l.google.com", "mail")[0]).toBe("throttled");
  });
});
