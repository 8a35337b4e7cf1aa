import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { semaphore } from "./semaphore.ts";

test("only so many calls run at once, first come, first served; a failed one frees its permit", async () => {
  const { run } = semaphore(2);
  const begun: number[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const calls = [0, 1, 2, 3].map((n) =>
    run(() => {
      begun.push(n);
      ends[n] = Promise.withResolvers<void>();
      return (ends[n] as PromiseWithResolvers<void>).promise;
    }),
  );
  await setImmediate();
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error("away"));
  await expect(calls[1]).rejects.toThrow("away");
  await setImmediate();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.resolve();
  await setImmediate();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("a call aborted while it waits never begins and holds no permit", async () => {
  const { run } = semaphore(1);
  const first = Promise.withResolvers<void>();
  const holding = run(() => first.promise);
  const leave = new AbortController();
  const begun: string[] = [];
  const aborted = run(async () => void begun.push("aborted"), leave.signal);
  const last = run(async () => void begun.push("last"));
  leave.abort(new Error("closed"));
  await expect(aborted).rejects.toThrow("closed");
  first.resolve();
  await Promise.all([holding, last]);
  expect(begun).toEqual(["last"]);
});

test("with the queue full a call is refused at once and never begins; later ones run again", async () => {
  const { run } = semaphore(1, { maxWaiting: 1, full: () => new Error("full") });
  const first = Promise.withResolvers<void>();
  const begun: string[] = [];
  const holding = run(() => first.promise);
  const waits = run(async () => void begun.push("waits"));
  await expect(run(async () => void begun.push("refused"))).rejects.toThrow("full");
  first.resolve();
  await Promise.all([holding, waits]);
  await run(async () => void begun.push("later"));
  expect(begun).toEqual(["waits", "later"]);
});

test("a place in the queue is free again when its call is aborted", async () => {
  const { run } = semaphore(1, { maxWaiting: 1, full: () => new Error("full") });
  const first = Promise.withResolvers<void>();
  const holding = run(() => first.promise);
  const leave = new AbortController();
  const aborted = run(async () => "aborted", leave.signal);
  leave.abort(new Error("closed"));
  await expect(aborted).rejects.toThrow("closed");
  const next = run(async () => "next");
  first.resolve();
  await holding;
  expect(await next).toBe("next");
});
