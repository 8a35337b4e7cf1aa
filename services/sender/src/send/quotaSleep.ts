import type { Account } from "@email-agent/shared/domain/account.ts";
import { placesWorthWaking } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { quotaAt } from "@email-agent/shared/domain/delivery/warmUp.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { AccountLimiter } from "../limits/accountLimiter.ts";

const hour = 3_600_000;

/**
 * When a run that found no place in its account's quota should wake (epoch ms): as soon as a worthwhile number of places
 * is free, or as many as are needed. After the provider's own limit at least an hour passes.
 */
export async function quotaWakeAt(
  { limiter, clock }: { readonly limiter: Pick<AccountLimiter, "quotaFreeAt" | "pausedUntil">; readonly clock: Clock },
  account: Account,
  peopleLeft: number,
  cause: "quota" | "daily-limit",
): Promise<number> {
  const freeAt = await limiter.quotaFreeAt(account, placesWorthWaking(quotaAt(account, clock.now()), peopleLeft));
  if (cause === "quota") return freeAt;
  const pausedUntil = (await limiter.pausedUntil(account)) ?? 0;
  return Math.max(freeAt, pausedUntil, clock.now() + hour);
}
