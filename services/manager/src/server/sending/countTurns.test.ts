import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { countTurns } from "./countTurns.ts";

const never = new AbortController().signal;

test("only so many counts run at once, in the order of their asking; a failed one gives its turn on", async () => {
  const turns = countTurns(2);
  const begun: number[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  const counts = [0, 1, 2, 3].map((n) =>
    turns.take(() => {
      begun.push(n);
      ends[n] = Promise.withResolvers<void>();
      return (ends[n] as PromiseWithResolvers<void>).promise;
    }, never),
  );
  await setImmediate();
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error("away"));
  await expect(counts[1]).rejects.toThrow("away");
  await setImmediate();
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.resolve();
  await setImmediate();
  expect(begun).toEqual([0, 1, 2, 3]);
});

test("a count given up while it waits never begins and keeps nobody else from a turn", async () => {
  const turns = countTurns(1);
  const first = Promise.withResolvers<void>();
  const holding = turns.take(() => first.promise, never);
  const leave = new AbortController();
  const begun: string[] = [];
  const given = turns.take(async () => void begun.push("given up"), leave.signal);
  const last = turns.take(async () => void begun.push("last"), never);
  leave.abort(new Error("closed"));
  await expect(given).rejects.toThrow("closed");
  first.resolve();
  await Promise.all([holding, last]);
  expect(begun).toEqual(["last"]);
});
