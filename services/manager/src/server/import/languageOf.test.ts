import { languageSchema } from "@email-agent/shared/domain/configItems.ts";
import { describe, expect, test } from "vitest";
import { languageOf } from "./languageOf.ts";

/** Code and tag; a language is named by its code here, so that every other name comes from the tag. */
function configured(tags: Readonly<Record<string, string>>) {
  return new Map(Object.entries(tags).map(([code, tag]) => [code, languageSchema.parse({ code, name: code, tag })]));
}

describe("a language is known by code, tag, and its names in the usual languages and its own", () => {
  const languages = configured({ EN: "en", SP: "es", DE: "de", PT: "pt-BR", ZH: "zh-Hans", HU: "hu" });
  test.each([
    ["sp", "SP"],
    ["es", "SP"],
    ["Español", "SP"],
    ["ESPANOL", "SP"],
    ["Spanisch", "SP"],
    ["deutsch", "DE"],
    ["allemand", "DE"],
    ["němčina", "DE"],
    ["Немецкий", "DE"],
    ["de-AT", "DE"],
    ["de_AT", "DE"],
    ["Englisch", "EN"],
    ["inglés", "EN"],
    ["Portugiesisch", "PT"],
    ["português", "PT"],
    ["pt-br", "PT"],
    ["pt-PT", "PT"],
    ["简体中文", "ZH"],
    ["zh-CN", "ZH"],
    ["magyar", "HU"],
    ["zh-TW", undefined],
    ["Klingon", undefined],
    ["Deutschland", undefined],
    ["-", undefined],
  ])("%s is %s", (text, code) => {
    expect(languageOf(text, languages)?.code).toBe(code);
  });
});

test("a name of two languages is none of them, and a name of one alone is that one", () => {
  const languages = configured({ BR: "pt-BR", PT: "pt-PT", CH: "de-CH", DE: "de" });
  expect(languageOf("Portuguese", languages)).toBeUndefined();
  expect(languageOf("European Portuguese", languages)?.code).toBe("PT");
  expect(languageOf("Deutsch", languages)?.code).toBe("DE");
  expect(languageOf("de-CH", languages)?.code).toBe("CH");
});

test("what an administrator named a language counts before what others call it", () => {
  const named = configured({ AA: "en", BB: "de" });
  const swapped = new Map(
    [...named].map(([code, one]) => [code, { ...one, name: code === "AA" ? "German" : "English" }]),
  );
  expect(languageOf("German", swapped)?.code).toBe("AA");
});

test("a tag that is none has no names, and breaks nothing", () => {
  expect(languageOf("English", configured({ EN: "not a tag", DE: "de" }))).toBeUndefined();
  expect(languageOf("German", configured({ EN: "not a tag", DE: "de" }))?.code).toBe("DE");
});
