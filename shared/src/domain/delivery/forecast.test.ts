import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecast } from "./forecast.ts";
import { type ForecastInput, sendSchedule } from "./forecastSchedule.ts";
import { messageSpacing } from "./messageSpacing.ts";
import { bucketStart, type QuotaSpan, windowStart } from "./quotaWindow.ts";

const now = Date.parse("2026-03-01T08:02:30.000Z");
const hour = 3_600_000;
const input = (fields: Partial<ForecastInput>): ForecastInput => ({
  recipients: 1000,
  ratePerSecond: 10,
  quotaPer24h: 100_000,
  buckets: [],
  now,
  ...fields,
});

test("a Send that its quota lets through takes as long as the limiter spaces its mails", () => {
  expect(forecast(input({}))).toEqual({ finishAt: now + 102_500, seconds: 102.5, limitedBy: "rate", sleeps: [] });
  expect(forecast(input({ recipients: 10, ratePerSecond: 0.4 })).seconds).toBeCloseTo(10 * 2.525);
});

test("a Send without recipients is finished now", () => {
  expect(forecast(input({ recipients: 0 }))).toMatchObject({ finishAt: now, seconds: 0, sleeps: [] });
});

test("a Send seen to be markedly slower than its rate is forecast at what was seen, and says so", () => {
  expect(forecast(input({ observedPerSecond: 4 }))).toMatchObject({ seconds: 250, limitedBy: "observed" });
  expect(forecast(input({ observedPerSecond: 9.5 }))).toMatchObject({ limitedBy: "rate" });
  expect(forecast(input({ observedPerSecond: 40 }))).toMatchObject({ seconds: 102.5, limitedBy: "rate" });
  expect(forecast(input({ observedPerSecond: 0 }))).toMatchObject({ seconds: 102.5, limitedBy: "rate" });
});

test("a Send larger than its quota sleeps until the first mails are a day old, and goes on", () => {
  const found = forecast(input({ recipients: 1500, quotaPer24h: 1000 }));
  expect(found.limitedBy).toBe("quota");
  expect(found.sleeps).toHaveLength(1);
  // 1,000 mails take 102.5 s, which end in the bucket that began at 8:00; it counts until 8:05 of the next day.
  expect(found.sleeps[0]).toEqual({
    from: now + 102_500,
    until: Date.parse("2026-03-02T08:05:00.000Z"),
    mailed: 1000,
    cause: "quota",
  });
  expect(found.finishAt).toBe(Date.parse("2026-03-02T08:05:51.250Z"));
});

test("what other mailings used counts: the wait begins at once", () => {
  const buckets = [{ start: Date.parse("2026-02-28T20:00:00.000Z"), used: 1000 }];
  const { sleeps, finishAt } = forecast(input({ recipients: 10, quotaPer24h: 1000, buckets }));
  expect(sleeps).toEqual([{ from: now, until: Date.parse("2026-03-01T20:05:00.000Z"), mailed: 0, cause: "quota" }]);
  expect(finishAt).toBe(Date.parse("2026-03-01T20:05:01.025Z"));
});

test("a sleeping Send goes on when it wakes", () => {
  const { sleeps, finishAt } = forecast(input({ resumesAt: now + hour }));
  expect(sleeps).toEqual([{ from: now, until: now + hour, mailed: 0, cause: "quota" }]);
  expect(finishAt).toBe(now + hour + 102_500);
});

test("sendUntil cuts it off, and the forecast says how many are mailed before", () => {
  const cut = forecast(input({ sendUntil: now + 30_000 }));
  expect(cut).toMatchObject({ finishAt: now + 30_000, seconds: 30, mailedBefore: 293 });
  expect(forecast(input({ sendUntil: now + hour })).mailedBefore).toBeUndefined();
  expect(forecast(input({ sendUntil: now - 1 }))).toMatchObject({ finishAt: now, mailedBefore: 0 });
});

test("a Send that would take for ever has no finish", () => {
  expect(forecast(input({ quotaPer24h: 0 })).finishAt).toBeUndefined();
  expect(forecast(input({ recipients: 1_000_000, quotaPer24h: 100 })).finishAt).toBeUndefined();
  expect(forecast(input({ quotaPer24h: 0, sendUntil: now + hour }))).toMatchObject({ mailedBefore: 0 });
});

test("a paused account begins when its pause is over", () => {
  expect(forecast(input({ pausedUntil: now + 60_000 }))).toMatchObject({ finishAt: now + 162_500, limitedBy: "rate" });
  expect(forecast(input({ pausedUntil: now - 60_000 }))).toMatchObject({ finishAt: now + 102_500 });
});

