import { randomUUID } from "node:crypto";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Redis } from "ioredis";
import { accountKeys, openCheck, prelude } from "./limiterScripts.ts";
import type { LimitTimes } from "./limitTimes.ts";
import type { AccountOpening } from "./openAccount.ts";
import { redisScript } from "./redisScript.ts";

/**
 * Distributed semaphore: the `maxConnections` of an account, shared by all processes. A slot is a lease that expires by
 * itself when its process dies.
 */
export interface ConnectionSlots {
  /**
   * Takes one of the account's connection slots and renews it until disposed; undefined if none is free within the
   * patience.
   */
  takeSlot(account: Account, patienceMilliseconds: number, signal: AbortSignal): Promise<ConnectionSlot | undefined>;
  /** True while another process waits for a slot of the account: an idle connection should be closed for it. */
  slotWanted(account: Account): Promise<boolean>;
}

/** A connection slot, renewed until it is disposed. */
export interface ConnectionSlot extends AsyncDisposable {
  /** Aborts if Redis forgot the slot and other processes have taken all there are. */
  readonly lost: AbortSignal;
  /**
   * The server refused this connection because it is one too many. While other slots of the account are taken, there are no
   * more than those for a while, in all processes, and this returns their number; undefined if it is the only connection.
   */
  refused(): Promise<number | undefined>;
}

const firstRetryMilliseconds = 25;
const longestRetryMilliseconds = 250;
/** A process that waits for a slot says so at every retry. */
const wantedMilliseconds = 2 * longestRetryMilliseconds;

/**
 * ARGV 4 holder, 5 maximum, 6 lease ms, 7 ms for which the processes that hold slots see that another one waits.
 * → closed left | rebuild now | taken | full
 */
const takeSlotScript = `${prelude}${openCheck}
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))
local most = tonumber(ARGV[5])
if field('slotsAllowedUntil') > now then most = math.min(most, field('slotsAllowed')) end
if redis.call('ZCARD', slots) >= most then
  redis.call('HSET', account, 'slotWantedUntil', text(now + tonumber(ARGV[7])))
  return {'full'}
end
redis.call('HDEL', account, 'slotWantedUntil')
redis.call('ZADD', slots, text(now + tonumber(ARGV[6])), ARGV[4])
return {'taken'}
`;

/** ARGV 1 holder, 2 maximum, 3 lease ms. A slot that Redis forgot is taken again while there is room. → held | lost */
const renewSlotScript = `${prelude}
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))
if not redis.call('ZSCORE', slots, ARGV[1]) and redis.call('ZCARD', slots) >= tonumber(ARGV[2]) then return {'lost'} end
redis.call('ZADD', slots, text(now + tonumber(ARGV[3])), ARGV[1])
return {'held'}
`;

/** ARGV 1 holder, 2 for how long the limit is remembered (ms). → only | others, their number */
const refusedSlotScript = `${prelude}
redis.call('ZREMRANGEBYSCORE', slots, '-inf', text(now))
local others = redis.call('ZCARD', slots)
if redis.call('ZSCORE', slots, ARGV[1]) then others = others - 1 end
if others == 0 then return {'only'} end
redis.call('ZREM', slots, ARGV[1])
redis.call('HSET', account, 'slotsAllowed', others, 'slotsAllowedUntil', text(now + tonumber(ARGV[2])))
return {'others', others}
`;

/** → yes | no: another process waits for a slot. */
const slotWantedScript = `${prelude}
return {field('slotWantedUntil') > now and 'yes' or 'no'}
`;

/** ARGV 1 holder. */
const freeSlotScript = `${prelude}
redis.call('ZREM', slots, ARGV[1])
return {'freed'}
`;

export function connectionSlots(ports: {
  readonly redis: Redis;
  readonly opening: AccountOpening;
  readonly clock: Clock;
  readonly log: Log;
  readonly times: LimitTimes;
}): ConnectionSlots {
  const { redis, opening, clock, log, times } = ports;
  const take = redisScript(redis, takeSlotScript);
  const renew = redisScript(redis, renewSlotScript);
  const free = redisScript(redis, freeSlotScript);
  const wanted = redisScript(redis, slotWantedScript);
  const refuse = redisScript(redis, refusedSlotScript);

  const hold = (account: Account, holder: string): ConnectionSlot => {
    const keys = accountKeys(account);
    const lost = new AbortController();
    const timer = setInterval(() => {
      renew(keys, [holder, account.maxConnections, times.slotMilliseconds]).then(
        ([result]) => {
          if (result === "lost") lost.abort();
        },
        // While Redis is away no process gets a slot and no message begins; the next renewal takes the slot again.
        (error) => log.warn({ error, account: account.name }, "a connection slot could not be renewed"),
      );
    }, times.slotMilliseconds / 3);
    timer.unref();
    return {
      lost: lost.signal,
      async refused() {
        const [, others] = await refuse(keys, [holder, times.connectionLimitMilliseconds]);
        return others === undefined ? undefined : Number(others);
      },
      async [Symbol.asyncDispose]() {
        clearInterval(timer);
        await free(keys, [holder]).catch((error) =>
          // Its lease expires.
          log.warn({ error, account: account.name }, "a connection slot could not be freed"),
        );
      },
    };
  };

  const takeSlot: ConnectionSlots["takeSlot"] = async (account, patienceMilliseconds, signal) => {
    const holder = randomUUID();
    const deadline = clock.monotonic() + patienceMilliseconds;
    const values = [...opening.openValues, holder, account.maxConnections, times.slotMilliseconds, wantedMilliseconds];
    for (let retry = firstRetryMilliseconds; ; retry = Math.min(retry * 2, longestRetryMilliseconds)) {
      signal.throwIfAborted();
      const result = await take(accountKeys(account), values);
      if (result[0] === "taken") return hold(account, holder);
      const wait = opening.isOpen(result) ? retry : await opening.reopen(account, result);
      if (wait > Math.max(0, deadline - clock.monotonic())) return undefined;
      await clock.sleep(wait, signal);
    }
  };

  return { takeSlot, slotWanted: async (account) => (await wanted(accountKeys(account), []))[0] === "yes" };
}
