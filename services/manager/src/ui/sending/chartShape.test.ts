import fc from "fast-check";
import { expect, test } from "vitest";
import { type ChartData, chartShape } from "./chartShape.ts";

const begin = Date.parse("2026-03-01T12:00:00.000Z");
const point = (seconds: number, sent: number, failed = 0, inDoubt = 0) => ({
  at: begin + seconds * 1000,
  sent,
  failed,
  inDoubt,
});
const data = (fields: Partial<ChartData> = {}): ChartData => ({
  points: [point(0, 0), point(100, 500)],
  total: 1000,
  left: 500,
  forecast: { finishAt: begin + 200_000, seconds: 100, limitedBy: "rate", sleeps: [] },
  ...fields,
});

/** The corners of a path. */
const corners = (path = "") =>
  [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);

test("half of the mails at half of the time are in the middle of the chart, and the forecast ends in its corner", () => {
  const shape = chartShape(data(), 466, 234);
  expect(shape?.plot).toEqual({ left: 52, top: 10, right: 452, bottom: 210 });
  expect(corners(shape?.sentLine)).toEqual([
    [52, 210],
    [252, 110],
  ]);
  expect(corners(shape?.forecastLine)).toEqual([
    [252, 110],
    [452, 10],
  ]);
});

test("failed and in doubt are lines of their own, only where there are any", () => {
  const none = chartShape(data(), 466, 234);
  expect(none).not.toHaveProperty("failedLine");
  expect(none).not.toHaveProperty("inDoubtLine");
  const some = chartShape(data({ points: [point(0, 0), point(100, 300, 150, 50)] }), 466, 234);
  expect(corners(some?.failedLine)[1]).toEqual([252, 180]);
  expect(corners(some?.inDoubtLine)[1]).toEqual([252, 200]);
});

test("a pause for quota is a level stretch of the forecast", () => {
  const sleeps = [{ from: begin + 150_000, until: begin + 250_000, mailed: 250, cause: "quota" as const }];
  const forecast = { finishAt: begin + 300_000, seconds: 200, limitedBy: "quota", sleeps } as const;
  const shape = chartShape(data({ forecast }), 466, 234);
  const [, from, until, finish] = corners(shape?.forecastLine);
  expect(from?.[1]).toBe(until?.[1]);
  expect(finish?.[0]).toBe(452);
  expect(shape?.sleeps).toEqual([{ from: from?.[0], to: until?.[0] }]);
});

test("a finish far away leaves the chart instead of squeezing the curve", () => {
  const forecast = { finishAt: begin + 86_400_000, seconds: 86_300, limitedBy: "rate", sleeps: [] } as const;
  const shape = chartShape(data({ forecast }), 466, 234);
  expect(shape?.tip.x).toBe(152);
  expect(corners(shape?.forecastLine).at(-1)?.[0]).toBe(452);
});

test("no chart without mails or without room", () => {
  expect(chartShape(data({ points: [] }), 466, 234)).toBeUndefined();
  expect(chartShape(data(), 40, 234)).toBeUndefined();
});

const somePoints = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(900), fc.nat(20)), { minLength: 1, maxLength: 40 })
  .map((moves) => {
    let [seconds, sent, failed] = [0, 0, 0];
    return moves.map(([time, mails, bad]) => {
      seconds += time;
      sent += mails;
      failed += bad;
      return point(seconds, sent, failed);
    });
  });

test("everything is drawn inside the chart, whatever the numbers", () => {
  const width = fc.integer({ min: 200, max: 1400 });
  fc.assert(
    fc.property(somePoints, width, fc.nat(20_000), fc.nat(500_000), (points, width, left, ahead) => {
      const last = points.at(-1) ?? point(0, 0);
      const sleeps = [
        { from: last.at + ahead / 4, until: last.at + ahead / 2, mailed: left / 2, cause: "quota" as const },
      ];
      const forecast = { finishAt: last.at + ahead, seconds: ahead / 1000, limitedBy: "quota", sleeps } as const;
      const total = last.sent + last.failed + left;
      const shape = chartShape({ points, total, left, forecast }, width, 200);
      const drawn = [shape?.sentArea, shape?.sentLine, shape?.failedLine, shape?.forecastLine].flatMap(corners);
      for (const [x, y] of drawn) {
        expect(x).toBeGreaterThanOrEqual(52);
        expect(x).toBeLessThanOrEqual(width - 13);
        expect(y).toBeGreaterThanOrEqual(10);
        expect(y).toBeLessThanOrEqual(176);
      }
      for (const { place } of shape?.xTicks ?? []) expect(place).toBeLessThanOrEqual(width - 13);
    }),
  );
});
