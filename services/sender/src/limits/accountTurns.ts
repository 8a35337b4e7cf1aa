import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import type { TurnAnswer } from "./accountLimiter.ts";
import { turnsScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { redisScript } from "./redisScript.ts";

/** When a message may begin, in monotonic milliseconds of this process. */
interface Turn {
  readonly from: number;
  readonly until: number;
}

/** The turns of one account that this process has taken from Redis and not yet given to a message. */
interface OwnTurns {
  turns: Turn[];
  /** Messages that need one. */
  waiting: number;
  /** What became of those taken last: given to a message, or gone by. */
  used: number;
  lost: number;
  /** By how much longer than usual the next may be late, because Redis answers slowly. */
  slackMilliseconds: number;
  asking?: Promise<Asked> | undefined;
}

type Asked = TurnAnswer | { readonly kind: "closed"; readonly waitMilliseconds: number };

/** A call of Redis is shared by as many messages at most; more would hold back other processes. */
const mostAtOnce = 16;
/** Timers wake up a millisecond or two late, and a busy process more; a turn that is shorter would hardly ever be met. */
const shortestTurnMilliseconds = 10;

/**
 * Milliseconds between two turns: `rate` + 1 of them span a second and the time by which a message may be late, so that
 * no second, wherever it begins, holds more than the rate.
 */
export function spacingOf({ ratePerSecond }: Account, { lateMilliseconds }: LimitTimes): number {
  return (1000 + lateMilliseconds) / ratePerSecond;
}

/**
 * Hands out the turns of accounts to the messages of this process, first come first served. Turns lie one spacing apart,
 * for all processes together, and a message begins at its turn or a few milliseconds later. A turn that went by unused
 * is lost: were late messages allowed to catch up, more than the rate would fall into one second. So turns are taken
 * only when a message is ready to go, and no more at once than will be used before they go by.
 */
export function accountTurns(ports: {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}) {
  const { redis, clock, opening, times } = ports;
  const takeTurns = redisScript(redis, turnsScript);
  const accounts = new Map<string, OwnTurns>();

  /** Takes turns for whoever waits; they go into `own.turns`. */
  const ask = async (account: Account, own: OwnTurns): Promise<Asked> => {
    const spacing = spacingOf(account, times);
    const slack = own.slackMilliseconds;
    const count = turnsToTake(own, times.lateMilliseconds / spacing);
    const askedAt = clock.monotonic();
    const answer = await takeTurns(accountKeys(account), [...opening.openValues, spacing, count, slack]);
    const answeredAt = clock.monotonic();
    const delay = Number(answer[1]);
    if (answer[0] === "paused") return { kind: "paused", until: Math.ceil(clock.now() + delay) };
    if (answer[0] !== "turns") return { kind: "closed", waitMilliseconds: await opening.reopen(account, answer) };
    // Redis gave them out somewhere between question and answer: never before its time, and never later than allowed.
    const late = times.lateMilliseconds + slack;
    for (let n = 0; n < count; n++)
      own.turns.push({ from: answeredAt + delay + n * spacing, until: askedAt + delay + n * spacing + late });
    own.used = own.lost = 0;
    own.slackMilliseconds = Math.max(0, answeredAt - askedAt + shortestTurnMilliseconds - times.lateMilliseconds);
    return { kind: "turn" };
  };

  const take = async (account: Account, own: OwnTurns, signal: AbortSignal): Promise<Turn | TurnAnswer> => {
    own.waiting += 1;
    try {
      for (;;) {
        signal.throwIfAborted();
        const turn = firstUsable(own, clock.monotonic());
        if (turn) return turn;
        own.asking ??= ask(account, own).finally(() => {
          own.asking = undefined;
        });
        const asked = await own.asking;
        if (asked.kind === "paused") return asked;
        if (asked.kind === "closed") await clock.sleep(asked.waitMilliseconds, signal);
      }
    } finally {
      own.waiting -= 1;
    }
  };

  /** Waits until the turn has come; false if it went by meanwhile, because this process was busy. */
  const comes = async (own: OwnTurns, turn: Turn, signal: AbortSignal): Promise<boolean> => {
    try {
      // A timer may wake up a little early.
      for (let wait = turn.from - clock.monotonic(); wait > 0; wait = turn.from - clock.monotonic())
        await clock.sleep(wait, signal);
    } catch (error) {
      own.used -= 1;
      own.turns = [...own.turns, turn].sort((a, b) => a.from - b.from);
      throw error;
    }
    if (clock.monotonic() <= turn.until) return true;
    own.used -= 1;
    own.lost += 1;
    return false;
  };

  return async (account: Account, signal: AbortSignal): Promise<TurnAnswer> => {
    const own = accounts.get(account.name) ?? { turns: [], waiting: 0, used: 0, lost: 0, slackMilliseconds: 0 };
    accounts.set(account.name, own);
    for (;;) {
      const turn = await take(account, own, signal);
      if ("kind" in turn) return turn;
      if (await comes(own, turn, signal)) return { kind: "turn" };
    }
  };
}

/** One more than last time as long as every turn is used, else as many as were: turns that go by are missing elsewhere. */
function turnsToTake({ waiting, used, lost }: OwnTurns, withinLate: number): number {
  const wanted = Math.max(1, waiting, lost > 0 ? used : used + 1);
  return Math.min(wanted, Math.ceil(withinLate), mostAtOnce);
}

function firstUsable(own: OwnTurns, now: number): Turn | undefined {
  for (let turn = own.turns.shift(); turn; turn = own.turns.shift()) {
    if (Math.max(now, turn.from) <= turn.until) {
      own.used += 1;
      return turn;
    }
    own.lost += 1;
  }
  return undefined;
}
