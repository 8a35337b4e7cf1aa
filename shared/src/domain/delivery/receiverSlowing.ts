/**
 * How a receiving domain group that asks to slow down is slowed and raised again (AIMD: multiplicative decrease at once, a
 * small multiplicative increase after each quiet step).
 */
export const slowing = {
  /** By how much the rate is raised after each step without a refusal. */
  factor: 1.25,
  stepMilliseconds: 120_000,
  /** No group is slowed below one message a minute. */
  floorPerSecond: 1 / 60,
  /** Refusals within this belong to one slowdown: their messages were on their way. */
  settleMilliseconds: 10_000,
  /** A refusal this long after the one before begins a new episode. */
  episodeMilliseconds: 900_000,
  /** Without one accepted message for so long in an episode the group is given up … */
  survivedMilliseconds: 7_200_000,
  /** … for so long after its last refusal. */
  givenUpMilliseconds: 3_600_000,
} as const;

/** A group as it was slowed last. */
export interface SlowedGroup {
  readonly group: string;
  /** Messages a second from then on. */
  readonly perSecond: number;
  /** Messages a second before it was slowed first. */
  readonly from: number;
  /** When it was slowed last (epoch ms). */
  readonly at: number;
}

/** Its rate now, and when it is raised next (epoch ms); undefined once it is as fast as before. */
export function slowedRate(
  { perSecond, from, at }: Omit<SlowedGroup, "group">,
  now: number,
): { readonly perSecond: number; readonly raisedAt: number } | undefined {
  const steps = Math.max(0, Math.floor((now - at) / slowing.stepMilliseconds));
  const rate = perSecond * slowing.factor ** steps;
  if (rate >= from * 0.999) return undefined;
  return { perSecond: rate, raisedAt: at + (steps + 1) * slowing.stepMilliseconds };
}

/** When it is as fast as before, at the latest (epoch ms). */
export function recoveredAt({ perSecond, from, at }: Omit<SlowedGroup, "group">): number {
  const steps = Math.ceil(Math.log(from / perSecond) / Math.log(slowing.factor));
  return at + (steps + 1) * slowing.stepMilliseconds;
}
