import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { AccountNews } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { AccountLimiter, NewsAnswer, Refusal } from "../limits/accountLimiter.ts";

const silentMilliseconds = 200;

/**
 * Tells the limiter what accounts answered, without a call for each accepted message: while all goes well one `ok` now
 * and then says the same. After any other news the next `ok` is told at once, for it ends a row of troubles.
 */
export function gatheredNews(limiter: Pick<AccountLimiter, "record">, clock: Clock): AccountLimiter["record"] {
  const okToldAt = new Map<string, number>();
  return async (account: Account, news: AccountNews, recipientId: string, refusal?: Refusal): Promise<NewsAnswer> => {
    if (news === "none") return {};
    if (news !== "ok") {
      okToldAt.delete(account.name);
      return limiter.record(account, news, recipientId, refusal);
    }
    const now = clock.monotonic();
    if (now - (okToldAt.get(account.name) ?? Number.NEGATIVE_INFINITY) < silentMilliseconds) return {};
    okToldAt.set(account.name, now);
    return limiter.record(account, news, recipientId);
  };
}
