import fc from "fast-check";
import { expect, test } from "vitest";
import { numberTicks, tickText, timeTicks } from "./chartScale.ts";

test("the number axis begins at zero and rises in round steps up to the largest", () => {
  expect(numberTicks(20_000, 4)).toEqual([0, 5000, 10_000, 15_000, 20_000]);
  expect(numberTicks(3, 4)).toEqual([0, 1, 2, 3]);
  expect(numberTicks(1, 4)).toEqual([0, 1]);
  expect(numberTicks(2326, 4)).toEqual([0, 1000, 2000]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), fc.integer({ min: 3, max: 8 }), (top, wanted) => {
      const ticks = numberTicks(top, wanted);
      expect(ticks[0]).toBe(0);
      expect(ticks.at(-1)).toBeLessThanOrEqual(top);
      expect(ticks.length).toBeLessThanOrEqual(wanted + 1);
      // Two at least, and no more room above the last than between two.
      expect(ticks.length).toBeGreaterThan(1);
      expect(top - (ticks.at(-1) ?? 0)).toBeLessThan(ticks[1] ?? 0);
      for (const tick of ticks) expect(Number.isInteger(tick)).toBe(true);
    }),
  );
});

test("the time axis has round times within the range, and not too many", () => {
  const from = new Date(2026, 2, 1, 14, 3, 20).getTime();
  const { at, stepMilliseconds } = timeTicks(from, from + 25 * 60_000, 6);
  expect(at.map((time) => tickText(time, stepMilliseconds))).toEqual(["14:05", "14:10", "14:15", "14:20", "14:25"]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 * 86_400_000 }), fc.integer({ min: 2, max: 10 }), (range, most) => {
      const ticks = timeTicks(from, from + range, most);
      expect(ticks.at.length).toBeLessThanOrEqual(most + 1);
      for (const time of ticks.at) {
        expect(time).toBeGreaterThanOrEqual(from);
        expect(time).toBeLessThanOrEqual(from + range);
      }
    }),
  );
});

test("ticks show the precision of their distance", () => {
  const at = new Date(2026, 2, 1, 14, 3, 20).getTime();
  expect(tickText(at, 10_000)).toBe("14:03:20");
  expect(tickText(at, 60_000)).toBe("14:03");
  expect(tickText(new Date(2026, 2, 2).getTime(), 6 * 3_600_000)).toBe("2 Mar");
});
