import type { ChunkProgress } from "@email-agent/shared/domain/delivery/run.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Pass, sendCurve } from "./sendCurve.ts";

const begin = Date.parse("2026-03-01T08:00:00.000Z");
const none = { sent: 0, failed: 0, inDoubt: 0 };
const counts = (sent: number, failed = 0, inDoubt = 0) => ({ total: 100, skipped: 0, sent, failed, inDoubt });
const done = (from: number, to: number, numbers = counts(100)): ChunkProgress => ({
  sk: "chunk#EN#000000",
  language: "EN",
  status: "done",
  worker: "w",
  startedAt: instant(begin + from),
  endedAt: instant(begin + to),
  heartbeatAt: instant(begin + from),
  counts: numbers,
});

/** The curve with a point for each second, and its value at an instant. */
function courseOf(passes: readonly Pass[]) {
  const points = sendCurve(passes, 200);
  const at = (time: number) => points.findLast((point) => point.at <= time);
  return { points, at };
}

test("nothing tried has no curve", () => {
  expect(sendCurve([], 200)).toEqual([]);
  const planned: ChunkProgress = { sk: "chunk#EN#000000", language: "EN", status: "planned" };
  expect(sendCurve([{ before: none, chunks: [planned, done(0, 5000, counts(0))] }], 200)).toEqual([]);
});

test("a chunk's mails are spread over the time it was worked on, on top of what was reached before", () => {
  const before = { sent: 50, failed: 2, inDoubt: 1 };
  const { points, at } = courseOf([{ before, chunks: [done(0, 10_000, counts(90, 10))] }]);
  expect(points[0]).toEqual({ at: begin - 1, ...before });
  expect(at(begin + 5000)).toEqual({ at: begin + 5000, sent: 95, failed: 7, inDoubt: 1 });
  expect(points.at(-1)).toEqual({ at: begin + 10_000, sent: 140, failed: 12, inDoubt: 1 });
});

test("a chunk under way counts up to its last heartbeat, one that came back up to its end", () => {
  const held: ChunkProgress = { ...done(0, 20_000), status: "issued", heartbeatAt: instant(begin + 10_000) };
  expect(sendCurve([{ before: none, chunks: [held] }], 200).at(-1)?.at).toBe(begin + 10_000);
  const { worker: _, ...free } = held;
  expect(sendCurve([{ before: none, chunks: [{ ...free, status: "planned" }] }], 200).at(-1)?.at).toBe(begin + 20_000);
});

test("chunks of an older release, without times of their own, count at their last heartbeat", () => {
  const { startedAt: _s, endedAt: _e, ...old } = done(7000, 9000);
  const { at } = courseOf([{ before: none, chunks: [old] }]);
  expect(at(begin + 6999)?.sent).toBe(0);
  expect(at(begin + 7000)?.sent).toBe(100);
});

test("the next pass goes on from what the ledger said at its beginning, and the night between takes hardly a point", () => {
  const night = 24 * 3_600_000;
  const first: Pass = { before: none, chunks: [done(0, 100_000, counts(100))] };
  const second: Pass = { before: counts(99, 0, 1), chunks: [done(night, night + 100_000, counts(40))] };
  const { at } = courseOf([first, second]);
  expect(at(begin + night - 5)?.sent).toBe(100);
  expect(at(begin + night)).toMatchObject({ sent: 99, inDoubt: 1 });
  const points = sendCurve([first, second], 100);
  expect(points.filter(({ at }) => at > begin + 100_000 && at < begin + night - 1)).toHaveLength(0);
  expect(points.length).toBeGreaterThan(50);
});

const someChunk = fc
  .record({
    from: fc.integer({ min: 0, max: 10 * 3_600_000 }),
    lasting: fc.integer({ min: 0, max: 400_000 }),
    sent: fc.integer({ min: 0, max: 100 }),
    failed: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ from, lasting, sent, failed }) => done(from, from + lasting, counts(sent, failed)));

test("points rise in time and number, are few, and end with everything the chunks say", () => {
  fc.assert(
    fc.property(fc.array(someChunk, { maxLength: 60 }), fc.integer({ min: 20, max: 200 }), (chunks, most) => {
      const before = { sent: 7, failed: 1, inDoubt: 0 };
      const points = sendCurve([{ before, chunks }], most);
      const sum = (field: "sent" | "failed") => chunks.reduce((all, chunk) => all + (chunk.counts?.[field] ?? 0), 0);
      if (sum("sent") + sum("failed") === 0) {
        expect(points).toEqual([]);
        return;
      }
      expect(points.length).toBeLessThanOrEqual(most);
      expect(points[0]).toMatchObject(before);
      expect(points.at(-1)).toMatchObject({ sent: 7 + sum("sent"), failed: 1 + sum("failed") });
      for (const [index, point] of points.entries()) {
        const last = points[index - 1];
        if (!last) continue;
        expect(point.at).toBeGreaterThan(last.at);
        expect(point.sent).toBeGreaterThanOrEqual(last.sent);
        expect(point.failed).toBeGreaterThanOrEqual(last.failed);
      }
    }),
  );
});
