import type { Claim } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { anAccount, anEvent, aParticipant, aStage } from "@email-agent/shared/testing/builders.ts";
import fc from "fast-check";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LocalRedis, startRedis } from "../../../../infra/local/redis.ts";
import { noMetrics, silent } from "../../testing/sendFixture.ts";
import { type VirtualTime, virtualTime } from "../../testing/virtualTime.ts";
import { accountLimiter } from "../limits/accountLimiter.ts";
import { sendLimits } from "../sendLimits.ts";
import { deliver } from "./deliver.ts";
import type { DeliveryPorts, MailRun, Right } from "./mailRun.ts";
import type { Candidate, PersonResult } from "./person.ts";

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

const startsAt = Date.parse("2026-03-01T08:00:00.000Z");
const [readMilliseconds, writeMilliseconds, messageMilliseconds] = [10, 20, 60];
const never = new AbortController().signal;
let accounts = 0;

interface Sent {
  readonly at: number;
  readonly group: string;
}

interface Sending {
  readonly account: Account;
  readonly time: VirtualTime;
  readonly begun: Sent[];
  free: number;
  readonly waiting: (() => void)[];
}

/** Ids name the receiving group: `p-1@google.test`. */
function processOf(sending: Sending): DeliveryPorts {
  const { time } = sending;
  const { clock } = time;
  const quota = { add: async () => true, giveBack: async () => true, bucketsSince: async () => [] } as unknown as Quota;
  const after = async <Result>(milliseconds: number, result: Result) => {
    await clock.sleep(milliseconds);
    return result;
  };
  return {
    ...{ clock, log: silent, metrics: noMetrics },
    limiter: accountLimiter({ redis: time.redis(redis), quota, log: silent, clock }),
    deliveries: {
      claim: (_: string, claims: readonly Claim[]) =>
        after(
          writeMilliseconds,
          claims.map(() => "claimed"),
        ),
      settle: (_: string, outcomes: readonly unknown[]) =>
        after(
          writeMilliseconds,
          outcomes.map(() => true),
        ),
    } as unknown as DeliveryPorts["deliveries"],
    participants: {
      getMany: (ids: readonly string[]) =>
        after(readMilliseconds, new Map(ids.map((id) => [id, aParticipant({ id, email: id })]))),
    } as unknown as DeliveryPorts["participants"],
    connections: {
      ready: async () => true,
      join: () => ({ [Symbol.dispose]() {} }),
      openingMilliseconds: () => 0,
      async use(_account, _signal, work) {
        if (sending.free > 0) sending.free -= 1;
        else await new Promise<void>((resolve) => sending.waiting.push(resolve));
        try {
          return await work({
            ready: async () => {},
            async send({ to }) {
              sending.begun.push({ at: clock.monotonic(), group: domainOf(to.address) });
              return after(messageMilliseconds, { dataSent: true, phase: "dot", code: 250, response: "250 ok" });
            },
            endSession: () => {},
            [Symbol.asyncDispose]: async () => {},
          });
        } finally {
          const next = sending.waiting.shift();
          if (next) next();
          else sending.free += 1;
        }
      },
      [Symbol.asyncDispose]: async () => {},
    } satisfies DeliveryPorts["connections"],
    receivers: { of: async (addresses) => addresses.map(domainOf), prepare() {}, sent() {}, shareOf: () => 1 },
  };
}

/**
 * Sends to `ids` as a coordinator does: chunks of mixed people go round the workers, and people whose groups have no room come in
 * chunks that wait with them.
 */
async function sendTo(sending: Sending, ids: readonly string[], workers = 2): Promise<void> {
  const { clock } = sending.time;
  const processes = Array.from({ length: workers }, () => processOf(sending));
  const mailRun = {
    ...{
      partition: "E_w_reg_EN",
      runId: "run",
      workOrderId: "wo-1",
      language: "EN",
      contentHash: "x",
      userStarted: true,
    },
    account: sending.account,
    mailing: { event: anEvent(), stage: aStage() },
    compose: ({ email }: Participant) => ({ to: { name: "", address: email }, messageId: "<m@x>" }) as unknown as Mail,
  } satisfies MailRun;
  const right: Right = { signal: never, stillWorking: async () => true, proven: () => true };
  const chunks: { ids: string[]; notBefore: number; waitsForGroups: boolean }[] = [];
  for (let from = 0; from < ids.length; from += 50)
    chunks.push({ ids: ids.slice(from, from + 50), notBefore: 0, waitsForGroups: false });
  let [open, taken] = [ids.length, 0];
  const worker = async (limited: boolean) => {
    while (open > 0) {
      const place = chunks.findIndex((one) => one.waitsForGroups === limited && one.notBefore <= clock.now());
      const [chunk] = place < 0 ? [] : chunks.splice(place, 1);
      if (!chunk) {
        await clock.sleep(100);
        continue;
      }
      const ports = processes[taken++ % processes.length] as DeliveryPorts;
      const candidates = chunk.ids.map((id): Candidate => ({ id, attempt: 1, returns: 0, hasDelivery: false }));
      const left = new Set(chunk.ids);
      const again = new Map<string, { ids: string[]; at: number }>();
      const record = (id: string, result: PersonResult) => {
        left.delete(id);
        if (result.kind === "limited") {
          const others = again.get(result.group) ?? { ids: [], at: result.at };
          others.ids.push(id);
          again.set(result.group, others);
        } else open -= 1;
      };
      const end = await deliver(ports, mailRun, candidates, right, sendLimits, record, chunk);
      for (const { ids: waiting, at } of again.values())
        chunks.push({ ids: waiting, notBefore: at, waitsForGroups: true });
      if (left.size > 0) {
        const notBefore = end.kind === "waited" ? end.until : 0;
        chunks.push({ ...chunk, ids: [...left], notBefore });
      }
    }
  };
  const ordinary = Array.from({ length: 4 }, () => worker(false));
  await Promise.all([...ordinary, worker(true), worker(true)]);
}

