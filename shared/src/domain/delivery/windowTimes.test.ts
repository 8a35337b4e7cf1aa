import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import type { SendingWindow } from "./sendingWindow.ts";
import { closesAt, isOpen, isZone, openSpans, opensAt } from "./windowTimes.ts";

const minute = 60_000;
const workdays = [1, 2, 3, 4, 5];
const office = (fields: Partial<SendingWindow> = {}): SendingWindow => ({
  ...{ zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays: workdays },
  ...fields,
});
const at = (text: string) => Date.parse(text);
const text = (milliseconds: number | undefined) => milliseconds && new Date(milliseconds).toISOString();

/** Of every zone a change of clocks: half an hour only, with a gap at midnight, southern, for Ramadan, and one that skips a day. */
const changes: [zone: string, change: string][] = [
  ["Europe/Berlin", "2026-03-29T01:00:00Z"],
  ["Europe/Berlin", "2026-10-25T01:00:00Z"],
  ["America/New_York", "2026-03-08T07:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Australia/Lord_Howe", "2026-04-04T15:00:00Z"],
  ["Africa/Casablanca", "2026-02-15T02:00:00Z"],
  ["Africa/Casablanca", "2026-03-22T02:00:00Z"],
  ["America/Havana", "2026-03-08T05:00:00Z"],
  ["Pacific/Apia", "2011-12-30T10:00:00Z"],
];

/** What the wall clock of a zone shows from an instant on, minute by minute. */
function wallClock(zone: string, start: number, minutes: number) {
  return Array.from({ length: minutes }, (_, index) => {
    const local = Temporal.Instant.fromEpochMilliseconds(start + index * minute).toZonedDateTimeISO(zone);
    const day = local.toPlainDate();
    const time = local.toPlainTime().toString({ smallestUnit: "minute" });
    return { time, today: day.dayOfWeek, yesterday: day.subtract({ days: 1 }).dayOfWeek };
  });
}

function shownOpen({ from, to, weekdays }: SendingWindow, shown: ReturnType<typeof wallClock>[number]): boolean {
  const { time, today, yesterday } = shown;
  if (from < to) return weekdays.includes(today) && from <= time && time < to;
  return (weekdays.includes(today) && from <= time) || (weekdays.includes(yesterday) && time < to);
}

const times = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 1, 15, 30, 59));
const clock = times.map(([hour, past]) => `${String(hour).padStart(2, "0")}:${String(past).padStart(2, "0")}`);
// Mostly the hours in which clocks change.
const early = fc.constantFrom("00:00", "00:30", "01:30", "01:59", "02:00", "02:15", "02:30", "03:00", "03:30");
const anyTime = fc.oneof(clock, early);

test.each(changes)(
  "acceptance 144: in %s around %s the window opens and closes as its wall clock says",
  (zone, change) => {
    const start = at(change) - 36 * 60 * minute;
    const minutes = 72 * 60;
    const shown = wallClock(zone, start, minutes);
    expect(
      Temporal.Instant.from(change).toZonedDateTimeISO(zone).subtract({ nanoseconds: 1 }).offsetNanoseconds,
    ).not.toBe(Temporal.Instant.from(change).toZonedDateTimeISO(zone).offsetNanoseconds);
    fc.assert(
      fc.property(
        ...[anyTime, anyTime, fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 })],
        fc.array(fc.integer({ min: 0, max: minutes - 1 }), { minLength: 3, maxLength: 3 }),
        (from, to, weekdays, looks) => {
          const window = { zone, from, to, weekdays };
          const open = shown.map((one) => shownOpen(window, one));
          for (const look of looks) {
            const now = start + look * minute;
            expect(isOpen(window, now)).toBe(open[look]);
            for (const [wanted, found] of [
              [true, opensAt(window, now)],
              [false, closesAt(window, now)],
            ] as const) {
              const next = open.indexOf(wanted, look);
              if (next >= 0) expect(found).toBe(start + next * minute);
              else if (found !== undefined) expect(found).toBeGreaterThanOrEqual(start + minutes * minute);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  },
  60_000,
);

test("acceptance 144: a window of the office sleeps over the night and the weekend, in the zone it is of", () => {
  expect(text(opensAt(office(), at("2026-03-27T20:00:00Z")))).toBe("2026-03-30T06:00:00.000Z");
  expect(text(closesAt(office(), at("2026-03-27T09:00:00Z")))).toBe("2026-03-27T19:00:00.000Z");
  expect(text(opensAt(office({ zone: "America/New_York" }), at("2026-03-27T09:00:00Z")))).toBe(
    "2026-03-27T12:00:00.000Z",
  );
});

test("acceptance 144: a window over midnight belongs to the day it begins on", () => {
  const night = office({ from: "22:00", to: "06:00", weekdays: [5] });
  expect(
    openSpans(night, at("2026-03-23T00:00:00Z"), at("2026-03-30T00:00:00Z")).map(({ from, until }) => [
      text(from),
      text(until),
    ]),
  ).toEqual([["2026-03-27T21:00:00.000Z", "2026-03-28T05:00:00.000Z"]]);
  const whole = office({ from: "00:00", to: "00:00", weekdays: [7] });
  // The Sunday on which clocks go forward has 23 hours.
  expect(openSpans(whole, at("2026-03-28T00:00:00Z"), at("2026-04-01T00:00:00Z"))).toEqual([
    { from: at("2026-03-28T23:00:00Z"), until: at("2026-03-29T22:00:00Z") },
  ]);
});

test("a window that is always open never closes, and the hour that comes twice opens a window twice", () => {
  const always = office({ from: "00:00", to: "00:00", weekdays: [1, 2, 3, 4, 5, 6, 7] });
  expect(closesAt(always, at("2026-03-27T09:00:00Z"))).toBeUndefined();
  const early = office({ from: "02:00", to: "02:30", weekdays: [7] });
  expect(
    openSpans(early, at("2026-10-24T12:00:00Z"), at("2026-10-26T00:00:00Z")).map(({ from }) => text(from)),
  ).toEqual(["2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z"]);
  // On the day the clocks go forward it does not exist.
  expect(openSpans(early, at("2026-03-28T12:00:00Z"), at("2026-03-30T00:00:00Z"))).toEqual([]);
});

test("zones are IANA names", () => {
  expect(["Europe/Berlin", "UTC", "Mars/Base", ""].map(isZone)).toEqual([true, true, false, false]);
});
