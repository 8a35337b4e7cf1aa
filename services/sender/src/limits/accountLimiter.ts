import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { AccountNews } from "@email-agent/shared/domain/smtpVerdict.ts";

export type { AccountNews };

/** Places for messages of one account: rate and 24-hour quota reserved, in Redis first, then in Quota. */
export interface Reservation {
  readonly kind: "reserved";
  readonly count: number;
  /** Start of the 5-minute Quota bucket that was raised. */
  readonly bucket: string;
  /** True while it may still become a claim (5 s by the monotonic clock). */
  valid(): boolean;
  /** Waits until the nth message (0-based) may begin by the account's rate. */
  turn(n: number, signal: AbortSignal): Promise<void>;
  /** Gives back the quota of `count` messages of which certainly no DATA was sent. */
  giveBack(count: number): Promise<void>;
}

export type ReserveAnswer =
  | Reservation
  /** Not within the caller's patience; try again at `until` (epoch ms). */
  | { readonly kind: "wait"; readonly until: number; readonly cause: "rate" | "paused" | "rebuilding" }
  /** No place in the 24-hour window. */
  | { readonly kind: "quota-used-up" };

/** Limits per account, atomic in Redis and shared by all workers. If Redis or a rebuild fails nothing is granted (fail closed). */
export interface AccountLimiter {
  /** Reserves 1 to `wanted` places, waiting at most `patienceMilliseconds` for the rate. AppError `dependency` without Redis. */
  reserve(account: Account, wanted: number, patienceMilliseconds: number, signal: AbortSignal): Promise<ReserveAnswer>;
  /** Takes one of the account's `maxConnections` connection slots; undefined if none is free within the patience. Renewed by itself until disposed. */
  takeSlot(account: Account, patienceMilliseconds: number, signal: AbortSignal): Promise<AsyncDisposable | undefined>;
  /**
   * Counts what the account answered and pauses it where the rules say so. `recipientId` tells different recipients
   * apart. Answers what follows for the run.
   */
  record(
    account: Account,
    news: AccountNews,
    recipientId: string,
  ): Promise<{ readonly pausedUntil?: number; readonly runError?: string }>;
  /** Epoch ms at which `places` of the quota will be free (now, if they are). */
  quotaFreeAt(account: Account, places: number): Promise<number>;
  /** Places free in the window now. */
  quotaFree(account: Account): Promise<number>;
  /** Pauses the account until then (epoch ms), e.g. after a provider's daily limit. */
  pausedUntil(account: Account): Promise<number | undefined>;
}
