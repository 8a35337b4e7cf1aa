import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { messageSpacing } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import { quotaAt } from "@email-agent/shared/domain/delivery/warmUp.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import type { PauseCause } from "./accountPause.ts";
import { type GroupPlace, type GroupWait, groupsGranted } from "./groupGrants.ts";
import { unpromiseGroupsScript } from "./groupScripts.ts";
import { groupSlots } from "./groupSlots.ts";
import { accountKeys, distrustScript, groupKeys } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { reserveScript, returnQuotaScript, unpromiseScript } from "./rateScripts.ts";
import { type RateSlotResult, rateSlots } from "./rateSlots.ts";
import { limitOf } from "./receivers.ts";
import { redisScript, type ScriptResult } from "./redisScript.ts";

/** Reserved messages of one account: its rate limit and 24-hour quota, counted in Redis first, then in Quota. */
export interface Reservation {
  readonly kind: "reserved";
  readonly count: number;
  /** Messages counted in the quota window, these included. */
  readonly used: number;
  /** Which of the wanted are reserved, by their place among them: the first `count`, where no receiving group is limited. */
  readonly picks: readonly number[];
  /** For each pick of a limited receiving group when its slot of that group comes; undefined for the others. */
  readonly places: readonly (GroupPlace | undefined)[];
  /** Groups of which no more may go now. */
  readonly limited: ReadonlyMap<string, GroupWait>;
  /** True while it may still become a claim (5 s by the monotonic clock). */
  valid(): boolean;
  /**
   * Waits until a message may begin by the account's rate limit, or returns at once that the account is paused: then the
   * message must not begin. Otherwise it must begin at once: wait for the rate slot last, on an open connection.
   * `prepare` is called up to a second before the slot, and again if the slot is missed meanwhile; if it returns false,
   * the slot is returned. `place`: of a message whose receiving group is limited; it waits for a slot of both.
   */
  waitForRateSlot(prepare: () => Promise<boolean>, signal: AbortSignal, place?: GroupPlace): Promise<RateSlotResult>;
  /**
   * Returns the quota of `count` messages of which certainly no DATA was sent, and the rate slots promised to them unless
   * they had theirs. Never rejects: quota that is not returned is free a day later.
   */
  giveBack(count: number, hadSlots?: boolean, places?: readonly (GroupPlace | undefined)[]): Promise<void>;
}

export type ReserveResult =
  | Reservation
  /** Not within the caller's patience; try again at `until` (epoch ms). */
  | ({ readonly kind: "wait"; readonly until: number; readonly cause: "rate" | "paused" | "rebuilding" } & PauseCause)
  /** The quota window is full. */
  | { readonly kind: "quota-used-up" }
  /** The account has room, but the receiving groups of all these people have none now. */
  | { readonly kind: "limited"; readonly limited: ReadonlyMap<string, GroupWait> };

/**
 * Reserves 1 to `wanted` messages whose rate slots are due within `patienceMilliseconds`, waiting as long for them at most.
 * Runs that wait for one account are served in order, by `runId`. `groupsOf` says the receiving group of each wanted message; it
 * is asked only where a group is limited. AppError `dependency` without Redis.
 */
export type Reserve = (
  account: Account,
  wanted: number,
  patienceMilliseconds: number,
  signal: AbortSignal,
  runId?: string,
  groupsOf?: () => Promise<readonly string[]>,
) => Promise<ReserveResult>;

interface Ports {
  readonly redis: Redis;
  readonly quota: Quota;
  readonly log: Log;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}

type Grant = OwnGrant & Pick<Reservation, "picks" | "places" | "limited">;

/** What Redis granted, with the filling (epoch) of the counter it was taken from. */
interface OwnGrant {
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

  /** One try, with the groups that the caller has looked up so far. */
  const tryReserve = async (account: Account, wanted: number, ahead: number, runId: string, groups: string[] = []) => {
    const { span } = times;
    const distinct = [...new Set(groups)];
    const askedAt = clock.monotonic();
    const result = await reserve(
      [...accountKeys(account), ...groupKeys(account, distinct)],
      [
        ...opening.openValues,
        wanted,
        quotaAt(account, clock.now()),
        span.bucketMilliseconds,
        span.windowMilliseconds,
        messageSpacing(account.ratePerSecond, times.lateMilliseconds),
        ahead,
        runId,
        times.graceMilliseconds,
        times.promiseMilliseconds,
        times.lateMilliseconds,
        distinct.length,
        ...distinct.map((group) => limitOf(account, group)),
        ...groups.map((group) => distinct.indexOf(group) + 1),
      ],
    );
    const at = { askedAt, now: clock.now(), patienceMilliseconds: ahead };
    return { result, askedAt, granted: groupsGranted(result, distinct, groups, at) };
  };

