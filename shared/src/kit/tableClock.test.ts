import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeClock } from "../../testing/fakeClock.ts";
import { tableClock } from "./tableClock.ts";

const start = Date.parse("2026-03-01T08:00:00.000Z");
const tenMinutes = 600_000;

/** A host whose clock is `off` milliseconds fast, beside a server whose clock is right. */
function hostBesideServer(off: number) {
  const host = fakeClock(start + off);
  const warnings: string[] = [];
  const news: string[] = [];
  const log = {
    warn: (_: object, text: string) => void warnings.push(text),
    info: (_: object, text: string) => void news.push(text),
  };
  const clock = tableClock(log, host);
  const right = () => start + host.monotonic();
  return {
    ...{ host, clock, warnings, news, right },
    error: () => clock.now() - right(),
    /** One request: the server says its time, `wrong` milliseconds off, somewhere within the round trip. */
    async ask({ roundTrip = 8, share = 0.5, wrong = 0 } = {}) {
      const askedAt = host.monotonic();
      await host.advance(roundTrip * share);
      const date = new Date(right() + wrong).toUTCString();
      await host.advance(roundTrip * (1 - share));
      clock.observe({ date, askedAt, answeredAt: host.monotonic() });
    },
  };
}

test("acceptance 63: a host whose clock is wrong has the time within 2 s from the first response of the table on", async () => {
  const requests = fc.record({
    roundTrip: fc.integer({ min: 1, max: 900 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    pause: fc.integer({ min: 0, max: 30_000 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -86_400_000, max: 86_400_000 }),
      fc.array(requests, { minLength: 1, maxLength: 30 }),
      async (off, all) => {
        const { host, ask, error } = hostBesideServer(off);
        for (const request of all) {
          await ask(request);
          expect(Math.abs(error())).toBeLessThan(2000);
          await host.advance(request.pause);
          expect(Math.abs(error())).toBeLessThan(2000);
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("a clock that is right is used as it is, to the millisecond", async () => {
  const { host, ask, error, warnings } = hostBesideServer(40);
  for (let n = 0; n < 50; n += 1) {
    await ask();
    expect(error()).toBe(40);
    await host.advance(137);
  }
  expect(warnings).toEqual([]);
});

test("the more responses, the smaller the error", async () => {
  const { host, ask, error } = hostBesideServer(-tenMinutes);
  for (let n = 0; n < 40; n += 1) {
    await ask();
    await host.advance(137);
  }
  expect(Math.abs(error())).toBeLessThan(150);
});

test("a clock that is stepped while the process runs changes nothing, and is reported once until it is right again", async () => {
  const { host, ask, error, warnings, news } = hostBesideServer(0);
  await ask();
  host.setNow(start + tenMinutes);
  expect(Math.abs(error())).toBeLessThan(1000);
  for (let n = 0; n < 3; n += 1) await ask();
  expect(warnings).toEqual([expect.stringMatching(/^The clock of this host is 600 s fast; /)]);
  host.setNow(start + host.monotonic());
  expect(Math.abs(error())).toBeLessThan(1000);
  await ask();
  expect(error()).toBe(0);
  expect(news).toHaveLength(1);
});

test("a machine that was suspended, whose monotonic clock did not go on, is right again after two responses", async () => {
  const { host, clock, ask } = hostBesideServer(0);
  await ask();
  host.setNow(host.now() + tenMinutes);
  await ask({ wrong: tenMinutes });
  await ask({ wrong: tenMinutes });
  expect(clock.now()).toBe(host.now());
});

test("one server with a wrong clock among many is not followed", async () => {
  const { ask, error } = hostBesideServer(-tenMinutes);
  for (let n = 0; n < 10; n += 1) {
    await ask();
    await ask({ wrong: 3_600_000 });
    expect(Math.abs(error())).toBeLessThan(1000);
  }
});

test("a response that took long, or whose process was frozen meanwhile, spoils nothing", async () => {
  const { ask, error } = hostBesideServer(tenMinutes);
  await ask();
  await ask({ roundTrip: 70_000, share: 0 });
  await ask({ roundTrip: 70_000, share: 1 });
  expect(Math.abs(error())).toBeLessThan(1000);
});

test("before the first response, and after a header that is no date, the local clock is used", () => {
  const { host, clock } = hostBesideServer(tenMinutes);
  clock.observe({ date: "soon", askedAt: 0, answeredAt: 1 });
  expect(clock.now()).toBe(host.now());
});
