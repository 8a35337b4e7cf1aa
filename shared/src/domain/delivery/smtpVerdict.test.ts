import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bounceRules } from "./bounceRules.ts";
import { type SmtpPhase, smtpPhases } from "./smtpPhase.ts";
import { enhancedCode, ruleOf, type SmtpAttempt, smtpVerdict, type Verdict } from "./smtpVerdict.ts";

const plain: { dailyLimitTexts: string[] } = { dailyLimitTexts: [] };
const phases = smtpPhases;

function reply(phase: SmtpPhase, response: string): SmtpAttempt {
  return { dataSent: phase === "dot", phase, code: Number(response.slice(0, 3)), response };
}
const silence = (failure: NonNullable<SmtpAttempt["failure"]>, phase: SmtpPhase, dataSent = false): SmtpAttempt => ({
  dataSent,
  phase,
  failure,
});
const verdictOf = (answer: SmtpAttempt, account = plain) => smtpVerdict(answer, account);

type Expected = Partial<Omit<Verdict, "reason">>;
const sent: Expected = { recipient: "sent", account: "ok", suppress: false, countsTowardCeiling: false };
const unreachable: Expected = { recipient: "deferred", account: "unreachable", countsTowardCeiling: false };
const throttled: Expected = { recipient: "deferred", account: "throttled", countsTowardCeiling: false };
const session: Expected = { recipient: "deferred", account: "session-limit", countsTowardCeiling: false };
const soft: Expected = { recipient: "deferred", account: "soft-refusal", countsTowardCeiling: false };
const refused: Expected = { recipient: "failed", permanent: true, account: "refused", countsTowardCeiling: true };
const hard: Expected = { ...refused, suppress: false };
const gone: Expected = { ...refused, suppress: true };
const badSender: Expected = { recipient: "failed", account: "sender-refused", suppress: false };
const badLogin: Expected = { recipient: "deferred", runError: "authentication", account: "none" };
const daily: Expected = { recipient: "deferred", dailyLimit: true, account: "daily-limit" };
const doubt: Expected = { recipient: "in-doubt", account: "in-doubt", countsTowardCeiling: false };

