import { expect, it } from "vitest";
import { fakeClock } from "./fakeClock.ts";

it("is frozen until it is moved, and moves both clocks together", async () => {
  const clock = fakeClock("2026-03-01T08:00:00.000Z");
  const before = [clock.now(), clock.monotonic()];
  expect([clock.now(), clock.monotonic()]).toEqual(before);
  await clock.advance(1500);
  expect(new Date(clock.now()).toISOString()).toBe("2026-03-01T08:00:01.500Z");
  expect(clock.monotonic()).toBe(1500);
});

it("wakes sleepers in the order in which they are due, each at its own instant", async () => {
  const clock = fakeClock(0);
  const woken: [string, number][] = [];
  const sleep = async (name: string, milliseconds: number) => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  void sleep("late", 300);
  void sleep("early", 100);
  void sleep("beyond", 5000);
  await clock.advance(1000);
  expect(woken).toEqual([
    ["early", 100],
    ["late", 300],
  ]);
  expect(clock.sleeping).toBe(1);
});

it("serves sleeps that begin while it moves", async () => {
  const clock = fakeClock(0);
  const beats: number[] = [];
  const stop = new AbortController();
  const loop = (async () => {
    while (true) {
      await clock.sleep(10, stop.signal);
      beats.push(clock.now());
    }
  })();
  await clock.advance(35);
  expect(beats).toEqual([10, 20, 30]);
  stop.abort(new Error("enough"));
  await expect(loop).rejects.toThrow("enough");
  expect(clock.sleeping).toBe(0);
});

it("rejects with the reason of the signal, at once if it has aborted already", async () => {
  const clock = fakeClock();
  const stop = new AbortController();
  const sleeping = clock.sleep(1000, stop.signal);
  stop.abort(new Error("stopped"));
  await expect(sleeping).rejects.toThrow("stopped");
  await expect(clock.sleep(1000, stop.signal)).rejects.toThrow("stopped");
});

it("can set the wall clock alone", () => {
  const clock = fakeClock(0);
  clock.setNow(5_000);
  expect([clock.now(), clock.monotonic()]).toEqual([5000, 0]);
});
