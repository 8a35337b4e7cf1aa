import { expect, test } from "vitest";
import { windowWords } from "./windowWords.ts";

const words = (weekdays: number[], from = "08:00", to = "20:00") =>
  windowWords({ zone: "Europe/Berlin", from, to, weekdays });

test("a sending window in words", () => {
  expect(words([1, 2, 3, 4, 5])).toBe("Mon–Fri, 08:00–20:00 (Europe/Berlin)");
  expect(words([7, 6, 1, 3])).toBe("Mon, Wed, Sat, Sun, 08:00–20:00 (Europe/Berlin)");
  expect(words([1, 2, 3, 4, 5, 6, 7], "00:00", "00:00")).toBe("Mon–Sun, 24 hours from 00:00 (Europe/Berlin)");
});