describe("acceptance 27: each reply has its verdict", () => {
  test.each<[SmtpPhase, string, Expected]>([
    ["dot", "250 2.0.0 OK 1700000000 x1-20020a05 - gsmtp", sent],
    ["dot", "250 Ok 0100018c1e2f-0000", sent],

    ["greeting", "421 4.7.0 Try again later, closing connection. gsmtp", throttled],
    ["rcpt", "421 4.7.0 [TSS04] Messages from 203.0.113.7 temporarily deferred due to unexpected volume", throttled],
    ["dot", "421 4.3.2 Service shutting down", throttled],
    ["ehlo", "450 4.3.2 try later", throttled],
    ["auth", "454 4.7.0 Too many login attempts, please try again later.", throttled],
    ["mail", "451 4.7.651 The mail server [203.0.113.7] has been temporarily rate limited (S4003)", throttled],
    ["dot", "454 Throttling failure: Maximum sending rate exceeded.", throttled],
    ["dot", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=DB7]", throttled],

    ["rcpt", "450 4.2.0 <ana@example.org>: Recipient address rejected: Greylisted, see http://postgrey.example", soft],
    ["rcpt", "451 4.7.1 Greylisting in action, please come back later", soft],
    ["rcpt", "450-4.2.1 The user you are trying to contact is receiving mail at a rate that\n450 4.2.1 prevents", soft],
    ["rcpt", "452-4.2.2 The email account that you tried to reach is over quota.\n452 4.2.2 gsmtp", soft],
    ["dot", "451 4.3.0 Error: queue file write error", soft],
    ["dot", "450 4.7.1 Service unavailable, try again", soft],
    ["data", "451 4.3.0 Try again later", soft],
    ["rcpt", "450 5.1.1 <ana@example.org>: unknown, but the basic code says temporary", soft],

    ["rcpt", "552 5.2.2 Mailbox full", hard],
    ["dot", "552 5.3.4 Message size exceeds fixed limit", hard],
    ["rcpt", "550 Requested action not taken: mailbox unavailable", hard],

    ["rcpt", "550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 gsmtp", gone],
    ["dot", "550 5.1.1 unknown mailbox", gone],
    ["dot", "550 No such user here", gone],
    ["dot", "554 delivery error: dd This user doesn't have a yahoo.com account (ana@yahoo.com) [-5] - mta", gone],
    ["rcpt", "550 5.7.1 user unknown, or so we say", gone],
    ["rcpt", "550 5.4.1 Recipient address rejected: Access denied. [DB5EUR01FT101.eop-EUR01]", gone],
    ["rcpt", "550 5.1.2 Host unknown", gone],
    ["rcpt", "551 5.1.6 Mailbox has moved", gone],
    ["rcpt", "550 No such user here", gone],
    ["rcpt", "550 sorry, no mailbox here by that name (#5.1.1 - chkuser)", gone],
    ["rcpt", "550 <ana@example.org>: User unknown in virtual mailbox table", gone],

    [
      "mail",
      "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
      { ...badSender, permanent: false },
    ],
    [
      "mail",
      "553 5.1.8 <x@nowhere.invalid>: Sender address rejected: Domain not found",
      { ...badSender, permanent: false },
    ],
    ["rcpt", "554 5.7.1 Service unavailable; Client host [203.0.113.7] blocked using zen.spamhaus.org", badSender],
    [
      "dot",
      "550-5.7.26 Unauthenticated email from example.com is not accepted\n550 5.7.26 gsmtp",
      { ...badSender, permanent: true },
    ],
    ["dot", "550 5.7.515 Access denied, sending domain example.com does not meet the required level", badSender],
    ["dot", "554 Message rejected: Email address is not verified.", badSender],
    ["dot", "553 5.7.1 [BL21] Connections not accepted from servers on Spamhaus PBL", badSender],

    ["auth", "535-5.7.8 Username and Password not accepted.\n535 5.7.8 gsmtp", badLogin],
    ["auth", "534-5.7.9 Application-specific password required.\n534 5.7.9 gsmtp", badLogin],
    ["auth", "538 5.7.11 Encryption required for requested authentication mechanism", badLogin],
    ["auth", "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.", badLogin],
    ["auth", "535 5.7.0 (#AUTH005) Too many bad auth attempts.", badLogin],
    ["mail", "530-5.7.0 Authentication Required.\n530 5.7.0 gsmtp", badLogin],
    ["mail", "530 5.7.57 Client not authenticated to send mail.", badLogin],

    ["dot", "550-5.4.5 Daily user sending limit exceeded.\n550 5.4.5 https://support.google.com", daily],
    ["rcpt", "550 5.4.5 Daily SMTP relay sending limit exceeded for user", daily],
    ["dot", "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail.\n421 4.7.28 gsmtp", daily],
    ["dot", "454 Throttling failure: Daily message quota exceeded.", daily],
    ["dot", "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed", daily],

    ["greeting", "554 5.7.1 No SMTP service here", unreachable],
    ["starttls", "502 5.5.1 Command not implemented", unreachable],
  ])("%s refused with %s", (phase, response, expected) => {
    expect(verdictOf(reply(phase, response))).toMatchObject(expected);
  });

  test.each<[string, SmtpAttempt, Expected]>([
    ["a refused connection", silence("connect", "connect"), unreachable],
    ["an unknown host name", silence("dns", "connect"), unreachable],
    ["a failed TLS handshake", silence("tls", "starttls"), unreachable],
    ["silence before DATA", silence("timeout", "rcpt"), unreachable],
    ["a cut before DATA", silence("lost", "data"), unreachable],
    [
      "a certificate that is not valid",
      silence("certificate", "starttls"),
      { recipient: "deferred", runError: "certificate" },
    ],
    ["no usable sign-in method", silence("credentials", "auth"), badLogin],
    ["an address no command can hold", silence("address", "rcpt"), hard],
    ["silence after DATA", silence("timeout", "dot", true), doubt],
    ["a cut after DATA", silence("lost", "dot", true), doubt],
    ["a reply that settles nothing after DATA", { ...reply("dot", "354 go ahead") }, doubt],
  ])("%s", (_name, answer, expected) => {
    expect(verdictOf(answer)).toMatchObject(expected);
  });

  test("an account's own text for the daily limit wins, as a regular expression or, if it is none, literally", () => {
    const answer = reply("rcpt", "550 5.1.1 Sorry, limit (per day reached for ana@example.org");
    expect(verdictOf(answer)).toMatchObject(gone);
    expect(verdictOf(answer, { dailyLimitTexts: ["LIMIT .*reached"] })).toMatchObject(daily);
    expect(verdictOf(answer, { dailyLimitTexts: ["limit (per day"] })).toMatchObject(daily);
  });

  test("a pattern that would never end on a reply is not run", () => {
    const answer = reply("rcpt", `550 5.1.1 ${"a".repeat(40)}`);
    expect(verdictOf(answer, { dailyLimitTexts: ["(daily|limit|\\w+\\s?)+reached"] })).toMatchObject(gone);
  });

  test.each<[SmtpPhase, string]>([
    ["mail", "421 too many messages in this connection"],
    ["mail", "421 Max message per connection reached, closing transmission channel"],
    ["mail", "421 #4.x.2 Too many messages for this session"],
    ["mail", "451 4.7.0 Too many messages this session"],
    ["dot", "550 This message has exceeded the max number of messages per session. Open a new session and try again."],
  ])("%s refused with %s reconnects; a fresh connection refused the same way is throttled", (phase, response) => {
    expect(verdictOf(reply(phase, response))).toMatchObject(session);
    expect(verdictOf({ ...reply(phase, response), messagesBefore: 12 })).toMatchObject(session);
    expect(verdictOf({ ...reply(phase, response), messagesBefore: 0 })).toMatchObject(throttled);
  });

  test("every rule is reached by the reply it came from", () => {
    for (const rule of bounceRules) {
      const { phase, reply: response } = rule.example;
      expect(ruleOf(reply(phase, response), []), response).toBe(rule);
    }
  });
});

