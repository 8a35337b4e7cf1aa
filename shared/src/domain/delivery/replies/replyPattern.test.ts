import { expect, test } from "vitest";
import { endsSoon, replyPattern } from "./replyPattern.ts";

test.each([
  "daily (sending|message) (limit|quota)",
  "daily .*limit.*reached",
  "(?:daily|hourly) .*(limit|quota) (reached|exceeded)",
  "limit (of \\d+ )?reached",
  "\\(daily\\) [a-z|*+]+ limit{",
  "(?:try )*later",
  "\\d{1,3} messages",
])("runs %s", (pattern) => {
  expect(endsSoon(pattern)).toBe(true);
});

test.each([
  "(daily|limit|\\w+\\s?)+reached",
  "(a+)+$",
  "(?:(a+)x?)*$",
  "(?:a|a)*$",
  "(?<word>a|b){2,}c",
  "(daily)\\1",
  "(?<word>daily)\\k<word>",
  "\\w*\\w*\\w*\\w*x",
  "\\w?".repeat(40),
  "(?:a|a)".repeat(28),
  "(?:){1000000000}",
  "daily ".repeat(40),
])("does not run %s", (pattern) => {
  expect(endsSoon(pattern)).toBe(false);
  expect(replyPattern(pattern)).toBeUndefined();
});

test("the slowest patterns that are run end soon on the worst text", () => {
  for (const pattern of ["\\w+\\w+!", `${"\\w?".repeat(8)}!`, `${"(?:a|a)".repeat(8)}!`]) {
    const before = process.cpuUsage();
    expect(replyPattern(pattern)?.("a".repeat(5000)), pattern).toBe(false);
    expect(process.cpuUsage(before).user, pattern).toBeLessThan(3_000_000);
  }
});
