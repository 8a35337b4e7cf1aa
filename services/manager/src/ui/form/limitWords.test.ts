import { expect, test } from "vitest";
import { limitWords } from "./limitWords.ts";

test.each([
  [250, 200_000, "about 250 a second, 200,000 a day"],
  [1, 1500, "about 1 a second, 1,500 a day"],
  [0.5, 500, "about 30 a minute, 500 a day"],
  [0.005, 10, "about 18 an hour, 10 a day"],
])("%d a second and %d a day: %s", (ratePerSecond, quotaPer24h, words) => {
  expect(limitWords({ ratePerSecond, quotaPer24h })).toBe(words);
});
