import type { Forecast } from "@email-agent/shared/domain/delivery/forecast.ts";
import { expect, test } from "vitest";
import { momentText } from "../shell/momentText.ts";
import { type ProgressFacts, progressWords, speedWords } from "./progressWords.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const at = (minutes: number) => now + minutes * 60_000;
const words = (minutes: number) => momentText(new Date(at(minutes)).toISOString(), "short", new Date(now));
const ahead = (fields: Partial<Forecast> = {}): Forecast => ({
  finishAt: at(40),
  seconds: 2400,
  limitedBy: "rate",
  sleeps: [],
  ...fields,
});
const facts = (fields: Partial<ProgressFacts> = {}): ProgressFacts => ({
  status: "working",
  done: 8200,
  total: 20_000,
  planning: false,
  perSecond: 12.44,
  forecast: ahead(),
  ...fields,
});

test("a running Send shows its speed, progress, expected finish and what limits it", () => {
  expect(progressWords(facts(), now)).toEqual([
    "12.4 a second",
    "8,200 of 20,000",
    `finishes about ${words(40)}`,
    "limited by the account's rate",
  ]);
  expect(progressWords(facts({ forecast: ahead({ limitedBy: "observed" }) }), now).at(-1)).toContain("mail server");
});

test("pauses for quota are shown with their times", () => {
  const sleeps = [
    { from: at(10), until: at(30), mailed: 5, cause: "quota" as const },
    { from: at(32), until: at(39), mailed: 7, cause: "quota" as const },
  ];
  const paused = ahead({ limitedBy: "quota", sleeps });
  expect(progressWords(facts({ forecast: paused }), now).at(-1)).toBe(
    `pauses for the account's quota from ${words(10)} until ${words(30)}, and 1 more pause follows`,
  );
  const waiting = ahead({
    limitedBy: "quota",
    sleeps: [{ from: now, until: at(30), mailed: 0, cause: "quota" as const }],
  });
  expect(progressWords(facts({ forecast: waiting }), now).at(-1)).toBe(
    `waits for the account's quota until ${words(30)}`,
  );
});

test("an earlier end of sending is shown with how many mails fit before it", () => {
  const cut = ahead({ finishAt: at(5), mailedBefore: 3600 });
  expect(progressWords(facts({ forecast: cut }), now)[2]).toBe(
    `sending ends ${words(5)}, with about 3,600 more mailed by then`,
  );
});

test("a speed that is unknown is left out, and a standstill is named", () => {
  expect(progressWords(facts({ perSecond: undefined }), now)[0]).toBe("8,200 of 20,000");
  expect(progressWords(facts({ perSecond: 0 }), now)[0]).toBe("no mail in the last minute");
  expect(progressWords(facts({ planning: true }), now)[1]).toBe(
    "8,200 of 20,000 so far (recipients are still being found)",
  );
  expect(progressWords(facts({ forecast: { limitedBy: "quota", sleeps: [] } }), now)[2]).toContain("100 days");
});

test("a sleeping Send shows when it resumes; one that waits for its next pass has no finish", () => {
  const sleeping = facts({ status: "sleeping", nextRunAt: new Date(at(15)).toISOString() });
  expect(progressWords(sleeping, now)).toEqual([
    "8,200 of 20,000",
    `11,800 people wait until ${words(15)}`,
    `finishes about ${words(40)}`,
  ]);
  expect(progressWords({ ...sleeping, done: 20_000 }, now)).toEqual(["20,000 of 20,000", `resumes ${words(15)}`]);
});

test("waiting people are shown with reason and times, and the rate is not named as the limit", () => {
  const retries = { people: 7, nextAt: new Date(at(3)).toISOString(), lastAt: new Date(at(14)).toISOString() };
  const onlyThey = facts({
    done: 19_993,
    perSecond: 0,
    waiting: { retries },
    forecast: ahead({ finishAt: at(14), limitedBy: "retries" }),
  });
  expect(progressWords(onlyThey, now)).toEqual([
    "19,993 of 20,000",
    `7 people wait for another attempt, as their mail servers asked (greylisting): the next ${words(3)}, the last ${words(14)}`,
    `finishes about ${words(14)}`,
    "limited by the last retries",
  ]);
  const paused = { until: new Date(at(2)).toISOString(), because: "its mail server asked to send more slowly" };
  expect(progressWords(facts({ perSecond: 0, waiting: { paused } }), now)).toEqual([
    "8,200 of 20,000",
    `the account is paused until ${words(2)}, because its mail server asked to send more slowly`,
    `finishes about ${words(40)}`,
  ]);
  // A pause that is over no longer explains it.
  expect(progressWords(facts({ perSecond: 0, waiting: { paused } }), at(3))[0]).toBe("no mail in the last minute");
});

test("a finished Send shows its average speed", () => {
  const over = facts({ status: "complete", done: 20_000, averagePerSecond: 12.5 });
  expect(progressWords(over, now)).toEqual(["20,000 of 20,000", "12.5 a second on average"]);
  expect(progressWords(facts({ status: "interrupted", done: 0, averagePerSecond: 0 }), now)).toEqual(["0 of 20,000"]);
});

test("speeds below one a second are shown by the minute or the hour", () => {
  expect(speedWords(1 / 3600)).toBe("1 an hour");
  expect(speedWords(0.3)).toBe("18 a minute");
  expect(speedWords(250.4)).toBe("250 a second");
  expect(speedWords(1234)).toBe("1,234 a second");
});
