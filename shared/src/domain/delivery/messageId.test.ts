import fc from "fast-check";
import { expect, test } from "vitest";
import { messageIdOf, messageIdSubject } from "./messageId.ts";
import { signPublicToken } from "./publicToken.ts";

const secret = "a secret of the stack";
const subject = { participantId: "p-1", mailingKey: "E2026_weekend_reg_EN" };

test("a Message-ID is read back, and is a dot-atom of RFC 5322 whatever the participant's id", () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (participantId, runId) => {
      const about = { ...subject, participantId, ...(runId !== undefined && { runId }) };
      const id = messageIdOf(secret, about, "example.org");
      expect(id).toMatch(/^<[\w-]+(\.[\w-]+)+@example\.org>$/);
      expect(messageIdSubject(secret, id)).toEqual(about);
      expect(messageIdSubject(secret, ` ${id.slice(1, -1)}\r\n`)).toEqual(about);
    }),
  );
});

test("acceptance 152: a Message-ID of a stranger, of another secret or with a changed person is none of ours", () => {
  const id = messageIdOf(secret, subject, "example.org");
  const other = messageIdOf(secret, { ...subject, participantId: "p-2" }, "example.org");
  const mixed = `${other.slice(0, other.indexOf("."))}${id.slice(id.indexOf("."))}`;
  const token = signPublicToken(secret, "unsubscribe", subject);
  const shortened = `<${token.slice(0, token.indexOf(".") + 23)}@example.org>`;
  for (const forged of [mixed, shortened, "<0100018f@email.amazonses.com>", "", "<.@>", id.replace("@", ".x@")])
    expect(messageIdSubject(secret, forged), forged).toBeUndefined();
  expect(messageIdSubject("another secret", id)).toBeUndefined();
  expect(messageIdSubject("the newest secret, a secret of the stack", id)).toEqual(subject);
});

test("a Message-ID without a secret is the same each time, and is none of ours", () => {
  const id = messageIdOf(undefined, subject, "example.org");
  expect(id).toMatch(/^<[\w-]+@example\.org>$/);
  expect(messageIdSubject(secret, id)).toBeUndefined();
});

test("a very long id of a participant still fits into a line, and is not read back", () => {
  const id = messageIdOf(secret, { ...subject, participantId: "ü".repeat(500) }, "example.org");
  expect(id.length).toBeLessThan(200);
  expect(messageIdSubject(secret, id)).toBeUndefined();
});