  /** Asks for the groups only where one is limited. */
  const reserveOnce = async (
    account: Account,
    wanted: number,
    ahead: number,
    runId: string,
    groupsOf: () => Promise<readonly string[]>,
  ) => {
    const groups = hasLimits(account) ? await groupsOf() : [];
    const tried = await tryReserve(account, wanted, ahead, runId, [...groups]);
    if (tried.result[0] !== "groups") return tried;
    const found = await groupsOf();
    // A caller that cannot say them sends as if to a group that nothing is known of.
    const slowed = found.length > 0 ? [...found] : Array<string>(wanted).fill("");
    return tryReserve(account, wanted, ahead, runId, slowed);
  };

  return async (account, wanted, patienceMilliseconds, signal, runId = "", groupsOf = async () => []) => {
    const deadline = clock.monotonic() + patienceMilliseconds;
    for (;;) {
      signal.throwIfAborted();
      const { result, askedAt, granted } = await reserveOnce(account, wanted, patienceMilliseconds, runId, groupsOf);
      if (result[0] === "used-up") return { kind: "quota-used-up" };
      if (result[0] === "limited") return { kind: "limited", limited: granted.limited };
      if (result[0] === "reserved") {
        const reserved = await record(account, { ...grantOf(result, askedAt), ...granted });
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

function hasLimits({ receivingLimits }: Account): boolean {
  return Object.keys(receivingLimits).length > 0;
}

function causeOf([word, , notice]: ScriptResult) {
  if (word === "paused") return { cause: word, pausedFor: String(notice ?? "") } as const;
  return { cause: word === "rate" ? word : "rebuilding" } as const;
}

function grantOf([, count, bucketStart, epoch, used]: ScriptResult, askedAt: number): OwnGrant {
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
  const unpromiseGroups = redisScript(redis, unpromiseGroupsScript);
  const waitForRateSlot = rateSlots(ports);
  const waitForGroupSlot = groupSlots(ports);

  const lowerRedis = (account: Account, grant: Grant, count: number) =>
    lower(accountKeys(account), [grant.epoch, grant.bucketStart, count]);
  /** Quota first: if this process dies between the two, Redis counts too much and not too little. */
  const giveBack = async (
    account: Account,
    grant: Grant,
    count: number,
    hadSlots = false,
    places: readonly (GroupPlace | undefined)[] = [],
  ) => {
    try {
      if (await quota.giveBack(account.name, grant.bucket, count)) await lowerRedis(account, grant, count);
    } catch (error) {
      log.warn({ error, account: account.name, count }, "quota could not be returned; it is free a day later");
    }
    if (hadSlots) return;
    const spacing = messageSpacing(account.ratePerSecond, times.lateMilliseconds);
    // Without Redis the rate slots stay promised for a minute at most.
    await unpromise(accountKeys(account), [count * spacing]).catch(() => undefined);
    const groups = places.flatMap((place) => (place ? [place.group] : []));
    if (groups.length === 0) return;
    const unused = groups.flatMap((group) => [limitOf(account, group), 1]);
    const keys = [...accountKeys(account), ...groupKeys(account, groups)];
    await unpromiseGroups(keys, [times.lateMilliseconds, ...unused]).catch(() => undefined);
  };

  return async (account: Account, grant: Grant): Promise<Reservation | undefined> => {
    const written = await quota
      .add(account.name, grant.bucket, grant.count, quotaAt(account, clock.now()))
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
      picks: grant.picks,
      places: grant.places,
      limited: grant.limited,
      valid: () => clock.monotonic() - grant.askedAt < times.reservationMilliseconds,
      waitForRateSlot: (prepare, signal, place) =>
        place ? waitForGroupSlot(account, prepare, signal, place) : waitForRateSlot(account, prepare, signal),
      giveBack: (count, hadSlots, places) => giveBack(account, grant, count, hadSlots, places),
    };
    if (reserved.valid()) return reserved;
    await reserved.giveBack(grant.count, false, grant.places);
    return undefined;
  };
}
