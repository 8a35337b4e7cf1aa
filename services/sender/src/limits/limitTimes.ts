import { lateMilliseconds } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import { dayInBuckets, type QuotaSpan } from "@email-agent/shared/domain/delivery/quotaWindow.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";

/** The times behind the limits of an account. Tests pass shorter ones. */
export interface LimitTimes {
  readonly span: QuotaSpan;
  /** A reservation that has not become a claim by then is void. Well below `blockMilliseconds`. */
  readonly reservationMilliseconds: number;
  /**
   * How long an account stays closed after its counter in Redis was found missing or from another server: by then every
   * reservation made before is in Quota or void.
   */
  readonly blockMilliseconds: number;
  /** If the process that rebuilds a counter dies, another one takes over after this. */
  readonly rebuildMilliseconds: number;
  /** How late a message may begin after its rate slot. */
  readonly lateMilliseconds: number;
  /**
   * A reservation older than this takes no rate slot any more: its claim is too old, or its process dead. Not below the age
   * up to which a claim may begin.
   */
  readonly promiseMilliseconds: number;
  /** The first run in the queue may come back this much late before the next one is served. */
  readonly graceMilliseconds: number;
  /** TTL of a connection slot, which is renewed three times as often. */
  readonly slotMilliseconds: number;
  /** How long the number of connections that a server was seen to allow applies. Then the account's own is tried again. */
  readonly connectionLimitMilliseconds: number;
  readonly unreachablePauseMilliseconds: number;
  readonly throttledPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
  /** Pauses that add up to this without one accepted message end the run. */
  readonly pausesSurvivedMilliseconds: number;
  /** After a provider's daily limit nothing is tried for this long. */
  readonly dailyLimitPauseMilliseconds: number;
}

const second = 1000;
const minute = 60 * second;

export const limitTimes: LimitTimes = Object.freeze({
  span: dayInBuckets,
  reservationMilliseconds: leaseTimes.reservationMilliseconds,
  blockMilliseconds: leaseTimes.accountBlockMilliseconds,
  rebuildMilliseconds: 15 * second,
  lateMilliseconds,
  promiseMilliseconds: leaseTimes.promiseMilliseconds,
  graceMilliseconds: second,
  slotMilliseconds: 15 * second,
  connectionLimitMilliseconds: 10 * minute,
  unreachablePauseMilliseconds: 30 * second,
  throttledPauseMilliseconds: minute,
  longestPauseMilliseconds: 15 * minute,
  pausesSurvivedMilliseconds: 120 * minute,
  dailyLimitPauseMilliseconds: 60 * minute,
});
