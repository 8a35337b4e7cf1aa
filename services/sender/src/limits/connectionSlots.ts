import { randomUUID } from "node:crypto";
import type { Account } from "@email-agent/shared/domain/configItems.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { accountKeys } from "./accountKeys.ts";
import type { ConnectionSlot } from "./accountLimiter.ts";
import { freeSlotScript, renewSlotScript, takeSlotScript } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { redisScript } from "./redisScript.ts";

const firstLookMilliseconds = 25;
const slowestLookMilliseconds = 250;
/** Who waits for a slot says so at every look. */
const wantedMilliseconds = 2 * slowestLookMilliseconds;

/** The `maxConnections` of accounts, shared by all processes: leases that end by themselves when a process dies. */
export function connectionSlots(ports: {
  readonly redis: Redis;
  readonly opening: AccountOpening;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: LimitTimes;
}) {
  const { redis, opening, clock, log, times } = ports;
  const take = redisScript(redis, takeSlotScript);
  const renew = redisScript(redis, renewSlotScript);
  const free = redisScript(redis, freeSlotScript);

  const hold = (account: Account, holder: string): ConnectionSlot => {
    const keys = accountKeys(account);
    const lost = new AbortController();
    const timer = setInterval(() => {
      renew(keys, [holder, account.maxConnections, times.slotMilliseconds]).then(
        ([word]) => {
          if (word === "lost") lost.abort();
        },
        // While Redis is away nobody gets a slot, and nothing begins; the next renewal takes it up again.
        (error) => log.warn({ error, account: account.name }, "a connection slot could not be renewed"),
      );
    }, times.slotMilliseconds / 3);
    timer.unref();
    return {
      lost: lost.signal,
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
        await free(keys, [holder]).catch((error) =>
          // Its lease ends by itself.
          log.warn({ error, account: account.name }, "a connection slot could not be freed"),
        );
      },
    };
  };

  return async (
    account: Account,
    patienceMilliseconds: number,
    signal: AbortSignal,
  ): Promise<ConnectionSlot | undefined> => {
    const holder = randomUUID();
    const deadline = clock.monotonic() + patienceMilliseconds;
    const values = [...opening.openValues, holder, account.maxConnections, times.slotMilliseconds, wantedMilliseconds];
    for (let look = firstLookMilliseconds; ; look = Math.min(look * 2, slowestLookMilliseconds)) {
      signal.throwIfAborted();
      const answer = await take(accountKeys(account), values);
      if (answer[0] === "taken") return hold(account, holder);
      const wait = opening.isOpen(answer) ? look : await opening.reopen(account, answer);
      if (wait > Math.max(0, deadline - clock.monotonic())) return undefined;
      await clock.sleep(wait, signal);
    }
  };
}
