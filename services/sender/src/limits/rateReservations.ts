import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { messageSpacing } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import type { PauseCause } from "./accountPause.ts";
import { accountKeys, distrustScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { reserveScript, returnQuotaScript, unpromiseScript } from "./rateScripts.ts";
import { type RateSlotResult, rateSlots } from "./rateSlots.ts";
import { redisScript, type ScriptResult } from "./redisScript.ts";

/** Reserved messages of one account: its rate limit and 24-hour quota, counted in Redis first, then in Quota. */
export interface Reservation {
  readonly kind: "reserved";
  readonly count: number;
  /** Messages counted in the quota window, these included. */
  readonly used: number;
  /** True while it may still become a claim (5 s by the monotonic clock). */
  valid(): boolean;
  /**
   * Waits until a message may begin by the account's rate limit, or returns at once that the account is paused: then the
   * message must not begin. Otherwise it must begin at once: wait for the rate slot last, on an open connection.
   * `prepare` is called up to a second before the slot, and again if the slot is missed meanwhile; if it returns false,
   * the slot is returned.
   */
  waitForRateSlot(prepare: () => Promise<boolean>, signal: AbortSignal): Promise<RateSlotResult>;
  /**
   * Returns the quota of `count` messages of which certainly no DATA was sent, and the rate slots promised to them unless
   * they had theirs. Never rejects: quota that is not returned is free a day later.
   */
  giveBack(count: number, hadSlots?: boolean): Promise<void>;
}

export type ReserveResult =
  | Reservation
  /** Not within the caller's patience; try again at `until` (epoch ms). */
  | ({ readonly kind: "wait"; readonly until: number; readonly cause: "rate" | "paused" | "rebuilding" } & PauseCause)
  /** The quota window is full. */
  | { readonly kind: "quota-used-up" };

/**
 * Reserves 1 to `wanted` messages whose rate slots are due within `patienceMilliseconds`, waiting as long for them at most.
 * Runs that wait for one account are served in order, by `runId`. AppError `dependency` without Redis.
 */
export type Reserve = (
  account: Account,
  wanted: number,
  patienceMilliseconds: number,
  signal: AbortSignal,
  runId?: string,
) => Promise<ReserveResult>;

interface Ports {
  readonly redis: Redis;
  readonly quota: Quota;
  readonly log: Log;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}

/** What Redis granted, with the filling (epoch) of the counter it was taken from. */
interface Grant {
  readonly count: number;
  /** Start of the 5-minute Quota bucket it was taken from. */
  readonly bucket: string;
  readonly bucketStart: string;
  readonly used: number;
  readonly epoch: string;
  /** Just before the call of Redis, in monotonic milliseconds of this process. */
  readonly askedAt: number;
}

/** Reserves first in Redis, which all processes share, then in Quota, which outlives it. */
export function rateReservations(ports: Ports): Reserve {
  const { redis, clock, opening, times } = ports;
  const reserve = redisScript(redis, reserveScript);
  const record = recorder(ports);

  return async (account, wanted, patienceMilliseconds, signal, runId = "") => {
    const deadline = clock.monotonic() + patienceMilliseconds;
    const { span } = times;
    for (;;) {
      signal.throwIfAborted();
      const askedAt = clock.monotonic();
      const result = await reserve(accountKeys(account), [
        ...opening.openValues,
        wanted,
        account.quotaPer24h,
        span.bucketMilliseconds,
        span.windowMilliseconds,
        messageSpacing(account.ratePerSecond, times.lateMilliseconds),
        patienceMilliseconds,
        runId,
        times.graceMilliseconds,
        times.promiseMilliseconds,
      ]);
      if (result[0] === "used-up") return { kind: "quota-used-up" };
      if (result[0] === "reserved") {
        const grant = grantOf(result, askedAt);
        const reserved = await record(account, grant);
        if (reserved) return reserved;
        continue;
      }
      const wait = opening.isOpen(result) ? Number(result[1]) : await opening.reopen(account, result);
      if (wait > deadline - clock.monotonic())
        return { kind: "wait", until: Math.ceil(clock.now() + wait), ...causeOf(result) };
      if (wait > 0) await clock.sleep(wait, signal);
    }
  };
}

function causeOf([word, , notice]: ScriptResult) {
  if (word === "paused") return { cause: word, pausedFor: String(notice ?? "") } as const;
  return { cause: word === "rate" ? word : "rebuilding" } as const;
}

function grantOf([, count, bucketStart, epoch, used]: ScriptResult, askedAt: number): Grant {
  return {
    count: Number(count),
    bucket: instant(Number(bucketStart)),
    bucketStart: String(bucketStart),
    used: Number(used),
    epoch: String(epoch),
    askedAt,
  };
}

/** Writes a grant of Redis into Quota; undefined if it must be reserved again. */
function recorder(ports: Ports) {
  const { redis, quota, log, clock, times } = ports;
  const lower = redisScript(redis, returnQuotaScript);
  const distrust = redisScript(redis, distrustScript);
  const unpromise = redisScript(redis, unpromiseScript);
  const waitForRateSlot = rateSlots(ports);

  const lowerRedis = (account: Account, grant: Grant, count: number) =>
    lower(accountKeys(account), [grant.epoch, grant.bucketStart, count]);
  /** Quota first: if this process dies between the two, Redis counts too much and not too little. */
  const giveBack = async (account: Account, grant: Grant, count: number, hadSlots = false) => {
    try {
      if (await quota.giveBack(account.name, grant.bucket, count)) await lowerRedis(account, grant, count);
    } catch (error) {
      log.warn({ error, account: account.name, count }, "quota could not be returned; it is free a day later");
    }
    if (hadSlots) return;
    const spacing = messageSpacing(account.ratePerSecond, times.lateMilliseconds);
    // Without Redis the rate slots stay promised for a minute at most.
    await unpromise(accountKeys(account), [count * spacing]).catch(() => undefined);
  };

  return async (account: Account, grant: Grant): Promise<Reservation | undefined> => {
    const written = await quota
      .add(account.name, grant.bucket, grant.count, account.quotaPer24h)
      .catch(async (error) => {
        // Nothing is sent, so Redis may forget the reservation; Quota keeps it should it have been raised.
        await lowerRedis(account, grant, grant.count);
        throw error;
      });
    if (!written) {
      // More in one bucket than a day allows: Redis counts less than Quota, so the counter is rebuilt.
      await distrust(accountKeys(account), [grant.epoch]);
      return undefined;
    }
    const reserved: Reservation = {
      kind: "reserved",
      count: grant.count,
      used: grant.used,
      valid: () => clock.monotonic() - grant.askedAt < times.reservationMilliseconds,
      waitForRateSlot: (prepare, signal) => waitForRateSlot(account, prepare, signal),
      giveBack: (count, hadSlots) => giveBack(account, grant, count, hadSlots),
    };
    if (reserved.valid()) return reserved;
    await reserved.giveBack(grant.count);
    return undefined;
  };
}
