import fc from "fast-check";
import { expect, test } from "vitest";
import { lateMilliseconds, messageSpacing } from "./messageSpacing.ts";

const rates = fc.oneof(fc.double({ min: 1 / 86_400, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1000 }));

test("rate slots reach at least 97 % of the rate, from one a day to 1,000 a second", () => {
  fc.assert(
    fc.property(rates, (rate) => {
      expect(1000 / messageSpacing(rate) / rate).toBeGreaterThan(0.97);
    }),
  );
});

test("messages that begin as late as may be, or on time, never exceed the rate in any window", () => {
  fc.assert(
    fc.property(rates, (rate) => {
      const [places, windowMilliseconds] = rate < 1 ? [1, 1000 / rate] : [rate, 1000];
      // The first of `places` + 1 begins late, the last on time.
      expect(places * messageSpacing(rate) - lateMilliseconds).toBeGreaterThanOrEqual(windowMilliseconds - 1e-6);
    }),
  );
});
