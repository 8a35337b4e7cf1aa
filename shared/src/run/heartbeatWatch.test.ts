import { expect, test } from "vitest";
import { fakeClock } from "../../testing/fakeClock.ts";
import { heartbeatWatch } from "./heartbeatWatch.ts";

test("only time this process has itself seen a value unchanged counts, whatever the value says", async () => {
  const clock = fakeClock();
  const watch = heartbeatWatch(clock, 30_000);
  const look = (...values: [string, string][]) => Object.fromEntries(watch.look(values));
  expect(look(["a", "1970-01-01T00:00:00.000Z"], ["b", "2100-01-01T00:00:00.000Z"])).toEqual({ a: 0, b: 0 });
  await clock.advance(20_000);
  clock.setNow(0);
  expect(look(["a", "1970-01-01T00:00:00.000Z"], ["b", "2100-01-01T00:00:01.000Z"], ["c", "x"])).toEqual({
    a: 20_000,
    b: 0,
    c: 0,
  });
  await clock.advance(20_000);
  expect(look(["a", "1970-01-01T00:00:00.000Z"], ["b", "2100-01-01T00:00:01.000Z"])).toEqual({ a: 40_000, b: 20_000 });
});

test("a value that changed in the meantime, even back to a lower one, is a heartbeat", async () => {
  const clock = fakeClock();
  const watch = heartbeatWatch(clock, 30_000);
  watch.look([["a", "2"]]);
  await clock.advance(20_000);
  expect(watch.look([["a", "1"]]).get("a")).toBe(0);
});

test("what others have seen before the first look counts as seen", async () => {
  const clock = fakeClock();
  const watch = heartbeatWatch(clock, 30_000);
  expect(watch.look([["a", "1", 55_000]]).get("a")).toBe(55_000);
  await clock.advance(5000);
  expect(watch.look([["a", "1", 55_000]]).get("a")).toBe(60_000);
  expect(watch.look([["a", "2", 0]]).get("a")).toBe(0);
});

test("what was absent, and everything behind a gap in the watching, is watched from the start", async () => {
  const clock = fakeClock();
  const watch = heartbeatWatch(clock, 30_000);
  watch.look([["a", "1"]]);
  await clock.advance(10_000);
  watch.look([]);
  expect(watch.look([["a", "1"]]).get("a")).toBe(0);
  await clock.advance(30_001);
  expect(watch.look([["a", "1"]]).get("a")).toBe(0);
  await clock.advance(30_000);
  expect(watch.look([["a", "1"]]).get("a")).toBe(30_000);
});