test("people who wait for another attempt are counted, and the finish stays as time goes on", () => {
  const retries = { people: 7, nextAt: now + 300_000, lastAt: now + 900_000 };
  const first = forecast(input({ recipients: 107, retries }));
  // The hundred others take 10 s.
  expect(first).toMatchObject({ finishAt: now + 900_103, limitedBy: "retries" });
  const later = forecast(input({ recipients: 7, retries, now: now + 200_000 }));
  expect(later.finishAt).toBe(first.finishAt);
  // Those who are due already go with the others.
  const busy = forecast(input({ recipients: 10_007, retries }));
  expect(busy.finishAt).toBe(Math.round(now + 10_007 * 102.5));
  expect(busy.limitedBy).toBe("rate");
  expect(forecast(input({ recipients: 3, retries })).finishAt).toBe(now + 900_103);
});

/** Short buckets and windows, so that a mail-by-mail simulation stays small. */
const span: QuotaSpan = { bucketMilliseconds: 10_000, windowMilliseconds: 120_000 };
const someInput = fc
  .record({
    recipients: fc.integer({ min: 0, max: 120 }),
    ratePerSecond: fc.constantFrom(0.5, 1, 2, 5, 10, 20),
    observedPerSecond: fc.option(fc.constantFrom(0.25, 1, 4), { nil: undefined }),
    quotaPer24h: fc.integer({ min: 1, max: 60 }),
    used: fc.array(fc.record({ back: fc.integer({ min: 0, max: 14 }), used: fc.integer({ min: 1, max: 40 }) }), {
      maxLength: 6,
    }),
    resumesIn: fc.option(fc.integer({ min: -5000, max: 90_000 }), { nil: undefined }),
    endsIn: fc.option(fc.integer({ min: -5000, max: 400_000 }), { nil: undefined }),
    offset: fc.integer({ min: 0, max: 30_000 }),
  })
  .map(({ used, resumesIn, endsIn, offset, ...fields }): ForecastInput => {
    const at = now + offset;
    const buckets = used.map(({ back, used }) => ({ start: bucketStart(at, span) - back * 10_000, used }));
    const resumesAt = resumesIn === undefined ? undefined : at + resumesIn;
    const sendUntil = endsIn === undefined ? undefined : at + endsIn;
    return { ...fields, buckets, now: at, span, resumesAt, sendUntil };
  });

/** When each mail begins, as the schedule says. */
function mailTimes(of: ForecastInput): number[] {
  return [...sendSchedule(of)].flatMap((part) =>
    part.kind !== "burst" ? [] : Array.from({ length: part.mails }, (_, n) => part.from + n * part.gapMilliseconds),
  );
}

/** The same, one mail after the other and one bucket after the other. */
function oneByOne(of: ForecastInput): number[] {
  const { observedPerSecond = 1000, ratePerSecond, quotaPer24h, buckets } = of;
  const gap = Math.max(messageSpacing(ratePerSecond), 1000 / observedPerSecond);
  const end = of.sendUntil ?? Number.POSITIVE_INFINITY;
  const times: number[] = [];
  const usedAt = (time: number) => {
    const starts = [...times.map((start) => ({ start, used: 1 })), ...buckets];
    return starts.reduce(
      (sum, { start, used }) => (bucketStart(start, span) >= windowStart(time, span) ? sum + used : sum),
      0,
    );
  };
  let at = Math.max(of.now, of.resumesAt ?? 0);
  while (times.length < of.recipients && at < end) {
    if (usedAt(at) < quotaPer24h) {
      times.push(at);
      at += gap;
      continue;
    }
    const wanted = Math.min(of.recipients - times.length, Math.max(1, Math.floor(quotaPer24h / 10)));
    let wake = bucketStart(at, span);
    while (quotaPer24h - usedAt(wake) < wanted) wake += span.bucketMilliseconds;
    at = Math.max(wake, at + 60_000);
  }
  return times;
}

test("agrees with a simulation that sends one mail after the other", () => {
  fc.assert(
    fc.property(someInput, (one) => {
      const times = oneByOne(one);
      expect(mailTimes(one)).toEqual(times);
      const { finishAt, mailedBefore } = forecast(one);
      expect(mailedBefore ?? one.recipients).toBe(times.length);
      const last = times.at(-1);
      if (mailedBefore === undefined && last !== undefined) expect(finishAt).toBeGreaterThanOrEqual(last);
    }),
    { numRuns: 500 },
  );
});

