import type { Account } from "@email-agent/shared/domain/account.ts";
import { messageSpacing } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";
import type { GroupPlace } from "./groupGrants.ts";
import { returnGroupSlotScript, takeGroupSlotScript } from "./groupScripts.ts";
import { accountKeys, groupKeys } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import type { RateSlotResult } from "./rateSlots.ts";
import { limitOf } from "./receivers.ts";
import { redisScript } from "./redisScript.ts";

type WaitForGroupSlot = (
  account: Account,
  prepare: () => Promise<boolean>,
  signal: AbortSignal,
  place: GroupPlace,
) => Promise<RateSlotResult>;

/** A connection is held for a slot that is this near, not for a later one. */
const heldMilliseconds = 60;
/** A slot that is met needs this much of its time, as in rateSlots.ts. */
const shortestSlotMilliseconds = 10;

interface Slot {
  readonly from: number;
  readonly until: number;
  /** What the script needs to return it. */
  readonly end: readonly (string | number)[];
}

/**
 * Slots of a limited receiving group: a message begins when both its account and its group have one. They are taken one by one, in
 * one step, so that neither limit is exceeded in any sliding second, and a slot of the account is never held for a group.
 */
export function groupSlots(ports: {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}): WaitForGroupSlot {
  const { redis, clock, opening, times } = ports;
  const takeSlot = redisScript(redis, takeGroupSlotScript);
  const returnSlot = redisScript(redis, returnGroupSlotScript);
  let slackMilliseconds = 0;
  const keysOf = (account: Account, group: string) => [...accountKeys(account), ...groupKeys(account, [group])];

  const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    for (let wait = at - clock.monotonic(); wait > 0; wait = at - clock.monotonic()) await clock.sleep(wait, signal);
  };

  const take = async (account: Account, { group }: GroupPlace, signal: AbortSignal): Promise<Slot | RateSlotResult> => {
    const spacing = messageSpacing(account.ratePerSecond, times.lateMilliseconds);
    for (;;) {
      signal.throwIfAborted();
      const slack = slackMilliseconds;
      const askedAt = clock.monotonic();
      const values = [...opening.openValues, spacing, slack, limitOf(account, group), times.lateMilliseconds];
      const result = await takeSlot(keysOf(account, group), values);
      const takenAt = clock.monotonic();
      const delay = Number(result[1]);
      if (result[0] === "paused")
        return { kind: "paused", until: Math.ceil(clock.now() + delay), pausedFor: String(result[2] ?? "") };
      if (result[0] === "group") {
        if (delay > heldMilliseconds) return { kind: "early", dueAt: takenAt + delay };
        await clock.sleep(delay, signal);
      } else if (result[0] === "slots") {
        slackMilliseconds = Math.max(0, takenAt - askedAt + shortestSlotMilliseconds - times.lateMilliseconds / 2);
        const [latest, end, groupEnd, groupBefore] = result.slice(2);
        const own = [String(end), spacing + slack, String(groupEnd), String(groupBefore)];
        return { from: takenAt + delay, until: askedAt + Number(latest), end: own };
      } else await clock.sleep(await opening.reopen(account, result), signal);
    }
  };

  return async (account, prepare, signal, place) => {
    for (;;) {
      // The slot is taken late, so what takes time comes before it.
      if (!(await prepare())) return { kind: "declined" };
      const slot = await take(account, place, signal);
      if ("kind" in slot) return slot;
      // Without Redis the slot stays unused, which only costs time.
      const leave = () => returnSlot(keysOf(account, place.group), slot.end).catch(() => []);
      try {
        await sleepUntil(slot.from, signal);
      } catch (error) {
        await leave();
        throw error;
      }
      if (clock.monotonic() <= slot.until) return { kind: "due" };
      await leave();
    }
  };
}
