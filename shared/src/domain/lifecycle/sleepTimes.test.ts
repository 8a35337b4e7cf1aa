import fc from "fast-check";
import { expect, test } from "vitest";
import { isSendOver } from "./schedule.ts";
import { nextRunAt, retryWaitMilliseconds } from "./sleepTimes.ts";

const now = Date.parse("2026-03-01T08:00:00.000Z");
const minute = 60_000;
const order = { sendInterval: 3600, sendUntil: undefined };

test("the waits of a failing pass grow: 1, 2, 4, 8, 16 minutes, at most an hour", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((failedPasses) => retryWaitMilliseconds(failedPasses, 0.5) / minute);
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test("and differ by up to a fifth, so that orders that failed together come back apart", () => {
  expect(retryWaitMilliseconds(1, 0)).toBe(48_000);
  expect(retryWaitMilliseconds(1, 1)).toBe(72_000);
});

test("each cause has its wait", () => {
  expect(nextRunAt(order, { kind: "next-pass" }, now)).toBe(now + 60 * minute);
  expect(nextRunAt(order, { kind: "quota", wakeAt: now + 5 * minute }, now)).toBe(now + 5 * minute);
  expect(nextRunAt(order, { kind: "quota", wakeAt: now }, now)).toBe(now + minute);
  expect(nextRunAt(order, { kind: "retry", failedPasses: 3 }, now, 0.5)).toBe(now + 4 * minute);
});

test("a Send with a sending window wakes within it, whatever it sleeps for", () => {
  // Sunday, 09:00 in Berlin.
  const sendingWindow = { zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] };
  const monday = Date.parse("2026-03-02T07:00:00.000Z");
  for (const cause of [{ kind: "next-pass" }, { kind: "quota", wakeAt: now }, { kind: "window" }] as const)
    expect(nextRunAt({ ...order, sendingWindow }, cause, now)).toBe(monday);
  expect(nextRunAt({ ...order, sendingWindow }, { kind: "next-pass" }, monday)).toBe(monday + 60 * minute);
  const sendUntil = new Date(now + 10 * minute).toISOString();
  expect(nextRunAt({ ...order, sendingWindow, sendUntil }, { kind: "window" }, now)).toBe(now + 10 * minute);
});

test("nothing wakes after the end of sending", () => {
  const cause = fc.oneof(
    fc.constant({ kind: "next-pass" } as const),
    fc.record({ kind: fc.constant("quota" as const), wakeAt: fc.integer({ min: 0, max: 2 * now }) }),
    fc.record({ kind: fc.constant("retry" as const), failedPasses: fc.integer({ min: 1, max: 20 }) }),
  );
  fc.assert(
    fc.property(
      cause,
      fc.integer({ min: 0, max: 100 * minute }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (why, left, random) => {
        const sendUntil = new Date(now + left).toISOString();
        expect(nextRunAt({ ...order, sendUntil }, why, now, random)).toBeLessThanOrEqual(now + left);
      },
    ),
  );
});

test("sending ends at the very instant", () => {
  const sendUntil = "2026-03-01T08:00:00.000Z";
  expect([now - 1, now, now + 1].map((at) => isSendOver({ sendUntil }, at))).toEqual([false, true, true]);
  expect(isSendOver({}, now)).toBe(false);
});
