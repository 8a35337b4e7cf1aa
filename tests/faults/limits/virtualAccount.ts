import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { dayInBuckets } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { anAccount } from "@email-agent/shared/testing/builders.ts";
import { accountLimiter } from "../../../services/sender/src/limits/accountLimiter.ts";
import { sendLimits } from "../../../services/sender/src/sendLimits.ts";
import { silent } from "../../../services/sender/testing/sendFixture.ts";
import { virtualTime } from "../../../services/sender/testing/virtualTime.ts";
import type { Observed } from "../scenario.ts";
import { mostInWindow } from "./slidingWindows.ts";

interface Sending {
  readonly ratePerSecond: number;
  readonly quotaPer24h?: number;
  readonly messages: number;
}

const startsAt = Date.parse("2026-03-01T08:00:00.000Z");
const never = new AbortController().signal;
/** What outlives Redis is not asked for here: Redis stays. */
const noRecord: Quota = { add: async () => true, giveBack: async () => true, bucketsSince: async () => [] };
let accounts = 0;

/**
 * Three senders, reduced to their limits, share an account over a real Redis in virtual time. One dies with a reservation
 * when a third of the messages has begun. In no window of `1 / rate` seconds (one second for a faster account) do more
 * messages begin than the rate allows, to a hundredth of a millisecond. In no 24 hours more than the quota and those that were
 * reserved before: within `aheadMilliseconds` of their rate slots, so no more than the rate has in that time, and one.
 */
export async function sendInVirtualTime(redisUrl: string, { messages, ...limits }: Sending): Promise<Observed> {
  const account = anAccount({ name: `virtual-${++accounts}`, quotaPer24h: 1_000_000, ...limits });
  const time = virtualTime(startsAt);
  await using redis = await openRedis({ REDIS_URL: redisUrl }, silent);
  const begun: number[] = [];
  const limiterOf = () => accountLimiter({ redis: time.redis(redis), quota: noRecord, log: silent, clock: time.clock });
  const send = async (runId: string, diesAt = Number.POSITIVE_INFINITY) => {
    const limiter = limiterOf();
    while (begun.length < messages) {
      const result = await limiter.reserve(account, 5, sendLimits.aheadMilliseconds, never, runId);
      if (begun.length >= diesAt) return;
      if (result.kind === "wait") await time.clock.sleep(Math.max(20, result.until - time.clock.now()));
      else if (result.kind === "quota-used-up") {
        const frees = await limiter.quotaFreeAt(account, 1);
        await time.clock.sleep(Math.max(1000, frees - time.clock.now()));
      } else if (result.kind === "reserved")
        for (let n = 0; n < result.count; n++)
          if ((await result.waitForRateSlot(async () => true, never)).kind === "due")
            begun.push(time.clock.monotonic());
    }
  };
  await time.during(Promise.all([send("one"), send("two"), send("three", messages / 3)]));
  return { violations: judge(account, begun, messages) };
}

function judge({ ratePerSecond, quotaPer24h }: Account, begun: readonly number[], messages: number): string[] {
  const violations: string[] = [];
  if (begun.length < messages) violations.push(`Only ${begun.length} of ${messages} messages began.`);
  const [allowed, window] = ratePerSecond < 1 ? [1, 1000 / ratePerSecond] : [ratePerSecond, 1000];
  const most = mostInWindow(begun, window - 0.01);
  if (most > allowed) violations.push(`${most} messages began within ${window} ms at ${ratePerSecond} a second.`);
  const reserved = Math.ceil((ratePerSecond * sendLimits.aheadMilliseconds) / 1000) + 1;
  const mostInDay = mostInWindow(begun, dayInBuckets.windowMilliseconds);
  if (mostInDay > quotaPer24h + reserved)
    violations.push(`${mostInDay} messages began within 24 hours, the quota is ${quotaPer24h}.`);
  return violations;
}
