import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Log } from "@email-agent/shared/service/log.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import type { AccountLimiter, Reservation, ReserveAnswer } from "./accountLimiter.ts";
import { distrustScript, giveBackScript, reserveScript, turnScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { redisScript, type ScriptAnswer } from "./redisScript.ts";
import { type Grant, type NextTurn, reservation } from "./reservation.ts";

interface Ports {
  readonly redis: Redis;
  readonly quota: Quota;
  readonly log: Log;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}

/** A grant in Redis, with the filling of the counter it was taken from. */
interface RedisGrant extends Grant {
  readonly bucketStart: string;
  readonly epoch: string;
}

/**
 * Milliseconds between two turns: `rate` + 1 of them span a second and the time by which a message may be late, so that
 * no second, wherever it begins, holds more than the rate.
 */
function spacingOf({ ratePerSecond }: Account, { lateMilliseconds }: LimitTimes): number {
  return (1000 + lateMilliseconds) / ratePerSecond;
}

/** Reserves places: first in Redis, which all processes share, then in Quota, which outlives it. */
export function placeReserver(ports: Ports): AccountLimiter["reserve"] {
  const { redis, clock, opening, times } = ports;
  const ask = redisScript(redis, reserveScript);
  const record = recorder(ports);

  return async (account, wanted, patienceMilliseconds, signal): Promise<ReserveAnswer> => {
    const deadline = clock.monotonic() + patienceMilliseconds;
    const { span } = times;
    const spacing = spacingOf(account, times);
    for (;;) {
      signal.throwIfAborted();
      const askedAt = clock.monotonic();
      const patience = Math.max(0, deadline - askedAt);
      const answer = await ask(accountKeys(account), [
        ...opening.openValues,
        wanted,
        account.quotaPer24h,
        span.bucketMilliseconds,
        span.windowMilliseconds,
        spacing,
        patience,
      ]);
      if (answer[0] === "used-up") return { kind: "quota-used-up" };
      if (answer[0] === "reserved") {
        const grant = grantOf(answer, askedAt, clock.monotonic(), spacing);
        const reserved = await record(account, grant);
        if (reserved) return reserved;
        continue;
      }
      const wait = opening.isOpen(answer) ? Number(answer[1]) : await opening.reopen(account, answer);
      if (wait > deadline - clock.monotonic())
        return { kind: "wait", until: Math.ceil(clock.now() + wait), cause: causeOf(answer) };
      if (wait > 0) await clock.sleep(wait, signal);
    }
  };
}

function causeOf([word]: ScriptAnswer): "rate" | "paused" | "rebuilding" {
  return word === "rate" || word === "paused" ? word : "rebuilding";
}

function grantOf(answer: ScriptAnswer, askedAt: number, answeredAt: number, spacing: number): RedisGrant {
  const [, count, bucketStart, epoch, delay, used] = answer;
  return {
    count: Number(count),
    bucketStart: String(bucketStart),
    bucket: instant(Number(bucketStart)),
    used: Number(used),
    epoch: String(epoch),
    askedAt,
    answeredAt,
    delay: Number(delay),
    spacing,
  };
}

/** Writes a grant of Redis into Quota; undefined if it must be asked for again. */
function recorder({ redis, quota, log, clock, opening, times }: Ports) {
  const lower = redisScript(redis, giveBackScript);
  const distrust = redisScript(redis, distrustScript);
  const turn = redisScript(redis, turnScript);

  const lowerRedis = (account: Account, grant: RedisGrant, count: number) =>
    lower(accountKeys(account), [grant.epoch, grant.bucketStart, count]);
  /** Quota first: if this process dies between the two, Redis counts too much and not too little. */
  const giveBack = async (account: Account, grant: RedisGrant, count: number) => {
    try {
      if (await quota.giveBack(account.name, grant.bucket, count)) await lowerRedis(account, grant, count);
    } catch (error) {
      log.warn({ error, account: account.name, count }, "places could not be given back; they are free a day later");
    }
  };
  const nextTurn =
    (account: Account): NextTurn =>
    async (signal) => {
      for (;;) {
        signal.throwIfAborted();
        const askedAt = clock.monotonic();
        const answer = await turn(accountKeys(account), [...opening.openValues, spacingOf(account, times)]);
        if (answer[0] === "turn") return { askedAt, answeredAt: clock.monotonic(), delay: Number(answer[1]) };
        const wait = opening.isOpen(answer) ? Number(answer[1]) : await opening.reopen(account, answer);
        await clock.sleep(wait, signal);
      }
    };

  return async (account: Account, grant: RedisGrant): Promise<Reservation | undefined> => {
    const written = await quota
      .add(account.name, grant.bucket, grant.count, account.quotaPer24h)
      .catch(async (error) => {
        // Nothing is sent for these places, so Redis may forget them; Quota keeps them should it have been raised.
        await lowerRedis(account, grant, grant.count);
        throw error;
      });
    if (!written) {
      // More in one bucket than a day allows: Redis counts less than Quota, so it is read anew.
      await distrust(accountKeys(account), [grant.epoch]);
      return undefined;
    }
    const reserved = reservation(clock, grant, times, {
      nextTurn: nextTurn(account),
      giveBack: (count) => giveBack(account, grant, count),
    });
    if (reserved.valid()) return reserved;
    await reserved.giveBack(grant.count);
    return undefined;
  };
}
