import { describe, expect, test } from "vitest";
import { anAccount } from "../../../testing/builders.ts";
import { type MessageSource, message, messageHeaders } from "./message.ts";
import { messageIdSubject } from "./messageId.ts";

const PUBLIC_TOKEN_SECRET = "a secret of the stack";
const config = { PUBLIC_TOKEN_SECRET, EMAIL_FROM: "noreply@example.com", MAILCHIMP_REPLY_TO: "replies@example.com" };
const unsubscribeUrl = "https://mail.example.org/u/eyJwIjoicC0xIn0.c2lnbmF0dXJl";

type SourceFields = Partial<Omit<MessageSource, "account">> & { account?: Parameters<typeof anAccount>[0] };

function source({ account, ...fields }: SourceFields = {}): MessageSource {
  return {
    account: anAccount({
      fromAddress: "office@example.com",
      envelopeFrom: "bounces@example.com",
      unsubscribeMailto: "leave@example.com",
      listId: "lists.example.com",
      ...account,
    }),
    order: { eventCode: "E2026", stage: "reg" },
    mailingKey: "E2026_weekend_reg_EN",
    runId: "01RUN",
    isTest: false,
    participant: { id: "p-1", first: "José", last: "O'Neill" },
    email: "jose@example.org",
    rendered: { subject: "Registration is open", html: "<p>Hello</p>", text: "Hello" },
    unsubscribeUrl,
    ...fields,
  };
}

test("the mail comes from the account, and from the general addresses where the account has none", () => {
  expect(message(source(), config)).toMatchObject({
    from: { name: "The Office", address: "office@example.com" },
    to: { name: "José O'Neill", address: "jose@example.org" },
    envelopeFrom: "bounces@example.com",
    replyTo: "reply@example.org",
  });
  const bare = { fromAddress: undefined, envelopeFrom: undefined, replyTo: undefined };
  const mail = message(source({ account: bare }), config);
  expect(mail).toMatchObject({ envelopeFrom: "noreply@example.com", replyTo: "replies@example.com" });
  expect(mail.from.address).toBe("noreply@example.com");
});

test("acceptance 42: names in To and From are tidied", () => {
  const participant = { id: "p-1", first: " Ana\u00a0\u200b", last: "\u202eNovak\t" };
  const mail = message(source({ participant, account: { fromName: " The \u3000 Office " } }), config);
  expect([mail.to.name, mail.from.name]).toEqual(["Ana Novak", "The Office"]);
});

test("acceptance 25: the Message-ID is that of mailing and person, in a Test also of its run", () => {
  // By another tool (openssl dgst -hmac): the id may not change for a mailing that has begun.
  const first = "<WyJwLTEiLCJFMjAyNl93ZWVrZW5kX3JlZ19FTiJd.RLt-ydR0Kp1yK43AABFVe5@example.com>";
  expect(message(source(), config).messageId).toBe(first);
  expect(message(source({ runId: "02RUN" }), config).messageId).toBe(first);
  expect(messageIdSubject(PUBLIC_TOKEN_SECRET, first)).toEqual({
    participantId: "p-1",
    mailingKey: "E2026_weekend_reg_EN",
  });
  const ids = [
    source(),
    source({ participant: { id: "p-2" } }),
    source({ mailingKey: "E2026_weekend_reg_SP" }),
    source({ isTest: true }),
    source({ isTest: true, runId: "02RUN" }),
  ].map((one) => message(one, config).messageId);
  expect(new Set(ids).size).toBe(ids.length);
});

describe("one-click unsubscribing is offered only under a signature, at an https URL that cannot be changed in transit", () => {
  const signs = { providerSigns: true };
  test.each([
    ["https and own key", { dkim: { domain: "example.com", selector: "s" } }, unsubscribeUrl, true, true],
    ["https, signed by the provider", signs, unsubscribeUrl, true, true],
    ["https without signature", {}, unsubscribeUrl, true, false],
    ["http", signs, "http://mail.example.org/u/x", true, false],
    ["http in a private network", signs, "http://192.168.0.7/u/x", true, false],
    ["http at a host that only begins like loopback", signs, "http://127.0.0.1.example.org/u/x", true, false],
    ["http on loopback", signs, "http://127.0.0.1:3000/u/x", true, true],
    ["http on loopback, IPv6", signs, "http://[::1]:3000/u/x", true, true],
    ["http on localhost", signs, "http://localhost:3000/u/x", true, true],
    ["http on loopback without signature", {}, "http://127.0.0.1:3000/u/x", true, false],
    ["no public URL", signs, "", false, false],
  ])("%s", (_name, account, url, hasUrl, isOneClick) => {
    const { headers } = message(source({ account, unsubscribeUrl: url }), config);
    expect(headers["List-Unsubscribe"]?.includes("http")).toBe(hasUrl);
    expect(headers["List-Unsubscribe"]).toContain("<mailto:leave@example.com>");
    expect(headers["List-Unsubscribe-Post"]).toBe(isOneClick ? "List-Unsubscribe=One-Click" : undefined);
  });

  test("and nothing at all where there is neither URL nor address", () => {
    const { headers } = message(source({ account: { unsubscribeMailto: undefined }, unsubscribeUrl: "" }), config);
    expect(headers).not.toHaveProperty("List-Unsubscribe");
  });
});

test("the headers are in order, ready to be encoded", () => {
  const mail = message(source(), config);
  expect(messageHeaders(mail, Date.UTC(2026, 0, 2, 3, 4, 5)).slice(0, 7)).toEqual([
    ["From", { mailbox: mail.from }],
    ["To", { mailbox: mail.to }],
    ["Subject", { text: "Registration is open" }],
    ["Date", { line: "Fri, 02 Jan 2026 03:04:05 +0000" }],
    ["Message-ID", { line: mail.messageId }],
    ["Reply-To", { address: "reply@example.org" }],
    ["List-Unsubscribe", { text: `<${unsubscribeUrl}>, <mailto:leave@example.com>` }],
  ]);
});
