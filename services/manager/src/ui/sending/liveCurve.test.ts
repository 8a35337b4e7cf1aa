import fc from "fast-check";
import { expect, test } from "vitest";
import { anOrder } from "../../../../../shared/testing/builders.ts";
import { averageSpeed, type CurvePoint, extended, pointOf, speedAt, startOf, triedOf } from "./liveCurve.ts";

const point = (at: number, sent: number): CurvePoint => ({ at, sent, failed: 0, inDoubt: 0 });
const curve = (...points: [number, number][]) => points.map(([at, sent]) => point(at, sent));

test("a curve follows the order, and does not go back when the order lags behind", () => {
  const points = curve([0, 0], [1000, 50]);
  expect(extended(points, point(1500, 60))).toEqual([...points, point(1500, 60)]);
  expect(extended(points, point(1500, 40))).toBe(points);
  expect(extended(points, point(900, 60))).toBe(points);
  expect(extended([], point(5, 3))).toEqual([point(5, 3)]);
});

test("a pause is two points, however long it lasts", () => {
  let points: readonly CurvePoint[] = curve([0, 0], [1000, 50]);
  for (let at = 2000; at < 60_000; at += 500) points = extended(points, point(at, 50));
  expect(points).toEqual(curve([0, 0], [1000, 50], [59_500, 50]));
});

test("a curve stays short, in order, and ends with the newest numbers", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: -5, max: 50 }), fc.integer({ min: -3, max: 20 })), {
    minLength: 1200,
    maxLength: 1500,
  });
  fc.assert(
    fc.property(steps, (moves) => {
      let points: readonly CurvePoint[] = [];
      let [at, sent, most] = [0, 0, 0];
      for (const [time, mails] of moves) {
        at += time;
        sent = Math.max(0, sent + mails);
        points = extended(points, point(at, sent));
        const last = points.at(-1) as CurvePoint;
        most = Math.max(most, last.sent);
        if (points.length > 500 || last.sent !== most) expect.unreachable(`${points.length} points to ${last.sent}`);
      }
      for (const [index, { at, sent }] of points.entries()) {
        const before = points[index - 1];
        if (!before) continue;
        expect(at).toBeGreaterThan(before.at);
        expect(sent).toBeGreaterThanOrEqual(before.sent);
      }
    }),
    { numRuns: 20 },
  );
});

test("the speed is that of the last minute", () => {
  const points = curve([0, 0], [60_000, 6000], [120_000, 6600]);
  expect(speedAt(points, 120_000, 0)).toBeCloseTo(10);
  expect(speedAt(points, 90_000, 0)).toBeCloseTo((6600 - 3000) / 60);
  expect(speedAt(points, 180_000, 0)).toBe(0);
  expect(speedAt(curve([0, 0], [1000, 5]), 1000, 0)).toBeUndefined();
  expect(speedAt([], 1000, 0)).toBeUndefined();
});

test("the speed of a run that has just begun is measured from its first mail", () => {
  const earlier = curve([0, 0], [10_000, 96], [500_000, 96], [520_000, 96]);
  expect(speedAt(earlier, 520_000, 500_000)).toBeUndefined();
  expect(speedAt(earlier, 561_000, 500_000)).toBe(0);
  expect(speedAt([...earlier, point(530_000, 196)], 530_000, 500_000)).toBeCloseTo(10);
});

test("the average speed leaves pauses out", () => {
  expect(averageSpeed(curve([0, 0], [10_000, 100], [86_400_000, 100], [86_410_000, 200]))).toBeCloseTo(10);
  expect(averageSpeed(curve([0, 5], [1000, 5]))).toBeUndefined();
});

test("an order shows the progress of its Send once the run has reported numbers", () => {
  const order = anOrder({ updatedAt: "2026-03-01T08:00:00.000Z" });
  expect(pointOf(order)).toBeUndefined();
  const counters = { total: 10, sent: 4, failed: 1, inDoubt: 1, skipped: 2 };
  // A run that begins resets its counters before it knows what the mailing reached before.
  order.steps.Send = { status: "working", counters: { ...counters, sent: 0 } };
  expect(pointOf(order)).toBeUndefined();
  order.steps.Send = { status: "working", counters, languages: { EN: counters } };
  const found = pointOf(order);
  expect(found).toEqual({ at: Date.parse("2026-03-01T08:00:00.000Z"), sent: 4, failed: 1, inDoubt: 1 });
  expect(triedOf(found as CurvePoint)).toBe(6);
});

test("a run whose points are not loaded begins at its start, with what was reached before it", () => {
  const order = anOrder();
  expect(startOf(order)).toEqual([]);
  const counters = { total: 90, sent: 40, failed: 3, inDoubt: 0, skipped: 0 };
  const thisRun = { ...counters, sent: 10, failed: 3 };
  order.steps.Send = {
    status: "working",
    startedAt: "2026-03-01T08:00:00.000Z",
    counters,
    languages: { EN: { ...counters, thisRun } },
  };
  expect(startOf(order)).toEqual([{ at: Date.parse("2026-03-01T08:00:00.000Z"), sent: 30, failed: 0, inDoubt: 0 }]);
});
