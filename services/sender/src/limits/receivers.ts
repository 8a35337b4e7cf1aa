import type { SlowedGroups } from "@email-agent/shared/adapters/slowedGroups.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { receivingLimit } from "@email-agent/shared/domain/delivery/receivingGroups.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";
import { groupStatesScript, recordGroupScript } from "./groupScripts.ts";
import { accountKeys, groupKeys } from "./limiterScripts.ts";
import { redisScript } from "./redisScript.ts";

/** How a receiving domain group of an account is limited right now. */
export interface GroupState {
  readonly group: string;
  /** Messages a second; absent without a limit. */
  readonly perSecond?: number;
  /** It asked to slow down: when its rate is raised next (epoch ms). */
  readonly raisedAt?: number;
}

/** What follows from a receiving group that asked to slow down. */
interface GroupSlowed {
  readonly perSecond: number;
  /** This refusal slowed it; others may belong to the same slowdown. */
  readonly began: boolean;
  /** It accepted messages since the refusal before: this one is about the person. */
  readonly acceptsOthers: boolean;
}

/** Limits of receiving domain groups within an account, shared by all workers. AppError `dependency` without Redis. */
export interface Receivers {
  /** The group asked to slow down. `perSecond`: what it got lately; `begunAgoMilliseconds`: since the refused message began. */
  slowGroup(
    account: Account,
    group: string,
    of: { readonly perSecond: number; readonly begunAgoMilliseconds: number },
  ): Promise<GroupSlowed>;
  /** The group accepted a message. */
  groupAccepted(account: Account, group: string): Promise<void>;
  groupStates(account: Account, groups: readonly string[]): Promise<GroupState[]>;
}

export function receivers(redis: Redis, clock: Clock, slowed: Pick<SlowedGroups, "put">): Receivers {
  const record = redisScript(redis, recordGroupScript);
  const states = redisScript(redis, groupStatesScript);
  const keys = (account: Account, groups: readonly string[]) => [
    ...accountKeys(account),
    ...groupKeys(account, groups),
  ];
  return {
    async slowGroup(account, group, { perSecond, begunAgoMilliseconds }) {
      const values = ["refused", limitOf(account, group), perSecond, begunAgoMilliseconds];
      const [rate = 0, from = 0, began = "", accepted = ""] = await record(keys(account, [group]), values);
      const perSecondNow = Number(rate);
      if (began !== "")
        await slowed.put(account.name, { group, perSecond: perSecondNow, from: Number(from), at: clock.now() });
      return { perSecond: perSecondNow, began: began !== "", acceptsOthers: accepted !== "" };
    },
    async groupAccepted(account, group) {
      await record(keys(account, [group]), ["ok", limitOf(account, group), 0, 0]);
    },
    async groupStates(account, groups) {
      if (groups.length === 0) return [];
      const limits = groups.map((group) => limitOf(account, group));
      const [, ...found] = await states(keys(account, groups), limits);
      return groups.map((group, n) => {
        const [rate = 0, slowed = "", raised = 0] = found.slice(3 * n, 3 * n + 3);
        return {
          group,
          ...(Number(rate) > 0 && { perSecond: Number(rate) }),
          ...(slowed !== "" && { raisedAt: Math.ceil(clock.now() + Number(raised)) }),
        };
      });
    },
  };
}

/** The configured rate of a group as scripts take it: 0 without one. Never above that of the account. */
export function limitOf({ receivingLimits, ratePerSecond }: Account, group: string): number {
  const limit = receivingLimit(receivingLimits, group);
  return limit === undefined ? 0 : Math.min(limit, ratePerSecond);
}
