import fc from "fast-check";
import { expect, test } from "vitest";
import { accountSchema } from "../account.ts";
import { accountFault } from "./accountFault.ts";

const config = { EMAIL_FROM: "noreply@example.com", MAILCHIMP_REPLY_TO: "replies@example.com" };
const faultOf = (fields: object, own = config) => accountFault(accountSchema.parse({ name: "office", ...fields }), own);
const dkim = { domain: "example.org", selector: "mail2026" };

test.each([
  [{}],
  [{ fromAddress: " office@example.org ", replyTo: "ana..@bücher.example", envelopeFrom: "bounces+x@example.org" }],
  [{ unsubscribeMailto: "mailto:leave@example.org?subject=leave%20us&body=now" }],
  [{ unsubscribeMailto: "leave@example.org", listId: "news.example.org" }],
  [{ dkim }],
  [{ dkim: { domain: "xn--bcher-kva.example", selector: "s1.eu_west" } }],
  // An empty field of the console means that the account sets none.
  [{ fromAddress: "", replyTo: "", envelopeFrom: "", unsubscribeMailto: "", listId: "" }],
])("an account with %j can send", (fields) => expect(faultOf(fields)).toBeUndefined());

test.each([
  [
    { fromAddress: "office@example.org\r\nBcc: x@example.org" },
    'fromAddress "office@example.org\\r\\nBcc: x@example.org"',
  ],
  [{ fromAddress: "Office <office@example.org>" }, "fromAddress"],
  [{ fromAddress: "a@example.org, b@example.org" }, "fromAddress"],
  [{ replyTo: "help@example" }, "replyTo"],
  [{ envelopeFrom: "bounces@example.org> BODY=8BITMIME" }, "envelopeFrom"],
  [{ unsubscribeMailto: "leave@example.org>, <https://evil.example/" }, "unsubscribeMailto"],
  [{ unsubscribeMailto: "leave@example.org?subject=a b" }, "unsubscribeMailto"],
  [{ unsubscribeMailto: "leave@bücher.example" }, "unsubscribeMailto"],
  [{ listId: "our list" }, "listId"],
  [{ listId: "news>\r\nX-Other: 1" }, "listId"],
  [{ dkim: { ...dkim, domain: "bücher.example" } }, "the DKIM domain"],
  [{ dkim: { ...dkim, domain: "example.org; l=0" } }, "the DKIM domain"],
  [{ dkim: { ...dkim, selector: "mail;\r\n t=y" } }, "the DKIM selector"],
])("acceptance 93: %j is refused by the name of its field", (fields, start) =>
  expect(faultOf(fields)).toMatch(new RegExp(`^${RegExp.escape(start)}.* Enter `)),
);

test("the defaults for addresses an account does not set are checked too", () => {
  expect(faultOf({}, { ...config, EMAIL_FROM: "office" })).toMatch(/^fromAddress "office"/);
  expect(faultOf({}, { ...config, MAILCHIMP_REPLY_TO: "a@b.example\nX: 1" })).toMatch(/^replyTo/);
  expect(faultOf({ replyTo: "help@example.org" }, { ...config, MAILCHIMP_REPLY_TO: "x" })).toBeUndefined();
});

test("no text with a control character, a blank or an angle bracket inside passes in any field", () => {
  const evil = fc
    .tuple(fc.string(), fc.constantFrom("\r", "\n", "\0", " ", "<", ">", "\u2028", "\u007f"), fc.string())
    .map(([head, char, tail]) => `a${head}${char}${tail}@example.org`);
  fc.assert(
    fc.property(evil, (text) => {
      for (const field of ["fromAddress", "replyTo", "envelopeFrom", "unsubscribeMailto", "listId"])
        expect(faultOf({ [field]: text }), field).toBeDefined();
      for (const field of ["domain", "selector"]) expect(faultOf({ dkim: { ...dkim, [field]: text } })).toBeDefined();
    }),
  );
});
