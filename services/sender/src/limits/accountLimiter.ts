import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import {
  type QuotaBucket,
  quotaFreeAt,
  usedInWindow,
  windowStart,
} from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import type { AccountNews } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import { accountNews } from "./accountNews.ts";
import { connectionSlots } from "./connectionSlots.ts";
import { pausedScript, slotWantedScript, windowScript } from "./limiterScripts.ts";
import { type LimitTimes, limitTimes } from "./limitTimes.ts";
import { accountOpening } from "./openAccount.ts";
import { redisScript } from "./redisScript.ts";
import { placeReserver } from "./reservePlaces.ts";

/** Places for messages of one account: rate and 24-hour quota reserved, in Redis first, then in Quota. */
export interface Reservation {
  readonly kind: "reserved";
  readonly count: number;
  /** Start of the 5-minute Quota bucket that was raised. */
  readonly bucket: string;
  /** Places of the window used, these included. */
  readonly used: number;
  /** True while it may still become a claim (5 s by the monotonic clock). */
  valid(): boolean;
  /**
   * Waits until a message may begin by the account's rate, or returns at once that the account is paused: then it must
   * not begin. It must begin at once otherwise: wait for the turn as the last thing, with the connection in hand.
   * `prepare` is called up to a second before the turn, and again should the turn go by meanwhile: false gives it back.
   */
  turn(prepare: () => Promise<boolean>, signal: AbortSignal): Promise<TurnAnswer>;
  /**
   * Gives back the quota of `count` messages of which certainly no DATA was sent, and the turns promised to them unless
   * they had theirs. Never rejects: places not given back are free a day later.
   */
  giveBack(count: number, hadTurns?: boolean): Promise<void>;
}

interface PauseCause {
  /** The news (AccountNews) that paused the account; absent if it is not paused or nobody knows. */
  readonly pausedFor?: string;
}

export type TurnAnswer =
  | { readonly kind: "turn" }
  /** `prepare` said that the message does not begin. */
  | { readonly kind: "declined" }
  /** Until then (epoch ms). */
  | ({ readonly kind: "paused"; readonly until: number } & PauseCause);

export type ReserveAnswer =
  | Reservation
  /** Not within the caller's patience; try again at `until` (epoch ms). */
  | ({ readonly kind: "wait"; readonly until: number; readonly cause: "rate" | "paused" | "rebuilding" } & PauseCause)
  /** No place in the 24-hour window. */
  | { readonly kind: "quota-used-up" };

/** What follows from an account's answer. */
export interface NewsAnswer extends PauseCause {
  /** The account is paused until then (epoch ms). */
  readonly pausedUntil?: number;
  /** This answer began the pause. */
  readonly pauseBegan?: boolean;
  /** People of several domains got this refusal with one text: it is not held against the person. */
  readonly isAboutAccount?: boolean;
  /** The run ends with this text. */
  readonly runError?: string;
}

/** A permanent refusal that is not known to be about the person: what it says, and the recipient's domain. */
export interface Refusal {
  readonly text: string;
  readonly domain: string;
}

/** A connection slot, renewed until it is disposed. */
export interface ConnectionSlot extends AsyncDisposable {
  /** Aborts if Redis forgot the slot and others have taken all there are. */
  readonly lost: AbortSignal;
}

/** Limits per account, atomic in Redis and shared by all workers. If Redis or a rebuild fails nothing is granted (fail closed). */
export interface AccountLimiter {
  /**
   * Reserves 1 to `wanted` places whose turns come within `patienceMilliseconds`, waiting as long for them at most.
   * `runId`: runs that wait for one account are served in turn. AppError `dependency` without Redis.
   */
  reserve(
    account: Account,
    wanted: number,
    patienceMilliseconds: number,
    signal: AbortSignal,
    runId?: string,
  ): Promise<ReserveAnswer>;
  /** Takes one of the account's `maxConnections` connection slots; undefined if none is free within the patience. Renewed by itself until disposed. */
  takeSlot(account: Account, patienceMilliseconds: number, signal: AbortSignal): Promise<ConnectionSlot | undefined>;
  /** True while another process waits for a slot of the account: an idle connection should be closed for it. */
  slotWanted(account: Account): Promise<boolean>;
  /**
   * Counts what the account answered and pauses it where the rules say so. `recipientId` tells different recipients
   * apart. `refusal`: three domains in a row with the same text pause the account. Returns what follows for the run.
   */
  record(account: Account, news: AccountNews, recipientId: string, refusal?: Refusal): Promise<NewsAnswer>;
  /** Epoch ms at which `places` of the quota will be free (now, if they are). */
  quotaFreeAt(account: Account, places: number): Promise<number>;
  /** Places free in the window now. */
  quotaFree(account: Account): Promise<number>;
  /** Until when the account is paused (epoch ms), e.g. after a provider's daily limit; undefined if it is not. */
  pausedUntil(account: Account): Promise<number | undefined>;
}

/**
 * The limits in Redis, with Quota as the record that outlives it. `redis` should fail fast (one try, 2 s), for waiting
 * grants nothing. Every method rejects with AppError `dependency` while Redis is away.
 */
export function accountLimiter(
  ports: { readonly redis: Redis; readonly quota: Quota; readonly log: Log; readonly clock?: Clock },
  times: LimitTimes = limitTimes,
): AccountLimiter {
  const { redis, quota, log, clock = systemClock } = ports;
  const opening = accountOpening(redis, quota, times, log);
  const shared = { redis, quota, log, clock, opening, times };
  const window = redisScript(redis, windowScript);
  const paused = redisScript(redis, pausedScript);
  const slotWanted = redisScript(redis, slotWantedScript);

  /** The buckets as Redis counts them; while the account is closed, as Quota holds them. */
  const usage = async (account: Account): Promise<{ buckets: readonly QuotaBucket[]; now: number }> => {
    const answer = await window(accountKeys(account), opening.openValues);
    if (opening.isOpen(answer)) return { buckets: bucketsOf(answer.slice(2)), now: Number(answer[1]) };
    if ((await opening.reopen(account, answer)) === 0) return usage(account);
    const now = clock.now();
    return { buckets: await quota.bucketsSince(account.name, windowStart(now, times.span)), now };
  };

  return {
    reserve: placeReserver(shared),
    takeSlot: connectionSlots(shared),
    slotWanted: async (account) => (await slotWanted(accountKeys(account), []))[0] === "yes",
    record: accountNews(redis, clock, times),
    async quotaFreeAt(account, places) {
      const { buckets, now } = await usage(account);
      const wait = quotaFreeAt(buckets, account.quotaPer24h, places, now, times.span) - now;
      return Math.ceil(clock.now() + wait);
    },
    async quotaFree(account) {
      const { buckets, now } = await usage(account);
      return Math.max(0, account.quotaPer24h - usedInWindow(buckets, now, times.span));
    },
    async pausedUntil(account) {
      const [left = ""] = await paused(accountKeys(account), []);
      return left === "" ? undefined : Math.ceil(clock.now() + Number(left));
    },
  };
}

function bucketsOf(fields: readonly (string | number)[]): QuotaBucket[] {
  const buckets: QuotaBucket[] = [];
  for (let at = 0; at < fields.length; at += 2)
    buckets.push({ start: Number(fields[at]), used: Number(fields[at + 1]) });
  return buckets;
}
