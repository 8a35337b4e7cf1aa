import { expect, test } from "vitest";
import { ruleOf } from "../smtpVerdict.ts";
import { comparableReply, replyText, sameRefusalText } from "./comparableReply.ts";

test("the text of a multi-line reply is one line without codes", () => {
  expect(replyText("550-5.1.1 one\r\n550-5.1.1 two\r\n550 5.1.1  three")).toBe("one two three");
  expect(replyText("250 OK")).toBe("OK");
});

test("addresses, help pages and accents do not take part when rules are matched", () => {
  expect(
    comparableReply("550 5.2.0 <Full.Mailbox@example.org>: Größe überschritten, see https://x.org/p?u=NoSuchUser"),
  ).toBe("<@>: große uberschritten, see https://x.org");
  expect(comparableReply("550 It doesn’t exist")).toBe("it doesn't exist");
  expect(comparableReply("550 Skrzynka przepełniona, Ødegård")).toBe("skrzynka przepelniona, odegard");
  expect(comparableReply("550 メールボックスが")).toBe("メールボックスが");
});

test("two refusals that differ in the person, the host and the server's ids have the same text", () => {
  const one = "554 5.7.1 <ana@example.org>: Transfer rejected [mx1.example.net] id=1a2b-3c (AS4810) at 2026-11-30";
  const other = "554 5.7.1 <bob@other.test>: Transfer rejected [mx22.example.com] id=9z8y-7x (AS99) at 2026-12-01";
  expect(sameRefusalText(one)).toBe(sameRefusalText(other));
  expect(sameRefusalText(one)).toContain("transfer rejected");
  expect(sameRefusalText("554 Transfer refused")).not.toBe(sameRefusalText("554 Transfer rejected"));
});

test("a long reply of a foreign server is judged in no time", () => {
  const parts = [
    "a".repeat(100_000),
    "a-".repeat(50_000),
    "mailbox recipient ".repeat(5_000),
    "@.".repeat(50_000),
    '"<'.repeat(50_000),
  ];
  for (const response of [...parts, parts.join(" ")].map((text) => `554 ${text}`)) {
    const start = performance.now();
    ruleOf({ dataSent: true, phase: "dot", code: 554, response }, []);
    sameRefusalText(response);
    expect(performance.now() - start, response.slice(0, 12)).toBeLessThan(2000);
  }
});
