import { expect, test } from "vitest";
import { durationText, zonedSpan, zonedText } from "./zonedText.ts";

test("a time is that of the zone, on both sides of a change to summer time", () => {
  expect(zonedText("2026-03-29T00:30:00.000Z", "Europe/Berlin")).toBe("29 Mar 2026, 01:30");
  expect(zonedText("2026-03-29T01:30:00.000Z", "Europe/Berlin")).toBe("29 Mar 2026, 03:30");
});

test("the day of a span is named once, in the zone of the organisation", () => {
  const span = (to: string) => zonedSpan("2026-03-01T22:30:00.000Z", to, "Europe/Berlin");
  expect(span("2026-03-01T22:59:00.000Z")).toBe("1 Mar 2026, 23:30 – 23:59");
  expect(span("2026-03-01T23:05:00.000Z")).toBe("1 Mar 2026, 23:30 – 2 Mar 2026, 00:05");
});

test.each([
  ["2026-03-01T08:00:20.000Z", "less than a minute"],
  ["2026-03-01T08:59:00.000Z", "59 min"],
  ["2026-03-01T10:05:00.000Z", "2 h 5 min"],
  ["2026-03-04T11:05:00.000Z", "3 d 3 h"],
])("until %s: %s", (to, text) => {
  expect(durationText("2026-03-01T08:00:00.000Z", to)).toBe(text);
});
