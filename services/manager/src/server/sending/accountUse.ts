import type { Account } from "@email-agent/shared/domain/account.ts";
import {
  isRateAccepted,
  judgeReturnRate,
  pausedHow,
  pausedWhy,
  type ReturnedLately,
} from "@email-agent/shared/domain/bounces/returnRate.ts";
import { type QuotaBucket, usedInWindow, windowStart } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { quotaAt, warmUpDay } from "@email-agent/shared/domain/delivery/warmUp.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { SendingAccount } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";

/** An account with what it used lately. */
export interface AccountUse {
  readonly account: Account;
  readonly buckets: readonly QuotaBucket[];
}

/** The order's account and its durable buckets of the last 24 hours; undefined if Config has no such account. */
export async function accountUse(
  { configTable, quota, clock }: Pick<Manager, "configTable" | "quota" | "clock">,
  order: Pick<WorkOrder, "account">,
): Promise<AccountUse | undefined> {
  const [account, buckets] = await Promise.all([
    configTable.account(order.account),
    quota.bucketsSince(order.account, windowStart(clock.now())),
  ]);
  return account && { account, buckets };
}

/** What a page may know of it. `returned`: of its last thousand mails; `now` in epoch milliseconds. */
export function shownAccount(
  { account, buckets }: AccountUse,
  returned: ReturnedLately,
  otherSends: number,
  now: number,
): SendingAccount {
  const { name, enabled, fromName, fromAddress, replyTo, ratePerSecond, maxConnections, warmUp } = account;
  const quotaPer24h = quotaAt(account, now);
  const day = warmUpDay(account, now);
  const used = usedInWindow(buckets, now);
  const rate = judgeReturnRate(returned);
  return {
    name,
    enabled,
    fromName,
    ...(fromAddress && { fromAddress }),
    ...(replyTo && { replyTo }),
    ratePerSecond,
    maxConnections,
    quotaPer24h,
    used,
    remaining: Math.max(0, quotaPer24h - used),
    otherSends,
    ...(warmUp && day !== undefined && { warmUp: { day, of: warmUp.days.length } }),
    ...(account.paused && { pausedFor: pausedWhy(account.paused), pausedHow: pausedHow(account.paused) }),
    ...(rate.verdict !== "in-order" && { returned: rate.words, returnAccepted: isRateAccepted(account, now) }),
  };
}

/** How many other orders send with the account right now: the forecast cannot know how they share it. */
export async function otherSends(
  { orders }: Pick<Manager, "orders">,
  { id, account }: Pick<WorkOrder, "id" | "account">,
): Promise<number> {
  const ids: string[] = [];
  for await (const other of orders.runsIn("working")) if (other.id !== id) ids.push(other.id);
  const others = await Promise.all(ids.map((other) => orders.get(other)));
  return others.filter((other) => other?.account === account && other.steps.Send.status === "working").length;
}
