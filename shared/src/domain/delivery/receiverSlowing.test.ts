import fc from "fast-check";
import { expect, test } from "vitest";
import { recoveredAt, slowedRate, slowing } from "./receiverSlowing.ts";

const minute = 60_000;

test("a slowed group is raised by a quarter every two minutes, until it is as fast as before", () => {
  const slowed = { perSecond: 5, from: 10, at: 0 };
  expect(slowedRate(slowed, 0)).toEqual({ perSecond: 5, raisedAt: 2 * minute });
  expect(slowedRate(slowed, 5 * minute)).toEqual({ perSecond: 5 * 1.25 ** 2, raisedAt: 6 * minute });
  expect(slowedRate(slowed, 8 * minute)).toBeUndefined();
});

test("it never falls while it is not refused, and is as fast as before at the time that is said", () => {
  const rates = fc.double({ min: slowing.floorPerSecond, max: 1000, noNaN: true });
  fc.assert(
    fc.property(rates, rates, fc.nat(1e9), fc.nat(1e9), (one, other, first, second) => {
      const slowed = { perSecond: Math.min(one, other), from: Math.max(one, other), at: 0 };
      const at = (now: number) => slowedRate(slowed, now)?.perSecond ?? slowed.from;
      const [earlier, later] = [Math.min(first, second), Math.max(first, second)];
      return at(earlier) <= at(later) && slowedRate(slowed, recoveredAt(slowed)) === undefined;
    }),
  );
});
