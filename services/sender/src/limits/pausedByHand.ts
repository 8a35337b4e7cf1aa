import type { ConfigTable } from "@email-agent/shared/adapters/configTable.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { pausedHow, pausedWhy } from "@email-agent/shared/domain/bounces/returnRate.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import { isTransient } from "@email-agent/shared/kit/transientErrors.ts";
import type { AccountLimiter } from "./accountLimiter.ts";

/** Why a person paused an account, in words that follow "because"; undefined if no one did. */
export type PausedByHand = (account: Pick<Account, "name">) => Promise<string | undefined>;

/** A read of Config in this time, while mail is sent. */
const freshMilliseconds = 1500;
/** Meanwhile the last state counts, so that no message misses its rate slot for the read: a pause takes effect within this. */
const usableMilliseconds = 4000;
/** A chunk that met the pause is issued again after this, or when its coordinator sees that the account was resumed. */
const lookAgainMilliseconds = 5000;

/**
 * Reads from Config (`paused` of the account) whether a person paused it. A run keeps the account as it was when it began, so
 * this is read while it sends. While the table does not respond the last known state counts.
 */
export function pausedByHand(config: Pick<ConfigTable, "account">, clock: Pick<Clock, "monotonic">): PausedByHand {
  const known = new Map<string, Known>();
  const refresh = (name: string, state: Known): Promise<string | undefined> => {
    state.reading ??= read(config, name)
      .then((why) => {
        state.readAt = clock.monotonic();
        state.why = why;
        return why;
      })
      .catch((error) => {
        if (state.readAt !== undefined && isTransient(error)) return state.why;
        throw error;
      })
      .finally(() => {
        state.reading = undefined;
      });
    return state.reading;
  };
  return async ({ name }) => {
    const state = known.get(name) ?? {};
    known.set(name, state);
    const age = state.readAt === undefined ? Number.POSITIVE_INFINITY : clock.monotonic() - state.readAt;
    if (age < freshMilliseconds) return state.why;
    const reading = refresh(name, state);
    if (age >= usableMilliseconds) return reading;
    // The next call that finds the state too old throws the error.
    reading.catch(() => undefined);
    return state.why;
  };
}

/** What was last read of an account. */
interface Known {
  readAt?: number;
  why?: string | undefined;
  reading?: Promise<string | undefined> | undefined;
}

async function read(config: Pick<ConfigTable, "account">, name: string): Promise<string | undefined> {
  const account = await config.account(name);
  return account?.paused && `it was ${pausedHow(account.paused)}: ${pausedWhy(account.paused)}`;
}

/** The limiter of accounts that people may pause: nothing is reserved of a paused one, and no reserved message begins. */
export function heldByHand(limiter: AccountLimiter, why: PausedByHand, clock: Pick<Clock, "now">): AccountLimiter {
  return {
    ...limiter,
    async reserve(account, ...rest) {
      const because = await why(account);
      if (because !== undefined)
        return { kind: "wait", cause: "paused", until: clock.now() + lookAgainMilliseconds, because };
      const result = await limiter.reserve(account, ...rest);
      if (result.kind !== "reserved") return result;
      return {
        ...result,
        waitForRateSlot: (prepare, ...others) =>
          result.waitForRateSlot(async () => (await why(account)) === undefined && prepare(), ...others),
      };
    },
  };
}
