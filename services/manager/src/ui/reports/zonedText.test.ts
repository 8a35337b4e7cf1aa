import { expect, test } from "vitest";
import { durationText, zonedText } from "./zonedText.ts";

test("a time is that of the zone, on both sides of a change to summer time", () => {
  expect(zonedText("2026-03-29T00:30:00.000Z", "Europe/Berlin")).toBe("29 Mar 2026, 01:30");
  expect(zonedText("2026-03-29T01:30:00.000Z", "Europe/Berlin")).toBe("29 Mar 2026, 03:30");
});

test.each([
  ["2026-03-01T08:00:20.000Z", "less than a minute"],
  ["2026-03-01T08:59:00.000Z", "59 min"],
  ["2026-03-01T10:05:00.000Z", "2 h 5 min"],
  ["2026-03-04T11:05:00.000Z", "3 d 3 h"],
])("until %s: %s", (to, text) => {
  expect(durationText("2026-03-01T08:00:00.000Z", to)).toBe(text);
});
