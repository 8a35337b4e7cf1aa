import { expect, test } from "vitest";
import { momentText } from "./momentText.ts";
import { waitingNote, waitingWords } from "./waitingWords.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
const words = (minutes: number) => momentText(at(minutes), "short", new Date(now));

test("people whose mail servers asked to wait are shown with their first and last attempt", () => {
  const retries = { people: 7, nextAt: at(3), lastAt: at(14) };
  expect(waitingWords({ retries }, now)).toEqual([
    `7 people wait for another attempt, as their mail servers asked (greylisting): the next ${words(3)}, the last ${words(14)}`,
  ]);
  const [one = ""] = waitingWords({ retries: { people: 1, nextAt: at(3), lastAt: at(3) } }, now);
  expect(one).toBe(`1 person waits for another attempt, as their mail servers asked (greylisting): ${words(3)}`);
  expect(waitingWords({ retries }, now + 5 * 60_000)[0]).toContain(`the next any moment, the last ${words(14)}`);
  expect(waitingWords({ retries }, now + 20 * 60_000)[0]).toMatch(/: any moment$/);
});

test("a paused account is shown with its reason until the pause is over", () => {
  const paused = { until: at(2), because: "its mail server asked to send more slowly" };
  const retries = { people: 2, nextAt: at(1), lastAt: at(1) };
  expect(waitingWords({ paused, retries }, now)).toHaveLength(2);
  expect(waitingWords({ paused }, now)).toEqual([
    `the account is paused until ${words(2)}, because its mail server asked to send more slowly`,
  ]);
  expect(waitingWords({ paused }, now + 3 * 60_000)).toEqual([]);
  const byHand = { ...paused, byHand: true, because: "it was paused by hand: holiday" };
  expect(waitingWords({ paused: byHand }, now)).toEqual([
    "the account is paused until it is resumed in the settings, because it was paused by hand: holiday",
  ]);
  expect(waitingWords(undefined, now)).toEqual([]);
});

test("an account at its rate limit is shown with the reason", () => {
  const held = { until: at(40), because: "its rate allows the next mail then" };
  expect(waitingWords({ held }, now)).toEqual([
    `the account waits until ${words(40)}, because its rate allows the next mail then`,
  ]);
  expect(waitingNote({ held }, now)).toEqual({ words: "account waits until", at: at(40) });
  expect(waitingWords({ held }, now + 41 * 60_000)).toEqual([]);
});

test("the list says the same in a few words", () => {
  const paused = { until: at(2), because: "…" };
  const retries = { people: 1200, nextAt: at(1), lastAt: at(9) };
  expect(waitingNote({ paused, retries }, now)).toEqual({ words: "account paused until", at: at(2) });
  expect(waitingNote({ paused, retries }, now + 3 * 60_000)).toEqual({ words: "1,200 wait, next attempt", at: at(1) });
  expect(waitingNote({}, now)).toBeUndefined();
});
