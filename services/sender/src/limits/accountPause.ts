import { hash } from "node:crypto";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { AccountNotice } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import { pausedScript, recordNoticeScript } from "./pauseScripts.ts";
import { redisScript } from "./redisScript.ts";

/** Circuit breaker per account, shared by all workers. AppError `dependency` without Redis. */
export interface AccountPause {
  /**
   * Counts a notice and pauses the account where the rules say so. `recipientId` distinguishes recipients. `refusal`: the
   * same text to three domains in a row pauses the account.
   */
  record(account: Account, notice: AccountNotice, recipientId: string, refusal?: Refusal): Promise<RecordResult>;
  /** Until when the account is paused (epoch ms), e.g. after a provider's daily limit; undefined if it is not. */
  pausedUntil(account: Account): Promise<number | undefined>;
  /** The same with its cause. */
  pause(account: Account): Promise<({ readonly until: number } & PauseCause) | undefined>;
}

export interface PauseCause {
  /** The notice (AccountNotice) that paused the account; absent if it is not paused or the cause is unknown. */
  readonly pausedFor?: string;
  /** Why, in words that follow "because", if more is known than what `pausedFor` says. */
  readonly because?: string;
}

/** What follows from a notice about an account. */
export interface RecordResult extends PauseCause {
  /** The account is paused until then (epoch ms). */
  readonly pausedUntil?: number;
  /** This notice began the pause. */
  readonly pauseBegan?: boolean;
  /** People of several domains got this refusal with the same text: it is not held against the person. */
  readonly isAboutAccount?: boolean;
  /** The run ends with this text. */
  readonly runError?: string;
}

/** A permanent refusal that is not known to be about the person: what it says, and the recipient's domain. */
export interface Refusal {
  readonly text: string;
  readonly domain: string;
}

/**
 * How many in a row open the circuit breaker; a row is of notices of one kind, from any worker. `sameRefusal`: recipient
 * domains that got the same unknown refusal.
 */
const rows = { unreachable: 5, softRefusal: 10, senderRefused: 3, inDoubt: 5, sameRefusal: 3 };

const runErrors: Record<string, (name: string) => string> = {
  unreachable: (name) =>
    `The mail server of account ${name} could not be reached ${rows.unreachable} times in a row. Check its host, port and security.`,
  throttled: (name) =>
    `The mail server of account ${name} has asked to slow down for two hours without accepting one message. Lower the account's rate or ask the provider.`,
  "sender-refused": (name) =>
    `Sender refused: the mail server of account ${name} refused the sender ${rows.senderRefused} times in a row. Check its from address, SPF, DKIM, DMARC and reputation.`,
  "same-refusal": (name) =>
    `The mail server of account ${name} has refused everyone with the same text for two hours. Ask the provider whether the account is blocked, or change the content.`,
};

export function accountPause(redis: Redis, clock: Clock, times: LimitTimes): AccountPause {
  const recordNotice = redisScript(redis, recordNoticeScript);
  const paused = redisScript(redis, pausedScript);
  const limits = [
    times.unreachablePauseMilliseconds,
    times.throttledPauseMilliseconds,
    times.longestPauseMilliseconds,
    times.pausesSurvivedMilliseconds,
    times.dailyLimitPauseMilliseconds,
    rows.unreachable,
    rows.softRefusal,
    rows.senderRefused,
    rows.inDoubt,
  ];
  const pause: AccountPause["pause"] = async (account) => {
    const [left = "", pausedFor = ""] = await paused(accountKeys(account), []);
    if (left === "") return undefined;
    return { until: Math.ceil(clock.now() + Number(left)), ...(pausedFor !== "" && { pausedFor: String(pausedFor) }) };
  };
  return {
    async record(account, notice, recipientId, refusal) {
      const mark = refusal ? hash("sha256", refusal.text) : "";
      const result = await recordNotice(accountKeys(account), [
        ...[notice, recipientId, ...limits],
        ...[mark, refusal?.domain ?? "", rows.sameRefusal, times.pausesSurvivedMilliseconds],
      ]);
      const [left = "", error = "", began = "", aboutAccount = "", pausedFor = ""] = result;
      const runError = runErrors[String(error)]?.(account.name);
      return {
        ...(left !== "" && { pausedUntil: Math.ceil(clock.now() + Number(left)), pausedFor: String(pausedFor) }),
        ...(began !== "" && { pauseBegan: true }),
        ...(aboutAccount !== "" && { isAboutAccount: true }),
        ...(runError !== undefined && { runError }),
      };
    },
    async pausedUntil(account) {
      return (await pause(account))?.until;
    },
    pause,
  };
}

const throttleMilliseconds = 200;

/**
 * Throttles `ok` notices, so that not every accepted message costs a call of Redis: one in 200 ms says the same. The first
 * `ok` after another notice is recorded at once, because it ends a row of failures.
 */
export function throttleOk(record: AccountPause["record"], clock: Clock): AccountPause["record"] {
  const okRecordedAt = new Map<string, number>();
  return async (account, notice, recipientId, refusal) => {
    if (notice === "none") return {};
    if (notice !== "ok") {
      okRecordedAt.delete(account.name);
      return record(account, notice, recipientId, refusal);
    }
    const now = clock.monotonic();
    if (now - (okRecordedAt.get(account.name) ?? Number.NEGATIVE_INFINITY) < throttleMilliseconds) return {};
    okRecordedAt.set(account.name, now);
    return record(account, notice, recipientId);
  };
}
