import type { Account } from "@email-agent/shared/domain/account.ts";
import { messageSpacing } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";
import type { PauseCause } from "./accountPause.ts";
import { accountKeys } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { firstUsable, noSlots, type OwnSlots, type RateSlot, slotsToTake } from "./ownRateSlots.ts";
import { returnRateSlotScript, takeRateSlotsScript } from "./rateScripts.ts";
import { redisScript } from "./redisScript.ts";

/**
 * Rate limit of an account: waits for the scheduled time (rate slot) at which a message may begin. `prepare` is called up
 * to a second before the slot, and again if the slot is missed meanwhile; if it returns false, the slot is returned.
 */
export type WaitForRateSlot = (
  account: Account,
  prepare: () => Promise<boolean>,
  signal: AbortSignal,
) => Promise<RateSlotResult>;

export type RateSlotResult =
  /** The message must begin at once. */
  | { readonly kind: "due" }
  /** `prepare` returned false. */
  | { readonly kind: "declined" }
  /** The receiving group has no slot for a while: nothing should be held meanwhile. `dueAt`: monotonic milliseconds. */
  | { readonly kind: "early"; readonly dueAt: number }
  /** Until then (epoch ms). */
  | ({ readonly kind: "paused"; readonly until: number } & PauseCause);

/** `taking`: the call of Redis that all waiting messages share. */
type SharedSlots = OwnSlots & { taking?: Promise<TakeResult> | undefined };

type TakeResult = RateSlotResult | { readonly kind: "closed"; readonly waitMilliseconds: number };

/** Timers are a millisecond or two late, more in a busy process; a shorter slot would almost always be missed. */
const shortestSlotMilliseconds = 10;

/** Preparing a message may take this long before its slot; below the time after which a person is read again. */
const prepareMilliseconds = 1000;
/** From this length on, returning an unused slot is worth a call of Redis. */
const worthReturningMilliseconds = 20;

/**
 * Schedules the messages of this process, first come first served. Slots lie one spacing apart, for all processes together,
 * and a message begins at its slot or a few milliseconds later. A missed slot is lost: were late messages allowed to catch
 * up, more than the rate would fall into one second. So slots are taken only when a message is ready to go, and no more at
 * once than will be used in time. An unused or missed slot is returned where slots are long: the next may be an hour away.
 */
export function rateSlots(ports: {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}): WaitForRateSlot {
  const { redis, clock, opening, times } = ports;
  const takeSlots = redisScript(redis, takeRateSlotsScript);
  const returnSlot = redisScript(redis, returnRateSlotScript);
  const accounts = new Map<string, SharedSlots>();

  /** Takes slots for the messages that wait, into `own.slots`. */
  const takeFromRedis = async (account: Account, own: SharedSlots): Promise<TakeResult> => {
    const spacing = messageSpacing(account.ratePerSecond, times.lateMilliseconds);
    const slack = own.slackMilliseconds;
    const count = slotsToTake(own, times.lateMilliseconds / spacing);
    const askedAt = clock.monotonic();
    const result = await takeSlots(accountKeys(account), [...opening.openValues, spacing, count, slack]);
    const takenAt = clock.monotonic();
    const delay = Number(result[1]);
    if (result[0] === "paused")
      return { kind: "paused", until: Math.ceil(clock.now() + delay), pausedFor: String(result[2] ?? "") };
    if (result[0] !== "slots") return { kind: "closed", waitMilliseconds: await opening.reopen(account, result) };
    // Redis scheduled them between `askedAt` and `takenAt`: never begin before the slot, and never later than allowed.
    const late = times.lateMilliseconds + slack;
    for (let n = 0; n < count; n++) {
      const last = n === count - 1 && { last: { end: String(result[2]), milliseconds: spacing + slack } };
      const from = takenAt + delay + n * spacing;
      own.slots.push({ from, until: askedAt + delay + n * spacing + late, ...last });
    }
    own.allUsed = own.missed > 0 ? 0 : own.allUsed + 1;
    own.used = own.missed = 0;
    own.slackMilliseconds = Math.max(0, takenAt - askedAt + shortestSlotMilliseconds - times.lateMilliseconds);
    return { kind: "due" };
  };

  /** Returns a slot to Redis, where it is free again at once. False if it is too short, or a later one is taken. */
  const giveBack = async (account: Account, { last }: RateSlot): Promise<boolean> => {
    if (!last || last.milliseconds < worthReturningMilliseconds) return false;
    // Without Redis the slot stays unused, which only costs time.
    const result = await returnSlot(accountKeys(account), [last.end, last.milliseconds]).catch(() => []);
    return result[0] === "returned";
  };

  const take = async (account: Account, own: SharedSlots, signal: AbortSignal): Promise<RateSlot | RateSlotResult> => {
    own.waiting += 1;
    try {
      for (;;) {
        signal.throwIfAborted();
        const { slot, missed } = firstUsable(own, clock.monotonic());
        if (slot) return slot;
        // Redis was too slow to say when the slot is, or this process was busy.
        for (const unused of missed) await giveBack(account, unused);
        own.taking ??= takeFromRedis(account, own).finally(() => {
          own.taking = undefined;
        });
        const taken = await own.taking;
        if (taken.kind === "paused") return taken;
        if (taken.kind === "closed") await clock.sleep(taken.waitMilliseconds, signal);
      }
    } finally {
      own.waiting -= 1;
    }
  };

  /** A message that left does not use its slot: another message that waits here gets it, or Redis. */
  const leave = async (account: Account, own: SharedSlots, slot: RateSlot): Promise<void> => {
    own.used -= 1;
    if (own.waiting === 0 && (await giveBack(account, slot))) return;
    own.slots = [...own.slots, slot].sort((a, b) => a.from - b.from);
  };

  const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    // A timer may fire a little early.
    for (let wait = at - clock.monotonic(); wait > 0; wait = at - clock.monotonic()) await clock.sleep(wait, signal);
  };

  /** Prepares the message, and waits until its slot is due; `missed` if that took too long. */
  const prepareAndWait = async (
    slot: RateSlot,
    prepare: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<"due" | "missed" | "declined"> => {
    await sleepUntil(slot.from - prepareMilliseconds, signal);
    if (!(await prepare())) return "declined";
    await sleepUntil(slot.from, signal);
    return clock.monotonic() <= slot.until ? "due" : "missed";
  };

  return async (account, prepare, signal) => {
    const own = accounts.get(account.name) ?? noSlots();
    accounts.set(account.name, own);
    for (;;) {
      const slot = await take(account, own, signal);
      if ("kind" in slot) return slot;
      const result = await prepareAndWait(slot, prepare, signal).catch(async (error) => {
        await leave(account, own, slot);
        throw error;
      });
      if (result === "due") return { kind: "due" };
      if (result === "declined") {
        await leave(account, own, slot);
        return { kind: "declined" };
      }
      // This process was busy: a slow account takes a new slot that begins now, because the next one may be an hour away.
      await giveBack(account, slot);
      own.used -= 1;
      own.missed += 1;
    }
  };
}
