import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { someLanguages } from "@email-agent/shared/testing/builders.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guardedText, unguardedText } from "../recipients/csvText.ts";
import { importField } from "./importFields.ts";
import { judgeCell } from "./judgeCell.ts";

const languages = someLanguages();
const judge = (name: string, cell: string, person?: Partial<Participant>) =>
  judgeCell(importField(name)!, cell, person && { id: "1", ...person }, languages);

/** Letters, and everything the guard against formulas knows. */
const odd = fc.string({
  unit: fc.constantFrom("a", "B", " ", "=", "+", "-", "@", "'", '"', ";", "\t", "\n", "\r\n", "＝", "\u00a0"),
});

describe("a cell as an export writes it leaves the field, whatever it holds", () => {
  test.each(["first", "email", "writtenLangPref", "country"])("%s", (name) => {
    fc.assert(fc.property(odd, (text) => judge(name, guardedText(text), { [name]: text }) === "leave"));
  });

  test("and a new person gets the text without the guard", () => {
    fc.assert(
      fc.property(odd, (text) => {
        fc.pre(guardedText(text) !== text && !text.includes("'"));
        expect(unguardedText(guardedText(text))).toBe(text);
      }),
    );
  });
});

describe("what a cell sets", () => {
  test.each([
    ["email", " Ana@Example.org ", undefined, { value: "Ana@Example.org" }],
    ["email", "ana@example.org", { email: "ANA@example.org" }, "leave"],
    [
      "email",
      "…@example.org",
      { email: "ana@example.org" },
      { problem: expect.stringContaining("not a mail address") },
    ],
    ["email", "Ana <ana@example.org>", undefined, { problem: expect.stringContaining("not a mail address") }],
    ["writtenLangPref", "spanish", undefined, { value: "Spanish" }],
    ["writtenLangPref", "SP", undefined, { value: "Spanish" }],
    ["writtenLangPref", "Deutsch", undefined, { value: "German" }],
    ["writtenLangPref", "Deutsch", { writtenLangPref: "German" }, "leave"],
    ["writtenLangPref", "Klingon", undefined, { problem: expect.stringContaining("unknown language") }],
    ["practice.yoga", "Ja", undefined, { value: true }],
    ["practice.yoga", "0", { practice: { yoga: true } }, { value: false }],
    ["practice.yoga", "no", { practice: { yoga: false } }, "leave"],
    ["programs.E26.join", "perhaps", undefined, { problem: expect.stringContaining("neither yes nor no") }],
    ["unsubscribe", "no", { unsubscribe: true }, "leave"],
    ["unsubscribe", "yes", { unsubscribe: true }, "leave"],
    ["unsubscribe", "x", undefined, { value: true }],
    ["first", "", { first: "Ana" }, "leave"],
    ["first", "Ana", { first: " Ana " }, "leave"],
    ["first", "J\ufffdrgen", undefined, { problem: expect.stringContaining("encoding") }],
    ["first", "x".repeat(1001), undefined, { problem: expect.stringContaining("longer than 1000") }],
  ] as const)("%s %j", (name, cell, person, verdict) => {
    expect(judge(name, cell, person as Partial<Participant> | undefined)).toEqual(verdict);
  });
});
