import { randomUUID } from "node:crypto";
import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { SlowedGroups } from "@email-agent/shared/adapters/slowedGroups.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { windowStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { recoveredAt } from "@email-agent/shared/domain/delivery/receiverSlowing.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { accountKeys, groupKeys, openScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import { redisScript, type ScriptResult } from "./redisScript.ts";

/** Rebuilds the quota counters in Redis from Quota: a script that finds one missing or from another server run says so. */
export interface AccountOpening {
  /** First values of every script that checks whether the account is open. */
  readonly openValues: readonly (string | number)[];
  /** True if the result came from an open account. */
  isOpen(result: ScriptResult): boolean;
  /**
   * After the result of a closed account: returns the milliseconds to wait before the next try. If this process is the one
   * to rebuild the counter, it does so now and returns 0.
   */
  reopen(account: Account, result: ScriptResult): Promise<number>;
}

/**
 * All processes may find an account closed at once; Redis lets one of them rebuild the counter, and accepts it only from that
 * one and only in the same server run.
 */
export function accountOpening(
  {
    redis,
    quota,
    slowed,
    log,
    clock,
  }: {
    readonly redis: Redis;
    readonly quota: Quota;
    readonly slowed: SlowedGroups;
    readonly log: Log;
    readonly clock: Clock;
  },
  times: LimitTimes,
): AccountOpening {
  const open = redisScript(redis, openScript);
  const token = randomUUID();
  return {
    openValues: [times.blockMilliseconds, times.rebuildMilliseconds, token],
    isOpen: ([word]) => word !== "closed" && word !== "rebuild",
    async reopen(account, [word, milliseconds]) {
      if (word === "closed") return Number(milliseconds);
      // Redis returns its own time, which names the buckets. The read comes after the block, so it sees every
      // reservation that may still become a claim.
      const buckets = await quota.bucketsSince(account.name, windowStart(Number(milliseconds), times.span));
      const fields = buckets.flatMap(({ start, used }) => [String(start), used]);
      const now = clock.now();
      const groups = await slowed.list(account.name, now);
      const keys = [
        ...accountKeys(account),
        ...groupKeys(
          account,
          groups.map(({ group }) => group),
        ),
      ];
      const rates = groups.flatMap((one) => [one.perSecond, one.from, now - one.at, recoveredAt(one) - now]);
      const [done] = await open(keys, [token, randomUUID(), rates.length, ...rates, ...fields]);
      if (done === "opened") log.info({ account: account.name }, "counter of the account rebuilt from Quota");
      return 0;
    },
  };
}
