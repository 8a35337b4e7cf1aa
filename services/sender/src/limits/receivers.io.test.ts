import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { recoveredAt, type SlowedGroup } from "@email-agent/shared/domain/delivery/receiverSlowing.ts";
import { anAccount } from "@email-agent/shared/testing/builders.ts";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalRedis, startRedis } from "../../../../infra/local/redis.ts";
import { silent } from "../../testing/sendFixture.ts";
import { type VirtualTime, virtualTime } from "../../testing/virtualTime.ts";
import { type AccountLimiter, accountLimiter } from "./accountLimiter.ts";

let server: LocalRedis;
let redis: Redis & AsyncDisposable;
beforeAll(async () => {
  server = await startRedis();
  redis = await openRedis({ REDIS_URL: server.url }, silent);
});
afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const never = new AbortController().signal;
const [second, minute] = [1000, 60_000];
let accounts = 0;

/** Two senders with one account; what they record of slowed groups is a plain list. */
function senders(fields: Partial<Account> = {}) {
  accounts += 1;
  const account = anAccount({ name: `receivers-${accounts}`, ratePerSecond: 20, quotaPer24h: 1_000_000, ...fields });
  const time = virtualTime(Date.parse("2026-03-01T08:00:00.000Z"));
  const record = new Map<string, SlowedGroup>();
  const slowed = {
    put: async (_: string, one: SlowedGroup) => void record.set(one.group, one),
    list: async (_: string, now: number) => [...record.values()].filter((one) => recoveredAt(one) > now),
  };
  const quota = { add: async () => true, giveBack: async () => true, bucketsSince: async () => [] } as unknown as Quota;
  const one = (): AccountLimiter =>
    accountLimiter({ redis: time.redis(redis), quota, slowed, log: silent, clock: time.clock });
  return { account, time, record, limiters: [one(), one()] as const };
}

/** A new account is closed until its counter is read. */
async function open({ account, time, limiters: [one] }: ReturnType<typeof senders>): Promise<void> {
  const groups = async () => ["opening.test"];
  for (;;) {
    const first = await one.reserve(account, 1, 1000, never, "run", groups);
    if (first.kind === "reserved") return first.giveBack(1, false, first.places);
    await time.clock.sleep(1000);
  }
}

/** Sends to one group as fast as it may for so long; returns when messages began (ms). */
async function hammer(limiter: AccountLimiter, account: Account, group: string, time: VirtualTime, until: number) {
  const { clock } = time;
  const begun: number[] = [];
  while (clock.monotonic() < until) {
    const result = await limiter.reserve(account, 5, 1000, never, "run", async () => Array<string>(5).fill(group));
    if (result.kind !== "reserved") {
      await clock.sleep(500);
      continue;
    }
    for (const place of result.places) {
      let due = await result.waitForRateSlot(async () => true, never, place);
      for (; due.kind === "early"; due = await result.waitForRateSlot(async () => true, never, place))
        await clock.sleep(due.dueAt - clock.monotonic());
      if (due.kind === "due") begun.push(clock.monotonic());
    }
  }
  return begun;
}

const gaps = (times: readonly number[]) => {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted.slice(1).map((at, n) => at - (sorted[n] as number));
};

