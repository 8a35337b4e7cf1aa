import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketStart, type QuotaBucket, quotaFreeAt, usedInWindow } from "./quotaWindow.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const noon = Date.parse("2026-11-23T12:00:00.000Z");

function bucketsOf(sends: readonly number[]): QuotaBucket[] {
  const used = new Map<number, number>();
  for (const at of sends) used.set(bucketStart(at), (used.get(bucketStart(at)) ?? 0) + 1);
  return [...used].map(([start, count]) => ({ start, used: count }));
}
/** What a provider counts: messages younger than 24 hours. */
const countedByProvider = (sends: readonly number[], now: number) =>
  sends.filter((at) => at <= now && now - at < day).length;

const someSends = fc
  .array(fc.integer({ min: 0, max: 3 * day }), { maxLength: 200 })
  .map((times) => times.sort((a, b) => a - b));

test("the window never counts less than the provider does, and never what is older than a bucket more", () => {
  fc.assert(
    fc.property(someSends, fc.integer({ min: 0, max: 4 * day }), (sends, now) => {
      const past = sends.filter((at) => at <= now);
      const counted = usedInWindow(bucketsOf(past), now);
      expect(counted).toBeGreaterThanOrEqual(countedByProvider(past, now));
      expect(counted).toBeLessThanOrEqual(past.filter((at) => now - at <= day + 5 * minute).length);
    }),
  );
});

test("sending only while places are free never exceeds the quota in any 24 hours", () => {
  fc.assert(
    fc.property(someSends, fc.integer({ min: 1, max: 20 }), (wishes, quota) => {
      const sent: number[] = [];
      for (const at of wishes) if (usedInWindow(bucketsOf(sent), at) < quota) sent.push(at);
      for (const at of sent) expect(countedByProvider(sent, at)).toBeLessThanOrEqual(quota);
    }),
  );
});

test("places are free at the returned instant and not a millisecond before", () => {
  const cases = fc.record({
    sends: someSends,
    quota: fc.integer({ min: 1, max: 50 }),
    places: fc.integer({ min: 1, max: 60 }),
    now: fc.integer({ min: 0, max: 3 * day }),
  });
  fc.assert(
    fc.property(cases, ({ sends, quota, places, now }) => {
      const buckets = bucketsOf(sends.filter((at) => at <= now));
      const at = quotaFreeAt(buckets, quota, places, now);
      const isFree = (then: number) => usedInWindow(buckets, then) + Math.min(places, quota) <= quota;
      expect(at).toBeGreaterThanOrEqual(now);
      expect(isFree(at)).toBe(true);
      if (at > now) expect(isFree(at - 1)).toBe(false);
    }),
  );
});

test("a full hour of an account's quota frees 24 hours after its buckets ended", () => {
  const buckets = [
    { start: noon, used: 900 },
    { start: noon + 5 * minute, used: 600 },
  ];
  const now = noon + 60 * minute;
  expect(new Date(quotaFreeAt(buckets, 1500, 150, now)).toISOString()).toBe("2026-11-24T12:05:00.000Z");
  expect(new Date(quotaFreeAt(buckets, 1500, 901, now)).toISOString()).toBe("2026-11-24T12:10:00.000Z");
  expect(quotaFreeAt(buckets, 2000, 150, now)).toBe(now);
  expect(quotaFreeAt([], 0, 1, now)).toBe(now + day);
});