function opened(fields: Partial<Account>): Sending {
  accounts += 1;
  const account = anAccount({ name: `limited-${accounts}`, quotaPer24h: 1_000_000, ...fields });
  return { account, time: virtualTime(startsAt), begun: [], free: account.maxConnections, waiting: [] };
}

/** `count` people of each group, mixed. */
function peopleOf(counts: Readonly<Record<string, number>>): string[] {
  const of = Object.entries(counts).flatMap(([group, count]) =>
    Array.from({ length: count }, (_, n) => ({ id: `p-${n}@${group}`, at: n / count })),
  );
  return of.sort((one, other) => one.at - other.at).map(({ id }) => id);
}

/** By how many ms a message began too early: `rate` + 1 messages span a second, or two span `1 / rate`. */
function tooEarly(times: readonly number[], rate: number): number {
  const begun = [...times].sort((one, other) => one - other);
  const [count, window] = rate < 1 ? [1, 1000 / rate] : [Math.floor(rate), 1000];
  return Math.max(0, ...begun.slice(count).map((at, n) => window - (at - (begun[n] as number))));
}

const timesOf = (begun: readonly Sent[], group?: string) =>
  begun.filter((one) => group === undefined || one.group === group).map(({ at }) => at);
const perSecond = (times: readonly number[]) => ((times.length - 1) * 1000) / (Math.max(...times) - Math.min(...times));

describe("acceptance 166: a limit per receiving domain", () => {
  test("a group keeps its limit and uses it, and the others keep the account's rate", {
    timeout: 120_000,
  }, async () => {
    const sending = opened({
      ratePerSecond: 20,
      maxConnections: 4,
      receivingLimits: { "slow.test": { ratePerSecond: 2 } },
    });
    const ids = peopleOf({ "slow.test": 40, "fast.test": 240 });
    await sending.time.during(sendTo(sending, ids));
    const [slow, fast] = [timesOf(sending.begun, "slow.test"), timesOf(sending.begun, "fast.test")];
    expect([slow.length, fast.length]).toEqual([40, 240]);
    expect(tooEarly(slow, 2)).toBeLessThanOrEqual(0.01);
    expect(tooEarly(timesOf(sending.begun), 20)).toBeLessThanOrEqual(0.01);
    expect(perSecond(slow) / 2).toBeGreaterThanOrEqual(0.9);
    // What the slow group leaves of the account's rate.
    expect(perSecond(fast) / 18).toBeGreaterThanOrEqual(0.9);
  });

  test("no group exceeds its limit in any sliding second, and everyone is mailed once", {
    timeout: 120_000,
  }, async () => {
    const limit = fc.constantFrom(0.5, 1, 2, 5, 10, 25);
    const cases = fc.record({
      rate: fc.constantFrom(2, 10, 40),
      one: limit,
      other: limit,
      connections: fc.integer({ min: 1, max: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ rate, one, other, connections }) => {
        const sending = opened({
          ratePerSecond: rate,
          maxConnections: connections,
          receivingLimits: { "one.test": { ratePerSecond: one }, other: { ratePerSecond: other } },
        });
        const ids = peopleOf({ "one.test": 20, "a.test": 25, "b.test": 10 });
        await sending.time.during(sendTo(sending, ids, 3));
        expect(sending.begun.length).toBe(ids.length);
        expect(tooEarly(timesOf(sending.begun), rate)).toBeLessThanOrEqual(0.01);
        for (const [group, most] of [
          ["one.test", one],
          ["a.test", other],
          ["b.test", other],
        ] as const)
          expect(tooEarly(timesOf(sending.begun, group), Math.min(most, rate))).toBeLessThanOrEqual(0.01);
      }),
      { numRuns: 8 },
    );
  });
});
