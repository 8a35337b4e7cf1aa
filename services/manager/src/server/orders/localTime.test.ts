import { expect, test } from "vitest";
import { instantOf, localTimes, startOfDay } from "./localTime.ts";

test("acceptance 9: a local time becomes its instant by the rules of its zone", () => {
  expect(instantOf("2026-11-25T18:00", "Europe/Berlin")).toEqual({ instant: "2026-11-25T17:00:00.000Z" });
  expect(instantOf("2026-07-25T18:00", "Europe/Berlin")).toEqual({ instant: "2026-07-25T16:00:00.000Z" });
  expect(instantOf("2026-11-25T18:00:30", "America/Los_Angeles")).toEqual({ instant: "2026-11-26T02:00:30.000Z" });
  expect(instantOf("2026-11-25T18:00", "Asia/Kathmandu")).toEqual({ instant: "2026-11-25T12:15:00.000Z" });
});

test("a time that the clocks skip is named, with the times around it", () => {
  expect(instantOf("2027-03-28T02:30", "Europe/Berlin")).toEqual({
    problem:
      "28 March 2027 at 02:30 does not exist in Europe/Berlin, because the clocks go forward then: enter 01:30 or 03:30.",
  });
});

test("of a time that comes twice the earlier is taken, with a note", () => {
  expect(instantOf("2026-10-25T02:30", "Europe/Berlin")).toEqual({
    instant: "2026-10-25T00:30:00.000Z",
    note: "25 October 2026 at 02:30 comes twice in Europe/Berlin, because the clocks go back then: the earlier one counts, 2026-10-25 00:30 UTC.",
  });
});

test.each([
  ["2026-02-30T10:00", "Europe/Berlin", "is not a time"],
  ["tomorrow", "Europe/Berlin", "is not a time"],
  ["2026-11-25T18:00Z", "Europe/Berlin", "is not a time"],
  ["2026-11-25T18:00", "Mars/Base", "is not a time zone"],
])("%s in %s: %s", (local, zone, problem) => {
  expect(instantOf(local, zone)).toEqual({ problem: expect.stringContaining(problem) });
});

test.each([
  ["Europe/Berlin", "2026-03-01T08:00:01.500Z", "2026-03-01T09:00:01+01:00"],
  ["Europe/Berlin", "2026-03-29T00:59:59.000Z", "2026-03-29T01:59:59+01:00"],
  ["Europe/Berlin", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00:00+02:00"],
  ["America/St_Johns", "2026-01-01T02:00:00.000Z", "2025-12-31T22:30:00-03:30"],
  ["Asia/Kathmandu", "2026-01-01T20:00:00.000Z", "2026-01-02T01:45:00+05:45"],
  ["UTC", "2026-03-01T08:00:01.000Z", "2026-03-01T08:00:01+00:00"],
  ["Nowhere/Land", "2026-03-01T08:00:01.000Z", "2026-03-01T08:00:01+00:00"],
  ["Europe/Berlin", "soon", "soon"],
])("in %s %s is %s", (zone, instant, text) => {
  const times = localTimes(zone);
  expect(times.of(instant)).toBe(text);
  expect(times.zone).toBe(zone === "Nowhere/Land" ? "UTC" : zone);
});

test.each([
  ["2026-03-01", "Europe/Berlin", "2026-02-28T23:00:00.000Z"],
  ["2026-03-01", "America/Los_Angeles", "2026-03-01T08:00:00.000Z"],
  // The clocks go forward at midnight: the day begins at one.
  ["2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00.000Z"],
  ["2026-03-01", "Nowhere/Land", "2026-03-01T00:00:00.000Z"],
  ["2026-02-30", "UTC", undefined],
])("%s in %s begins at %s", (day, zone, start) => {
  expect(startOfDay(day, zone)).toBe(start);
});
