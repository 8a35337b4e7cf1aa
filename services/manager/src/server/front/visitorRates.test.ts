import { requestRates } from "@email-agent/shared/kit/requestRates.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { expect, test } from "vitest";
import { visitorRates } from "./visitorRates.ts";

function fixture(maxBuckets = 1000) {
  const clock = fakeClock();
  const buckets = visitorRates(maxBuckets, clock.monotonic);
  const allowed = (client: string, count: number) =>
    Array.from({ length: count }, () => buckets.take("signIn", client)).filter((wait) => wait === 0).length;
  return { clock, buckets, allowed };
}

test("a client may ask as often as its group allows in five minutes, a fifth of it at once; others are not touched", async () => {
  const { clock, buckets, allowed } = fixture();
  const burst = requestRates.signIn / 5;
  expect(allowed("a", burst * 3)).toBe(burst);
  expect(buckets.take("signIn", "a")).toBe(1);
  expect(buckets.take("other", "a")).toBe(0);
  expect(allowed("b", 1)).toBe(1);
  await clock.advance(30_000);
  expect(allowed("a", burst)).toBe(requestRates.signIn / 10);
  await clock.advance(3_600_000);
  expect(allowed("a", burst * 3)).toBe(burst);
});

test("the one-click unsubscriptions of a provider pass where a visitor is refused long since", () => {
  const { buckets } = fixture();
  const refused = (group: "unsubscribe" | "publicPage") =>
    Array.from({ length: 4000 }, () => buckets.take(group, "provider")).filter((wait) => wait > 0).length;
  expect(refused("unsubscribe")).toBe(0);
  expect(refused("publicPage")).toBe(3600);
});

test("a million addresses cost no more than the buckets that are kept", { timeout: 120_000 }, () => {
  const { buckets } = fixture(50_000);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 1_000_000; n += 1) buckets.take("other", `2001:db8:${n >> 16}:${n & 0xffff}::/64`);
  expect(buckets.size).toBeLessThanOrEqual(50_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(150e6);
});

test("a key in constant use keeps its bucket while others come and go", () => {
  const { buckets, allowed } = fixture(10);
  expect(allowed("a", 1000)).toBe(200);
  for (let n = 0; n < 100; n += 1) {
    buckets.take("signIn", `other-${n}`);
    expect(buckets.take("signIn", "a")).toBeGreaterThan(0);
  }
});
