import { expect, test } from "vitest";
import { limitRate } from "./limitRate.ts";

function limited(burst: number, tokensPerMinute: number) {
  let now = 1_000_000;
  const { take } = limitRate({ burst, tokensPerMinute, sentence: "Wait." }, { now: () => now });
  const taken = (key: string, times: number) =>
    Array.from({ length: times }, () => {
      try {
        take(key);
        return true;
      } catch {
        return false;
      }
    }).filter(Boolean).length;
  return { take, taken, pass: (seconds: number) => (now += seconds * 1000) };
}

test("a burst, then as many as the rate gives, for each key on its own", () => {
  const { taken, pass } = limited(5, 6);
  expect(taken("ana", 20)).toBe(5);
  expect(taken("bo", 3)).toBe(3);
  pass(9.9);
  expect(taken("ana", 1)).toBe(0);
  pass(0.1);
  expect(taken("ana", 2)).toBe(1);
  pass(60);
  expect(taken("ana", 20)).toBe(5);
});

test("a refusal says when the next token is there; a refused request costs nothing", () => {
  const { take, taken, pass } = limited(1, 6);
  take("ana");
  pass(4);
  for (let n = 0; n < 10; n += 1)
    expect(() => take("ana")).toThrow(
      expect.objectContaining({ code: "too-many-requests", details: { retryAfterSeconds: 6 } }),
    );
  pass(6);
  expect(taken("ana", 1)).toBe(1);
});

test("many keys forget only full buckets; a clock set back gives and takes nothing", () => {
  const { taken, pass } = limited(2, 6);
  expect(taken("ana", 5)).toBe(2);
  for (let n = 0; n < 3000; n += 1) taken(`user-${n}`, 1);
  pass(-3600);
  expect(taken("ana", 5)).toBe(0);
  pass(10);
  expect(taken("ana", 5)).toBe(1);
});
