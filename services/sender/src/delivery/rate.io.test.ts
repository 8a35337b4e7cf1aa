import type { Claim } from "@email-agent/shared/adapters/deliveryStatements.ts";
import type { Quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import type { Mail } from "@email-agent/shared/domain/delivery/message.ts";
import { domainOf } from "@email-agent/shared/domain/recipients/address.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { anAccount, anEvent, aParticipant, aStage } from "@email-agent/shared/testing/builders.ts";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalRedis, startRedis } from "../../../../infra/local/redis.ts";
import { noMetrics, silent } from "../../testing/sendFixture.ts";
import { type VirtualTime, virtualTime } from "../../testing/virtualTime.ts";
import { accountLimiter } from "../limits/accountLimiter.ts";
import { issueAgainAt } from "../send/runChunk.ts";
import { chunksAtOnce } from "../send/sendRun.ts";
import { sendLimits } from "../sendLimits.ts";
import { deliver } from "./deliver.ts";
import type { DeliveryPorts, MailRun, Right } from "./mailRun.ts";
import type { Candidate } from "./person.ts";

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
/** What tables and mail server take. */
const [readMilliseconds, writeMilliseconds, messageMilliseconds] = [10, 20, 60];
const never = new AbortController().signal;
let accounts = 0;

interface Sending {
  readonly account: Account;
  readonly time: VirtualTime;
  /** Run → when its messages began (ms since the start). */
  readonly begun: Map<string, number[]>;
  /** The account's connections, of all workers together. */
  free: number;
  readonly waiting: (() => void)[];
  /** Person → when they were claimed. */
  readonly claimedAt: Map<string, number>;
  /** The oldest claim when its message began (ms). */
  oldestClaim: number;
}

/** The ports of one sender process: tables and mail server are plain objects that take their time, limits are real. */
function processOf(sending: Sending, runId: string): DeliveryPorts {
  const { time } = sending;
  const { clock } = time;
  const quota: Quota = { add: async () => true, giveBack: async () => true, bucketsSince: async () => [] };
  const after = async <Result>(milliseconds: number, result: Result) => {
    await clock.sleep(milliseconds);
    return result;
  };
  return {
    ...{ clock, log: silent, metrics: noMetrics },
    limiter: accountLimiter({ redis: time.redis(redis), quota, log: silent, clock }),
    deliveries: {
      claim: async (_: string, claims: readonly Claim[]) => {
        for (const { email } of claims) sending.claimedAt.set(email, clock.monotonic());
        return after(
          writeMilliseconds,
          claims.map(() => "claimed"),
        );
      },
      settle: async (_: string, outcomes: readonly unknown[]) =>
        after(
          writeMilliseconds,
          outcomes.map(() => true),
        ),
    } as unknown as DeliveryPorts["deliveries"],
    participants: {
      getMany: async (ids: readonly string[]) =>
        after(readMilliseconds, new Map(ids.map((id) => [id, aParticipant({ id, email: `${id}@example.org` })]))),
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
              const age = clock.monotonic() - (sending.claimedAt.get(to.address) ?? 0);
              sending.oldestClaim = Math.max(sending.oldestClaim, age);
              sending.begun.get(runId)?.push(clock.monotonic());
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

/** One run: its chunks go to the workers round-robin, at most so many at a time, and requeued ones are issued again. */
async function sendRun(
  sending: Sending,
  runId: string,
  of: { people: number; chunks: number; workers: number },
): Promise<void> {
  const { clock } = sending.time;
  sending.begun.set(runId, []);
  const processes = Array.from({ length: of.workers }, () => processOf(sending, runId));
  const mailRun = {
    ...{ partition: "E_w_reg_EN", runId, workOrderId: runId, language: "EN", contentHash: "x", userStarted: true },
    account: sending.account,
    mailing: { event: anEvent(), stage: aStage() },
    compose: ({ email }: Participant) => ({ to: { name: "", address: email }, messageId: "<m@x>" }) as unknown as Mail,
  } satisfies MailRun;
  const right: Right = { signal: new AbortController().signal, stillWorking: async () => true, proven: () => true };
  const chunks = Array.from({ length: of.chunks }, (_, n) => ({
    notBefore: 0,
    ids: Array.from({ length: Math.ceil(of.people / of.chunks) }, (_, at) => `p-${n}-${at}`),
  }));
  let taken = 0;
  const worker = async () => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      // The coordinator looks every two seconds while nothing moves; then the job is added and picked up.
      const wait = Math.max(0, chunk.notBefore - clock.now());
      const { slowLookMilliseconds } = sendLimits;
      await clock.sleep(Math.ceil(wait / slowLookMilliseconds) * slowLookMilliseconds + 100);
      const left = new Set(chunk.ids);
      const candidates = chunk.ids.map((id): Candidate => ({ id, attempt: 1, returns: 0, hasDelivery: false }));
      const ports = processes[taken++ % processes.length] as DeliveryPorts;
      const end = await deliver(ports, mailRun, candidates, right, sendLimits, (id) => void left.delete(id));
      if (end.kind === "waited") chunks.push({ ids: [...left], notBefore: issueAgainAt(end, clock.now(), sendLimits) });
      else expect(end).toEqual({ kind: "done" });
    }
  };
  await Promise.all(Array.from({ length: chunksAtOnce(sending.account) }, worker));
}

function opened(ratePerSecond: number, maxConnections: number): Sending {
  accounts += 1;
  const account = anAccount({ name: `office-${accounts}`, ratePerSecond, maxConnections, quotaPer24h: 1_000_000 });
  return {
    account,
    time: virtualTime(startsAt),
    begun: new Map(),
    free: maxConnections,
    waiting: [],
    claimedAt: new Map(),
    oldestClaim: 0,
  };
}

/** Messages a second, without the first and the last tenth: chunks begin and end one by one. */
function rateOf(all: readonly number[]): number {
  const begun = [...all].sort((one, other) => one - other);
  const edge = Math.floor(begun.length / 10);
  const [first = 0, last = 0] = [begun[edge], begun[begun.length - 1 - edge]];
  return ((begun.length - 1 - 2 * edge) * 1000) / (last - first);
}

/** By how much too early a message began, if any: `count` + 1 messages span at least the window. */
function tooEarly(all: readonly number[], ratePerSecond: number): number {
  const begun = [...all].sort((one, other) => one - other);
  const [count, window] = ratePerSecond < 1 ? [1, 1000 / ratePerSecond] : [ratePerSecond, 1000];
  return Math.max(0, ...begun.slice(Math.ceil(count)).map((at, n) => window - (at - (begun[n] as number))));
}

const hourly = 1 / 3600;
const rates = [hourly, 20 * hourly, 4 / 60, 0.4, 1, 2, 7, 40, 200, 1000];
// A chunk is of 100 people at most, so a fast account never has only one before it.
const cases = rates.flatMap((rate) =>
  [1, 5, 40]
    .filter((chunks) => chunks * 50 >= rate)
    .flatMap((chunks) => [1, 3].map((workers) => ({ rate, chunks, workers }))),
);

test.for(cases)(
  "acceptance 53: an account of $rate mails a second reaches 95 % of it and never more ($chunks chunks, $workers workers)",
  async ({ rate, chunks, workers }) => {
    // Connections hold a message while it waits for its rate slot, too.
    const sending = opened(rate, Math.ceil((rate * 4 * messageMilliseconds) / 1000));
    const people = rate < 40 ? 40 : rate * 5;
    await sending.time.during(sendRun(sending, "run", { people, chunks, workers }));
    const begun = sending.begun.get("run") ?? [];
    expect(begun.length).toBeGreaterThanOrEqual(people);
    expect(rateOf(begun) / rate).toBeGreaterThanOrEqual(0.95);
    expect(tooEarly(begun, rate)).toBeLessThanOrEqual(0.01);
    // A claim is made for a rate slot that is due soon, not for one an hour away.
    expect(sending.oldestClaim).toBeLessThan(5000);
  },
);

test.for([hourly, 0.1, 0.4, 2])(
  "two runs on an account of %f mails a second share it evenly, and it is used in full",
  async (rate) => {
    const sending = opened(rate, 1);
    const of = { people: 30, chunks: 1, workers: 1 };
    await sending.time.during(
      Promise.all([sendRun(sending, "one", { ...of, chunks: 3 }), sendRun(sending, "other", of)]),
    );
    const [one = [], other = []] = [...sending.begun.values()];
    expect(rateOf([...one, ...other]) / rate).toBeGreaterThanOrEqual(0.95);
    expect(tooEarly([...one, ...other], rate)).toBeLessThanOrEqual(0.01);
    // While both send, neither has more than two thirds.
    const both = Math.min(Math.max(...one), Math.max(...other));
    const [ofOne = 0, ofOther = 0] = [one, other].map((begun) => begun.filter((at) => at <= both).length);
    expect(Math.min(ofOne, ofOther) / (ofOne + ofOther)).toBeGreaterThanOrEqual(1 / 3);
  },
);

test("a process that dies with a reservation of an account of one mail an hour costs a minute, not the hour", async () => {
  const sending = opened(hourly, 1);
  const { clock } = sending.time;
  const of = { people: 4, chunks: 1, workers: 1 };
  const { limiter } = processOf(sending, "dead");
  const dying = async () => {
    let result = await limiter.reserve(sending.account, 1, sendLimits.aheadMilliseconds, never, "dead");
    while (result.kind !== "reserved") {
      await clock.sleep(5000);
      result = await limiter.reserve(sending.account, 1, sendLimits.aheadMilliseconds, never, "dead");
    }
  };
  await sending.time.during(dying());
  const diedAt = clock.monotonic();
  await sending.time.during(sendRun(sending, "run", of));
  const begun = sending.begun.get("run") ?? [];
  expect(Math.min(...begun) - diedAt).toBeLessThan(90_000);
  expect(tooEarly(begun, hourly)).toBeLessThanOrEqual(0.01);
});

test("a message that does not begin costs an account of one mail an hour no rate slot", async () => {
  const sending = opened(hourly, 1);
  const { clock } = sending.time;
  const { limiter } = processOf(sending, "run");
  const one = async () => {
    let result = await limiter.reserve(sending.account, 1, sendLimits.aheadMilliseconds, never, "run");
    while (result.kind !== "reserved") {
      await clock.sleep(5000);
      result = await limiter.reserve(sending.account, 1, sendLimits.aheadMilliseconds, never, "run");
    }
    return result;
  };
  await sending.time.during(
    (async () => {
      const declined = await one();
      expect(await declined.waitForRateSlot(async () => false, never)).toEqual({ kind: "declined" });
      await declined.giveBack(1);
      const at = clock.monotonic();
      const sent = await one();
      expect(await sent.waitForRateSlot(async () => true, never)).toEqual({ kind: "due" });
      expect(clock.monotonic() - at).toBeLessThan(2000);
    })(),
  );
});
