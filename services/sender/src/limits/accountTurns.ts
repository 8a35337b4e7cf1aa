import type { Account } from "@email-agent/shared/domain/configItems.ts";
import { messageSpacing } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import type { TurnAnswer } from "./accountLimiter.ts";
import { giveBackTurnScript, turnsScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { redisScript } from "./redisScript.ts";

/** When a message may begin, in monotonic milliseconds of this process. */
interface Turn {
  readonly from: number;
  readonly until: number;
  /** The last of those taken together can be given back: where Redis' turns went on behind it, and its length. */
  readonly last?: { readonly end: string; readonly milliseconds: number };
}

/** The turns of one account that this process has taken from Redis and not yet given to a message. */
interface OwnTurns {
  turns: Turn[];
  /** Messages that need one. */
  waiting: number;
  /** What became of those taken last: given to a message, or gone by. */
  used: number;
  lost: number;
  /** How often in a row all that were taken were used. */
  allUsed: number;
  /** By how much longer than usual the next may be late, because Redis answers slowly. */
  slackMilliseconds: number;
  asking?: Promise<Asked> | undefined;
}

type Asked = TurnAnswer | { readonly kind: "closed"; readonly waitMilliseconds: number };

/** A call of Redis is shared by as many messages at most; more would hold back other processes. */
const mostAtOnce = 16;
/** Timers wake up a millisecond or two late, and a busy process more; a turn that is shorter would hardly ever be met. */
const shortestTurnMilliseconds = 10;

/** Preparing a message may take this long before its turn; below the time after which a person is read again. */
const prepareMilliseconds = 1000;
/** Turns of this length are worth a call of Redis to give one back that nobody uses. */
const worthGivingBackMilliseconds = 20;

/**
 * Hands out the turns of accounts to the messages of this process, first come first served. Turns lie one spacing apart,
 * for all processes together, and a message begins at its turn or a few milliseconds later. A turn that went by unused
 * is lost: were late messages allowed to catch up, more than the rate would fall into one second. So turns are taken
 * only when a message is ready to go, and no more at once than will be used before they go by. A turn that its message
 * does not use, or misses, is given back where turns are long: the next may be an hour away.
 */
export function accountTurns(ports: {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}) {
  const { redis, clock, opening, times } = ports;
  const takeTurns = redisScript(redis, turnsScript);
  const returnTurn = redisScript(redis, giveBackTurnScript);
  const accounts = new Map<string, OwnTurns>();

  /** Takes turns for whoever waits; they go into `own.turns`. */
  const ask = async (account: Account, own: OwnTurns): Promise<Asked> => {
    const spacing = messageSpacing(account.ratePerSecond, times.lateMilliseconds);
    const slack = own.slackMilliseconds;
    const count = turnsToTake(own, times.lateMilliseconds / spacing);
    const askedAt = clock.monotonic();
    const answer = await takeTurns(accountKeys(account), [...opening.openValues, spacing, count, slack]);
    const answeredAt = clock.monotonic();
    const delay = Number(answer[1]);
    if (answer[0] === "paused")
      return { kind: "paused", until: Math.ceil(clock.now() + delay), pausedFor: String(answer[2] ?? "") };
    if (answer[0] !== "turns") return { kind: "closed", waitMilliseconds: await opening.reopen(account, answer) };
    // Redis gave them out somewhere between question and answer: never before its time, and never later than allowed.
    const late = times.lateMilliseconds + slack;
    for (let n = 0; n < count; n++) {
      const last = n === count - 1 && { last: { end: String(answer[2]), milliseconds: spacing + slack } };
      const from = answeredAt + delay + n * spacing;
      own.turns.push({ from, until: askedAt + delay + n * spacing + late, ...last });
    }
    own.allUsed = own.lost > 0 ? 0 : own.allUsed + 1;
    own.used = own.lost = 0;
    own.slackMilliseconds = Math.max(0, answeredAt - askedAt + shortestTurnMilliseconds - times.lateMilliseconds);
    return { kind: "turn" };
  };

  /** Gives a turn back to Redis, where it can be had again at once. False if it is too short, or one behind it is taken. */
  const giveBack = async (account: Account, { last }: Turn): Promise<boolean> => {
    if (!last || last.milliseconds < worthGivingBackMilliseconds) return false;
    // Without Redis the turn goes by unused, which only costs time.
    const answer = await returnTurn(accountKeys(account), [last.end, last.milliseconds]).catch(() => []);
    return answer[0] === "given";
  };

  const take = async (account: Account, own: OwnTurns, signal: AbortSignal): Promise<Turn | TurnAnswer> => {
    own.waiting += 1;
    try {
      for (;;) {
        signal.throwIfAborted();
        const { turn, gone } = firstUsable(own, clock.monotonic());
        if (turn) return turn;
        // The answer of Redis came so late that nobody knows when the turn is, or its process was busy.
        for (const unused of gone) await giveBack(account, unused);
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

  /** Somebody who left does not use the turn: it goes to who waits here, else back. */
  const leave = async (account: Account, own: OwnTurns, turn: Turn): Promise<void> => {
    own.used -= 1;
    if (own.waiting === 0 && (await giveBack(account, turn))) return;
    own.turns = [...own.turns, turn].sort((a, b) => a.from - b.from);
  };

  const sleepUntil = async (at: number, signal: AbortSignal): Promise<void> => {
    // A timer may wake up a little early.
    for (let wait = at - clock.monotonic(); wait > 0; wait = at - clock.monotonic()) await clock.sleep(wait, signal);
  };

  /** Prepares the message, and waits until its turn has come; `missed` if it went by meanwhile. */
  const comes = async (
    turn: Turn,
    prepare: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<"come" | "missed" | "declined"> => {
    await sleepUntil(turn.from - prepareMilliseconds, signal);
    if (!(await prepare())) return "declined";
    await sleepUntil(turn.from, signal);
    return clock.monotonic() <= turn.until ? "come" : "missed";
  };

  return async (account: Account, prepare: () => Promise<boolean>, signal: AbortSignal): Promise<TurnAnswer> => {
    const own = accounts.get(account.name) ?? {
      turns: [],
      waiting: 0,
      used: 0,
      lost: 0,
      allUsed: 0,
      slackMilliseconds: 0,
    };
    accounts.set(account.name, own);
    for (;;) {
      const turn = await take(account, own, signal);
      if ("kind" in turn) return turn;
      const came = await comes(turn, prepare, signal).catch(async (error) => {
        await leave(account, own, turn);
        throw error;
      });
      if (came === "come") return { kind: "turn" };
      if (came === "declined") {
        await leave(account, own, turn);
        return { kind: "declined" };
      }
      // Late by a busy process: a slow account begins its turn anew now, for the next one may be an hour away.
      await giveBack(account, turn);
      own.used -= 1;
      own.lost += 1;
    }
  };
}

/** As often all are used in a row before one more is taken: each that goes by is missing elsewhere. */
const usedBeforeMore = 4;

/** One more than last time when every turn was used for a while, else as many as were used. */
function turnsToTake({ waiting, used, allUsed }: OwnTurns, withinLate: number): number {
  const wanted = Math.max(1, waiting, allUsed >= usedBeforeMore ? used + 1 : used);
  return Math.min(wanted, Math.ceil(withinLate), mostAtOnce);
}

/** The first turn that can still be met, and those before it that cannot. */
function firstUsable(own: OwnTurns, now: number): { turn?: Turn; gone: Turn[] } {
  const gone: Turn[] = [];
  for (let turn = own.turns.shift(); turn; turn = own.turns.shift()) {
    if (Math.max(now, turn.from) <= turn.until) {
      own.used += 1;
      return { turn, gone };
    }
    own.lost += 1;
    gone.push(turn);
  }
  return { gone };
}
