/** When a message may begin, in monotonic milliseconds of this process. */
export interface RateSlot {
  readonly from: number;
  readonly until: number;
  /** Only the last of those taken together can be returned: where the next slot began in Redis, and its length. */
  readonly last?: { readonly end: string; readonly milliseconds: number };
}

/** The rate slots of one account that this process has taken from Redis and not yet given to a message. */
export interface OwnSlots {
  slots: RateSlot[];
  /** Messages that need one. */
  waiting: number;
  /** Of the slots taken last: used by a message, or missed. */
  used: number;
  missed: number;
  /** How often in a row all slots taken were used. */
  allUsed: number;
  /** By how much longer than usual the next may be late, because Redis is slow. */
  slackMilliseconds: number;
}

/** At most this many messages share a call of Redis; more would hold back other processes. */
const mostAtOnce = 16;
/** This many times in a row all must be used before one more is taken: a missed slot is missing elsewhere. */
const usedBeforeMore = 4;

export function noSlots(): OwnSlots {
  return { slots: [], waiting: 0, used: 0, missed: 0, allUsed: 0, slackMilliseconds: 0 };
}

/** One more than last time when every slot was used for a while, else as many as were used. */
export function slotsToTake({ waiting, used, allUsed }: OwnSlots, withinLate: number): number {
  const wanted = Math.max(1, waiting, allUsed >= usedBeforeMore ? used + 1 : used);
  return Math.min(wanted, Math.ceil(withinLate), mostAtOnce);
}

/** The first slot that can still be met, and the missed ones before it. */
export function firstUsable(own: OwnSlots, now: number): { slot?: RateSlot; missed: RateSlot[] } {
  const missed: RateSlot[] = [];
  for (let slot = own.slots.shift(); slot; slot = own.slots.shift()) {
    if (Math.max(now, slot.from) <= slot.until) {
      own.used += 1;
      return { slot, missed };
    }
    own.missed += 1;
    missed.push(slot);
  }
  return { missed };
}
