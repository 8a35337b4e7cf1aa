import { hash } from "node:crypto";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { AccountNews } from "@email-agent/shared/domain/delivery/smtpVerdict.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import type { NewsAnswer, Refusal } from "./accountLimiter.ts";
import { newsScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import { redisScript } from "./redisScript.ts";

/**
 * How many in a row it takes; a row is of answers of one kind, whichever worker got them. `sameRefusal`: recipient domains
 * that got one refusal which nobody knows.
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
    `The mail server of account ${name} has refused everybody with the same text for two hours. Ask the provider whether the account is blocked, or change the content.`,
};

/** Counts what accounts answered, for all workers together, and pauses them where the answers say so. */
export function accountNews(redis: Redis, clock: Clock, times: LimitTimes) {
  const count = redisScript(redis, newsScript);
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
  return async (account: Account, news: AccountNews, recipientId: string, refusal?: Refusal): Promise<NewsAnswer> => {
    const mark = refusal ? hash("sha256", refusal.text) : "";
    const [left = "", error = "", began = "", aboutAccount = "", pausedFor = ""] = await count(accountKeys(account), [
      ...[news, recipientId, ...limits],
      ...[mark, refusal?.domain ?? "", rows.sameRefusal, times.pausesSurvivedMilliseconds],
    ]);
    const runError = runErrors[String(error)]?.(account.name);
    return {
      ...(left !== "" && { pausedUntil: Math.ceil(clock.now() + Number(left)), pausedFor: String(pausedFor) }),
      ...(began !== "" && { pauseBegan: true }),
      ...(aboutAccount !== "" && { isAboutAccount: true }),
      ...(runError !== undefined && { runError }),
    };
  };
}
