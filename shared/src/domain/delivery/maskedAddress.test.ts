import fc from "fast-check";
import { expect, test } from "vitest";
import { maskedAddress, maskRecipient } from "./maskedAddress.ts";

test.each([
  ["jane.doe@example.org", "j…@example.org"],
  ["j@example.org", "j…@example.org"],
  [" Jane@Example.org ", "J…@Example.org"],
  ['"a@b"@example.org', '"…@example.org'],
  ["😀x@example.org", "😀…@example.org"],
  ["no address", "…"],
  ["@example.org", "…"],
  ["  ", ""],
])("%s is shown as %s", (address, shown) => {
  expect(maskedAddress(address)).toBe(shown);
});

test.each([
  ['550 unknown local-part "ana.maria" in domain "example.org"', '550 unknown local-part "…" in domain "example.org"'],
  ["550 User ANA.MARIA (ana.maria@example.org) unknown", "550 User … (…@example.org) unknown"],
  ["550 5.1.1 no mailbox ana.maria here", "550 5.1.1 no mailbox … here"],
  ["see https://example.org/?user=ana.maria&x=1", "see https://example.org/?user=…&x=1"],
  ["550 bounce-ana.maria=example.org", "550 bounce-…=example.org"],
  ["550 <ana.maria>: full", "550 <…>: full"],
  ["550 banana.marianne", "550 banana.marianne"],
])("of ana.maria@example.org, %s is shown as %s", (text, shown) => {
  expect(maskRecipient(text, " Ana.Maria@example.org ")).toBe(shown);
});

test.each([
  ["ana+news@example.org", "550 ana and ana+news and ana%2Bnews", "550 … and … and …"],
  ["o'brien@example.org", "550 o'brien, o&#39;brien", "550 …, …"],
  ["josé@example.org", "550 jose\u0301 JOSÉ jos%C3%A9", "550 … … …"],
  ['"a b"@example.org', "550 mailbox a b", "550 mailbox …"],
  ["", "550 ana", "550 ana"],
])("the local part of %s is hidden in every spelling", (address, text, shown) => {
  expect(maskRecipient(text, address)).toBe(shown);
});

test("acceptance 49: no reply shows the recipient's own local part, in any place", () => {
  const local = fc.stringMatching(/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,24}$/).map((text) => `q${text}z`);
  fc.assert(
    fc.property(local, fc.string(), fc.string(), (name, before, after) => {
      const shown = maskRecipient(`550 ${before} ${name.toUpperCase()} ${after}`, `${name}@example.org`);
      expect(shown.toLowerCase().split(/\s/)).not.toContain(name);
    }),
  );
});