describe("acceptance 167: a receiving domain that asks to slow down is slowed alone", () => {
  test("it is halved from its present rate, and raised by a quarter every two minutes", async () => {
    const of = senders();
    const { account, time, limiters } = of;
    const { clock } = time;
    const [one, other] = limiters;
    const stateOf = async () => (await other.groupStates(account, ["a.test"]))[0];
    await time.during(
      (async () => {
        await open(of);
        const refused = { perSecond: 8, begunAgoMilliseconds: 100 };
        expect(await one.slowGroup(account, "a.test", refused)).toMatchObject({ began: true, perSecond: 4 });
        // What was on its way belongs to the same slowdown, whichever sender hears of it.
        expect(await other.slowGroup(account, "a.test", refused)).toMatchObject({ began: false, perSecond: 4 });
        await clock.sleep(11 * second);
        expect(await other.slowGroup(account, "a.test", refused)).toMatchObject({ began: true, perSecond: 2 });
        expect(await stateOf()).toMatchObject({ perSecond: 2, raisedAt: clock.now() + 2 * minute });
        await clock.sleep(2 * minute + 10);
        expect((await stateOf())?.perSecond).toBeCloseTo(2.5);
        await clock.sleep(12 * minute);
        expect(await stateOf()).toEqual({ group: "a.test" });
        expect(await one.groupStates(account, ["b.test"])).toEqual([{ group: "b.test" }]);
      })(),
    );
  });

  test("two senders together keep the slowed rate, also behind an emptied Redis, and never fall below one a minute", async () => {
    const of = senders();
    const { account, time, limiters } = of;
    const { clock } = time;
    const begun: number[] = [];
    await time.during(
      (async () => {
        await open(of);
        for (let n = 0; n < 12; n++) {
          await limiters[0].slowGroup(account, "a.test", { perSecond: 10, begunAgoMilliseconds: 0 });
          await clock.sleep(11 * second);
        }
        expect((await limiters[1].groupStates(account, ["a.test"]))[0]?.perSecond).toBeCloseTo(1 / 60);
        // Before the first raise, and over a loss of all that Redis holds.
        const until = clock.monotonic() + 95 * second;
        const both = Promise.all(limiters.map((one) => hammer(one, account, "a.test", time, until)));
        await clock.sleep(20 * second);
        await redis.flushall();
        begun.push(...(await both).flat());
      })(),
    );
    expect(begun.length).toBeGreaterThanOrEqual(1);
    expect(Math.min(...gaps(begun), Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(59 * second);
  });

  test("without one accepted message for two hours it is given up for an hour; an accepted one ends that", async () => {
    const of = senders();
    const { account, time, limiters } = of;
    const { clock } = time;
    const [one, other] = limiters;
    const groups = async () => ["a.test", "b.test"];
    await time.during(
      (async () => {
        await open(of);
        const refused = { perSecond: 1, begunAgoMilliseconds: 0 };
        expect(await one.slowGroup(account, "a.test", refused)).toMatchObject({ acceptsOthers: true });
        for (let n = 0; n < 12; n++) {
          await clock.sleep(10 * minute + 1);
          expect(await one.slowGroup(account, "a.test", refused)).toMatchObject({ acceptsOthers: false });
        }
        const left = await other.reserve(account, 2, 1000, never, "run", groups);
        expect(left).toMatchObject({ kind: "reserved", picks: [1] });
        expect(left.kind === "reserved" && left.limited.get("a.test")?.isGivenUp).toBe(true);
        await clock.sleep(61 * minute);
        const later = await other.reserve(account, 2, 1000, never, "run", groups);
        expect(later.kind === "reserved" && later.limited.get("a.test")?.isGivenUp).not.toBe(true);
        await one.slowGroup(account, "a.test", refused);
        await other.groupAccepted(account, "a.test");
        expect(await one.slowGroup(account, "a.test", refused)).toMatchObject({ acceptsOthers: true });
      })(),
    );
  });

  test("an account without limits is asked for groups only while one is slowed", async () => {
    const of = senders();
    const { account, time, limiters } = of;
    let asked = 0;
    const groups = async () => {
      asked += 1;
      return ["a.test"];
    };
    await time.during(
      (async () => {
        await open(of);
        expect(await limiters[0].reserve(account, 1, 1000, never, "run", groups)).toMatchObject({ places: [] });
        expect(asked).toBe(0);
        await limiters[1].slowGroup(account, "a.test", { perSecond: 4, begunAgoMilliseconds: 0 });
        const slowed = await limiters[0].reserve(account, 1, 1000, never, "run", groups);
        expect(asked).toBe(1);
        expect(slowed).toMatchObject({ kind: "reserved", places: [{ group: "a.test" }] });
      })(),
    );
  });
});

test("a sender that dies with what it reserved of a group costs the group a minute", async () => {
  const of = senders({ receivingLimits: { "a.test": { ratePerSecond: 1 / 600 } } });
  const { account, time, limiters } = of;
  const { clock } = time;
  const groups = async () => ["a.test"];
  await time.during(
    (async () => {
      await open(of);
      await clock.sleep(10 * minute);
      let dead = await limiters[0].reserve(account, 1, 1000, never, "dead", groups);
      while (dead.kind !== "reserved") {
        await clock.sleep(5 * second);
        dead = await limiters[0].reserve(account, 1, 1000, never, "dead", groups);
      }
      const diedAt = clock.monotonic();
      const [at = 0] = await hammer(limiters[1], account, "a.test", time, diedAt + 3 * minute);
      expect(at - diedAt).toBeLessThan(90 * second);
    })(),
  );
});
