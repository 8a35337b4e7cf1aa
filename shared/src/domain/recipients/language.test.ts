import { expect, test } from "vitest";
import { aLanguage, someLanguages } from "../../../testing/builders.ts";
import { languagesInOrder, suitsLanguage } from "./language.ts";

test("a language for everyone suits all, another those who prefer it by name", () => {
  const suits = (code: string, writtenLangPref?: string | null) => suitsLanguage(aLanguage(code), { writtenLangPref });
  expect([suits("EN"), suits("EN", "French"), suits("EN", null)]).toEqual([true, true, true]);
  expect([suits("SP", "Spanish"), suits("SP", " SPANISH"), suits("SP", "SP"), suits("SP", null)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("languages come in the order's own order; an unknown one is named", () => {
  expect(languagesInOrder(["SP", "EN"], someLanguages()).map(({ code }) => code)).toEqual(["SP", "EN"]);
  expect(() => languagesInOrder(["EN", "XX"], someLanguages())).toThrow("XX");
});
