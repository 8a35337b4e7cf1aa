import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { anAccount } from "@email-agent/shared/testing/builders.ts";
import { expect, onTestFinished, test } from "vitest";
import { startRedis } from "../../../../infra/local/redis.ts";
import { silent } from "../../testing/sendFixture.ts";
import { virtualTime } from "../../testing/virtualTime.ts";
import { quotaWakeAt } from "../send/quotaSleep.ts";
import { accountLimiter } from "./accountLimiter.ts";

test("acceptance 168: a Send over an account that warms up sends the number of each day, and sleeps until the next", async () => {
  const server = await startRedis();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const redis = await openRedis({ REDIS_URL: server.url }, silent);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const time = virtualTime(Date.parse("2026-05-04T08:00:00.000Z"));
  const { clock } = time;
  const quota = { add: async () => true, giveBack: async () => true, bucketsSince: async () => [] } as unknown as Quota;
  const warmUp = { startsOn: "2026-05-04", timeZone: "Europe/Berlin", days: [20, 50, 90] };
  const account = anAccount({ name: "new sender", ratePerSecond: 50, quotaPer24h: 100, warmUp });
  const limiter = accountLimiter({ redis: time.redis(redis), quota, log: silent, clock });
  const never = new AbortController().signal;
  const passes: { at: string; sent: number }[] = [];
  await time.during(
    (async () => {
      for (let left = 150; left > 0; ) {
        const pass = { at: instant(clock.now()), sent: 0 };
        for (;;) {
          const result = await limiter.reserve(account, Math.min(25, left), 1000, never);
          if (result.kind === "quota-used-up" || left === 0) break;
          if (result.kind === "reserved") {
            pass.sent += result.count;
            left -= result.count;
          } else await clock.sleep(500);
        }
        passes.push(pass);
        const wakeAt = await quotaWakeAt({ limiter, clock }, account, left, "quota");
        await clock.sleep(Math.max(0, wakeAt - clock.now()));
      }
    })(),
  );
  // At midnight in Berlin the plan has 30 more; the 20 of the first morning count for 24 hours, also against day 2.
  expect(passes).toEqual([
    { at: "2026-05-04T08:00:00.000Z", sent: 20 },
    { at: "2026-05-04T22:00:00.000Z", sent: 30 },
    { at: "2026-05-05T08:05:00.000Z", sent: 20 },
    { at: "2026-05-05T22:00:00.000Z", sent: 40 },
    { at: "2026-05-05T22:05:00.000Z", sent: 30 },
    { at: "2026-05-06T08:10:00.000Z", sent: 10 },
  ]);
});
