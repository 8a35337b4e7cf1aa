import { expect, test } from "vitest";
import { unrunPatterns } from "./unrunPatterns.ts";

test("a pattern that is not run is reported once, and no other", () => {
  const lines: object[] = [];
  const report = unrunPatterns({ warn: (line: object) => void lines.push(line) } as never);
  const account = { name: "office", dailyLimitTexts: ["daily limit", "limit (daily", "(daily|\\w+\\s?)+reached"] };
  report(account);
  report({ ...account });
  expect(lines).toEqual([{ account: "office", pattern: "(daily|\\w+\\s?)+reached" }]);
});
