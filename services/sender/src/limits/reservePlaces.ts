import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import { messageSpacing } from "@email-agent/shared/domain/delivery/messageSpacing.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import type { AccountLimiter, Reservation, ReserveAnswer } from "./accountLimiter.ts";
import { accountTurns } from "./accountTurns.ts";
import { distrustScript, giveBackScript, reserveScript, unpromiseScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { redisScript, type ScriptAnswer } from "./redisScript.ts";

interface Ports {
  readonly redis: Redis;
  readonly quota: Quota;
  readonly log: Log;
  readonly clock: Clock;
  readonly opening: AccountOpening;
  readonly times: LimitTimes;
}

/** What Redis granted, with the filling of the counter it was taken from. */
interface Grant {
  readonly count: number;
  readonly bucket: string;
  readonly bucketStart: string;
  /** Places of the window used, these included. */
  readonly used: number;
  readonly epoch: string;
  /** Just before Redis was asked, in monotonic milliseconds of this process. */
  readonly askedAt: number;
}

/** Reserves places: first in Redis, which all processes share, then in Quota, which outlives it. */
export function placeReserver(ports: Ports): AccountLimiter["reserve"] {
  const { redis, clock, opening, times } = ports;
  const ask = redisScript(redis, reserveScript);
  const record = recorder(ports);

  return async (account, wanted, patienceMilliseconds, signal, runId = ""): Promise<ReserveAnswer> => {
    const deadline = clock.monotonic() + patienceMilliseconds;
    const { span } = times;
    for (;;) {
      signal.throwIfAborted();
      const askedAt = clock.monotonic();
      const answer = await ask(accountKeys(account), [
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
      if (answer[0] === "used-up") return { kind: "quota-used-up" };
      if (answer[0] === "reserved") {
        const grant = grantOf(answer, askedAt);
        const reserved = await record(account, grant);
        if (reserved) return reserved;
        continue;
      }
      const wait = opening.isOpen(answer) ? Number(answer[1]) : await opening.reopen(account, answer);
      if (wait > deadline - clock.monotonic())
        return { kind: "wait", until: Math.ceil(clock.now() + wait), ...causeOf(answer) };
      if (wait > 0) await clock.sleep(wait, signal);
    }
  };
}

function causeOf([word, , news]: ScriptAnswer) {
  if (word === "paused") return { cause: word, pausedFor: String(news ?? "") } as const;
  return { cause: word === "rate" ? word : "rebuilding" } as const;
}

function grantOf([, count, bucketStart, epoch, used]: ScriptAnswer, askedAt: number): Grant {
  return {
    count: Number(count),
    bucket: instant(Number(bucketStart)),
    bucketStart: String(bucketStart),
    used: Number(used),
    epoch: String(epoch),
    askedAt,
  };
}

/** Writes a grant of Redis into Quota; undefined if it must be asked for again. */
function recorder(ports: Ports) {
  const { redis, quota, log, clock, times } = ports;
  const lower = redisScript(redis, giveBackScript);
  const distrust = redisScript(redis, distrustScript);
  const unpromise = redisScript(redis, unpromiseScript);
  const turn = accountTurns(ports);

  const lowerRedis = (account: Account, grant: Grant, count: number) =>
    lower(accountKeys(account), [grant.epoch, grant.bucketStart, count]);
  /** Quota first: if this process dies between the two, Redis counts too much and not too little. */
  const giveBack = async (account: Account, grant: Grant, count: number, hadTurns = false) => {
    try {
      if (await quota.giveBack(account.name, grant.bucket, count)) await lowerRedis(account, grant, count);
    } catch (error) {
      log.warn({ error, account: account.name, count }, "places could not be given back; they are free a day later");
    }
    if (hadTurns) return;
    const spacing = messageSpacing(account.ratePerSecond, times.lateMilliseconds);
    // Without Redis the turns stay promised for a minute at most.
    await unpromise(accountKeys(account), [count * spacing]).catch(() => undefined);
  };

  return async (account: Account, grant: Grant): Promise<Reservation | undefined> => {
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
    const reserved: Reservation = {
      kind: "reserved",
      count: grant.count,
      bucket: grant.bucket,
      used: grant.used,
      valid: () => clock.monotonic() - grant.askedAt < times.reservationMilliseconds,
      turn: (prepare, signal) => turn(account, prepare, signal),
      giveBack: (count, hadTurns) => giveBack(account, grant, count, hadTurns),
    };
    if (reserved.valid()) return reserved;
    await reserved.giveBack(grant.count);
    return undefined;
  };
}
