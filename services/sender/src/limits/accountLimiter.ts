import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { SlowedGroups } from "@email-agent/shared/adapters/slowedGroups.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { type QuotaBucket, windowStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { plannedQuotaFreeAt } from "@email-agent/shared/domain/delivery/warmUp.ts";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { type AccountPause, accountPause } from "./accountPause.ts";
import { type ConnectionSlots, connectionSlots } from "./connectionSlots.ts";
import { accountKeys, windowScript } from "./limiterScripts.ts";
import { type LimitTimes, limitTimes } from "./limitTimes.ts";
import { accountOpening } from "./openAccount.ts";
import { type Reserve, rateReservations } from "./rateReservations.ts";
import { type Receivers, receivers } from "./receivers.ts";
import { redisScript } from "./redisScript.ts";

/**
 * Rate limit, sliding 24-hour quota, connection semaphore and circuit breaker per account, atomic in Redis and shared by all
 * workers. If Redis or a rebuild fails, nothing is granted (fail closed).
 */
export interface AccountLimiter extends ConnectionSlots, AccountPause, Receivers {
  reserve: Reserve;
  /** Epoch ms at which `count` messages fit into the quota (now, if they do). */
  quotaFreeAt(account: Account, count: number): Promise<number>;
}

/**
 * The limits in Redis, with Quota as the record that outlives it. `redis` should fail fast (one try, 2 s): waiting
 * grants nothing. Every method rejects with AppError `dependency` while Redis is away.
 */
export function accountLimiter(
  ports: {
    readonly redis: Redis;
    readonly quota: Quota;
    /** Without it, a slowdown of a receiving domain group is lost with Redis. */
    readonly slowed?: SlowedGroups;
    readonly log: Log;
    readonly clock?: Clock;
  },
  times: LimitTimes = limitTimes,
): AccountLimiter {
  const { redis, quota, slowed = noRecord, log, clock = systemClock } = ports;
  const opening = accountOpening({ redis, quota, slowed, log, clock }, times);
  const shared = { redis, quota, log, clock, opening, times };
  const window = redisScript(redis, windowScript);

  /** The buckets as Redis counts them; while the account is closed, as Quota holds them. */
  const usage = async (account: Account): Promise<{ buckets: readonly QuotaBucket[]; now: number }> => {
    const result = await window(accountKeys(account), opening.openValues);
    if (opening.isOpen(result)) return { buckets: bucketsOf(result.slice(2)), now: Number(result[1]) };
    if ((await opening.reopen(account, result)) === 0) return usage(account);
    const now = clock.now();
    return { buckets: await quota.bucketsSince(account.name, windowStart(now, times.span)), now };
  };

  return {
    reserve: rateReservations(shared),
    ...connectionSlots(shared),
    ...accountPause(redis, clock, times),
    ...receivers(redis, clock, slowed),
    async quotaFreeAt(account, count) {
      const { buckets, now } = await usage(account);
      const wait = plannedQuotaFreeAt(buckets, account, count, now, times.span) - now;
      return Math.ceil(clock.now() + wait);
    },
  };
}

const noRecord: SlowedGroups = { put: async () => {}, list: async () => [] };

function bucketsOf(fields: readonly (string | number)[]): QuotaBucket[] {
  const buckets: QuotaBucket[] = [];
  for (let at = 0; at < fields.length; at += 2)
    buckets.push({ start: Number(fields[at]), used: Number(fields[at + 1]) });
  return buckets;
}
