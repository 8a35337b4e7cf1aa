import { expect, test } from "vitest";
import { anEvent } from "../../../testing/builders.ts";
import { insertsPrompt, macroWords } from "./macroWords.ts";

const event = anEvent({ aid: "E26", config: { whichRetreatsConfig: { A: { prompt: "week-1" } } } });
const prompt = (at: string, text = "x") => {
  const [of = "", key = "", language = ""] = at.split("#");
  return { event: of, key, language, text };
};
const inserts = (html: string, at: string, prompts = [prompt(at)]) =>
  insertsPrompt(macroWords(html), prompt(at), { event, language: "EN", prompts });

test("both notations name a prompt", () => {
  expect(inserts("<p>||salutation||</p>", "default#salutation#universal")).toBe(true);
  expect(inserts("<p>#salutation</p>", "E26#salutation#EN")).toBe(true);
  expect(inserts("<p>Salutation</p>", "E26#salutation#EN")).toBe(false);
  expect(inserts("<p>#Salutation</p>", "E26#salutation#DE")).toBe(false);
  expect(inserts("<p>#salutation</p>", "E27#salutation#EN")).toBe(false);
});

test("an item that another one hides is not inserted", () => {
  const prompts = ["E26#salutation#EN", "default#salutation#EN", "default#salutation#universal"].map((at) =>
    prompt(at),
  );
  expect(inserts("#salutation", "E26#salutation#EN", prompts)).toBe(true);
  expect(inserts("#salutation", "default#salutation#EN", prompts)).toBe(false);
  expect(inserts("#salutation", "default#salutation#universal", prompts.slice(1))).toBe(false);
});

test("prompts of retreats, of the second form of links, and inside prompts", () => {
  expect(inserts("||retreats||", "default#week-1#universal")).toBe(true);
  expect(inserts("||retreats||", "default#week-2#universal")).toBe(false);
  expect(inserts("#reglink", "default#reglinkv2#EN")).toBe(true);
  const nested = [prompt("default#salutation#EN", "Dear #retreats"), prompt("default#week-1#EN", "Week")];
  expect(inserts("#salutation", "default#week-1#EN", nested)).toBe(true);
});