test("nothing counts as sent without a 2xx to the final dot, nor as in doubt unless DATA was sent and no reply came", () => {
  const answers = fc.record({
    phase: fc.constantFrom(...phases),
    dataSent: fc.boolean(),
    code: fc.option(fc.integer({ min: 100, max: 599 }), { nil: undefined }),
    text: fc.string(),
  });
  fc.assert(
    fc.property(answers, ({ phase, dataSent, code, text }) => {
      const answer = code
        ? { phase, dataSent, code, response: `${code} ${text}` }
        : { phase, dataSent, failure: "lost" as const };
      const verdict = verdictOf(answer);
      const accepted = phase === "dot" && code !== undefined && code >= 200 && code < 300;
      expect(verdict.recipient === "sent").toBe(accepted);
      if (verdict.recipient === "in-doubt") expect(dataSent && !(code && code >= 400)).toBe(true);
      if (dataSent && !code) expect(verdict.recipient).toBe("in-doubt");
      if (verdict.suppress) expect(verdict.permanent).toBe(true);
    }),
  );
});

test("an enhanced code is read from the reply's start or from qmail's #, and only if its class is the code's", () => {
  expect(enhancedCode("550-5.1.1 first\n550 5.1.1 second")).toBe("5.1.1");
  expect(enhancedCode("250 2.0.0 OK")).toBe("2.0.0");
  expect(enhancedCode("550 sorry (#5.1.1)")).toBe("5.1.1");
  expect(enhancedCode("550 listening on 5.1.1")).toBeUndefined();
  expect(enhancedCode("450 5.1.1 mixed")).toBeUndefined();
  expect(enhancedCode("550 5.1.1234 no code")).toBeUndefined();
});

test("a reason quotes the server and shows no address", () => {
  const { reason } = verdictOf(reply("rcpt", "550 5.1.1 <ana@example.org>: unknown"));
  expect(reason).toBe("550 <…@example.org>: unknown");
});