test("no 24 hours of a forecast hold more than the quota, what was used before included", () => {
  fc.assert(
    fc.property(someInput, (one) => {
      const times = mailTimes(one);
      for (const [index, time] of times.entries()) {
        const own = times.slice(0, index + 1).filter((other) => other > time - span.windowMilliseconds).length;
        // A bucket may have been used at its very end.
        const before = one.buckets
          .filter(({ start }) => start + span.bucketMilliseconds > time - span.windowMilliseconds)
          .reduce((sum, { used }) => sum + used, 0);
        expect(own + before).toBeLessThanOrEqual(one.quotaPer24h);
      }
    }),
    { numRuns: 300 },
  );
});

test("a forecast is never in the past, and never earlier for more recipients", () => {
  fc.assert(
    fc.property(someInput, fc.integer({ min: 1, max: 30 }), (one, more) => {
      const { finishAt = Number.POSITIVE_INFINITY, sleeps, mailedBefore = one.recipients } = forecast(one);
      const larger = forecast({ ...one, recipients: one.recipients + more });
      expect(finishAt).toBeGreaterThanOrEqual(one.now);
      expect(larger.finishAt ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(finishAt);
      expect(mailedBefore).toBeLessThanOrEqual(one.recipients);
      for (const { from, until } of sleeps) expect(until).toBeGreaterThanOrEqual(from);
    }),
    { numRuns: 500 },
  );
});

test("the largest Send anybody plans is forecast in few steps", () => {
  const large = input({ recipients: 660_000, ratePerSecond: 15, quotaPer24h: 50_000 });
  expect([...sendSchedule(large)].length).toBeLessThan(3000);
  const found = forecast(large);
  expect(found.limitedBy).toBe("quota");
  expect(found.finishAt).toBeGreaterThan(now + 13 * 24 * hour);
});

test("a sending window cuts the forecast: mails pause outside it, and go on when it opens", () => {
  const hour = 3_600_000;
  const spans = [
    { from: now, until: now + hour },
    { from: now + 12 * hour, until: now + 24 * hour },
  ];
  const input = { recipients: 5400, ratePerSecond: 1, quotaPer24h: 100_000, buckets: [], now };
  const gap = messageSpacing(1);
  const mailed = Math.ceil(hour / gap);
  const inWindow = forecast({ ...input, openSpans: spans });
  expect(inWindow.limitedBy).toBe("window");
  expect(inWindow.sleeps).toEqual([{ from: now + mailed * gap, until: now + 12 * hour, mailed, cause: "window" }]);
  expect(inWindow.finishAt).toBe(Math.round(now + 12 * hour + (5400 - mailed) * gap));
  const closed = forecast({ ...input, openSpans: spans.slice(1) });
  expect(closed.sleeps[0]).toEqual({ from: now, until: now + 12 * hour, mailed: 0, cause: "window" });
  expect(forecast({ ...input, openSpans: spans, sendUntil: now + 6 * hour }).mailedBefore).toBe(mailed);
  // Where the quota frees while the window is closed, no second pause follows before it opens.
  const scarce = forecast({ ...input, quotaPer24h: 1000, openSpans: spans });
  const ends = scarce.sleeps.map(({ until }) => until);
  for (const end of ends)
    expect(end > now + 24 * hour || spans.some(({ from, until }) => from <= end && end < until)).toBe(true);
  expect(new Set(ends).size).toBe(ends.length);
  expect(forecast(input).sleeps).toEqual([]);
});

describe("acceptance 169: the forecast names a receiving domain that is the bottleneck", () => {
  const now = Date.parse("2026-03-01T08:00:00Z");
  const base = { recipients: 2000, ratePerSecond: 20, quotaPer24h: 100_000, buckets: [], now };

  test("people of a limited group are done last, and the others do not wait for them", () => {
    const limited = [
      { group: "microsoft", people: 1000, perSecond: 2 },
      { group: "google", people: 500, perSecond: 10 },
    ];
    const { limitedBy, receiver, seconds = 0 } = forecast({ ...base, limited });
    expect([limitedBy, receiver]).toEqual(["receiver", "microsoft"]);
    expect(seconds).toBeGreaterThan(1000 / 2);
    expect(seconds).toBeLessThan(1000 / 2 + 20);
  });

  test("a limit that is no bottleneck changes nothing", () => {
    const limited = [{ group: "google", people: 100, perSecond: 10 }];
    expect(forecast({ ...base, limited })).toEqual(forecast(base));
  });

  test("at the end of sending those who are left are people of that group", () => {
    const limited = [{ group: "microsoft", people: 1000, perSecond: 2 }];
    const { mailedBefore = 0, limitedBy } = forecast({ ...base, limited, sendUntil: now + 300_000 });
    expect(limitedBy).toBe("receiver");
    // The thousand others, and five minutes of two a second.
    expect(mailedBefore).toBeGreaterThan(1500);
    expect(mailedBefore).toBeLessThanOrEqual(1600);
  });
});
