import { randomUUID } from "node:crypto";
import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import { windowStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import { openScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import { redisScript, type ScriptAnswer } from "./redisScript.ts";

/** Keeps the counters in Redis true to Quota: a script that finds one missing or from another server run tells so. */
export interface AccountOpening {
  /** First values of every script that checks whether the account is open. */
  readonly openValues: readonly (string | number)[];
  /** True if the answer came from an open account. */
  isOpen(answer: ScriptAnswer): boolean;
  /**
   * What to do about an answer of a closed account: milliseconds to wait before asking again. If it falls to this process
   * to rebuild the counter, that is done now, and the answer is 0.
   */
  reopen(account: Account, answer: ScriptAnswer): Promise<number>;
}

/**
 * The rebuilding of counters. All processes may find an account closed at once; Redis lets one of them rebuild, and takes
 * the result only from that one and only in the server run that asked for it.
 */
export function accountOpening(redis: Redis, quota: Quota, times: LimitTimes, log: Log): AccountOpening {
  const open = redisScript(redis, openScript);
  const token = randomUUID();
  return {
    openValues: [times.blockMilliseconds, times.rebuildMilliseconds, token],
    isOpen: ([word]) => word !== "closed" && word !== "rebuild",
    async reopen(account, [word, milliseconds]) {
      if (word === "closed") return Number(milliseconds);
      // Redis tells its own time, by which the buckets were named. The read comes after the block, so it sees every
      // reservation that may still become a claim.
      const buckets = await quota.bucketsSince(account.name, windowStart(Number(milliseconds), times.span));
      const fields = buckets.flatMap(({ start, used }) => [String(start), used]);
      const [done] = await open(accountKeys(account), [token, randomUUID(), ...fields]);
      if (done === "opened") log.info({ account: account.name }, "counter of the account rebuilt from Quota");
      return 0;
    },
  };
}
