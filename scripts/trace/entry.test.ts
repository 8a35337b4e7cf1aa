import { expect, test } from "vitest";
import { sinceOf, timeline } from "./entry.ts";

const entry = (at: string, text: string) => ({ at: `2026-03-01T08:${at}.000Z`, source: "audit" as const, text });

test("entries are in the order of time, and what is repeated within a minute is one with a number", () => {
  const given = [entry("05:00", "b"), entry("00:10", "a"), entry("00:20", "a"), entry("09:00", "a")];
  expect(timeline(given, undefined)).toEqual([
    { ...entry("00:10", "a"), times: 2 },
    entry("05:00", "b"),
    entry("09:00", "a"),
  ]);
  expect(timeline(given, "2026-03-01T08:05:00.000Z")).toHaveLength(2);
});

test("a beginning is a time, or a time before now", () => {
  const now = Date.parse("2026-03-01T08:00:00.000Z");
  expect(sinceOf("2h", now)).toBe("2026-03-01T06:00:00.000Z");
  expect(sinceOf("90s", now)).toBe("2026-03-01T07:58:30.000Z");
  expect(sinceOf("2026-03-01T09:00:00+02:00", now)).toBe("2026-03-01T07:00:00.000Z");
  expect(sinceOf("yesterday", now)).toBeUndefined();
});
