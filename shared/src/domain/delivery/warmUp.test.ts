import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecast } from "./forecast.ts";
import { sendSchedule } from "./forecastSchedule.ts";
import { plannedQuotaFreeAt, quotaAt, warmUpDay } from "./warmUp.ts";

const hour = 3_600_000;
const warmUp = { startsOn: "2026-03-28", timeZone: "Europe/Berlin", days: [50, 100, 200] };
const plan = { quotaPer24h: 1000, warmUp };

describe("acceptance 168: a warm-up raises the quota of an account day by day", () => {
  // Summer time begins in Berlin in the night to 29 March.
  test.each([
    ["2026-03-20T12:00:00Z", 1, 50],
    ["2026-03-27T22:59:59Z", 1, 50],
    ["2026-03-27T23:00:00Z", 1, 50],
    ["2026-03-28T22:59:59Z", 1, 50],
    ["2026-03-28T23:00:00Z", 2, 100],
    ["2026-03-29T21:59:59Z", 2, 100],
    ["2026-03-29T22:00:00Z", 3, 200],
    ["2026-03-30T22:00:00Z", undefined, 1000],
  ])("at %s it is day %s with %i mails", (at, day, quota) => {
    expect([warmUpDay(plan, Date.parse(at)), quotaAt(plan, Date.parse(at))]).toEqual([day, quota]);
  });

  test("a plan above the quota of the account changes nothing, nor does none", () => {
    const at = Date.parse("2026-03-29T12:00:00Z");
    expect(quotaAt({ ...plan, quotaPer24h: 70 }, at)).toBe(70);
    expect(quotaAt({ quotaPer24h: 70 }, at)).toBe(70);
  });

  test("places are free when the next day begins, or when the window frees them", () => {
    const at = Date.parse("2026-03-28T12:00:00Z");
    const used = [{ start: Date.parse("2026-03-28T11:00:00Z"), used: 50 }];
    expect(plannedQuotaFreeAt(used, plan, 5, at)).toBe(Date.parse("2026-03-28T23:00:00Z"));
    const before = [{ start: Date.parse("2026-03-27T15:00:00Z"), used: 50 }];
    expect(plannedQuotaFreeAt(before, plan, 5, at)).toBe(Date.parse("2026-03-28T15:05:00Z"));
  });

  test("a Send of 5,000 with a plan of eight days takes nine days, and sleeps as for quota", () => {
    const days = [50, 100, 200, 400, 800, 1000, 1000, 1000];
    const now = Date.parse("2026-05-04T00:00:00Z");
    const eightDays = { startsOn: "2026-05-04", timeZone: "UTC", days };
    const input = { recipients: 5000, ratePerSecond: 10, quotaPer24h: 2000, warmUp: eightDays, buckets: [], now };
    const { limitedBy, sleeps, finishAt = 0 } = forecast(input);
    expect(limitedBy).toBe("quota");
    expect(sleeps[0]?.mailed).toBe(50);
    // Without the plan: two sleeps of a day.
    const plain = forecast({ ...input, warmUp: undefined });
    expect(plain.sleeps).toHaveLength(2);
    expect(Math.ceil((finishAt - now) / (24 * hour))).toBe(9);
  });

  test("no forecast has more mails in any 24 hours than the plan of the day in which they end", () => {
    const plans = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 2000 }), (numbers, recipients) => {
        const days = [...numbers].sort((one, other) => one - other);
        const now = Date.parse("2026-05-04T07:30:00Z");
        const own = { quotaPer24h: 500, warmUp: { startsOn: "2026-05-04", timeZone: "Asia/Kathmandu", days } };
        const sent: { at: number; mails: number }[] = [];
        for (const part of sendSchedule({ recipients, ratePerSecond: 5, ...own, buckets: [], now })) {
          if (part.kind !== "burst") continue;
          sent.push({ at: part.from, mails: part.mails });
          const window = sent.filter(({ at }) => at > part.from - 24 * hour).reduce((sum, { mails }) => sum + mails, 0);
          if (window > quotaAt(own, part.from)) return false;
        }
        return sent.reduce((sum, { mails }) => sum + mails, 0) === recipients;
      }),
      { numRuns: 50 },
    );
  });
});
