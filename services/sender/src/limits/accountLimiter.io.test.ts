import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Aws, openAws } from "@email-agent/shared/adapters/aws.ts";
import { type Quota, quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { type Account, accountSchema } from "@email-agent/shared/domain/account.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createTables } from "../../../../infra/local/createTables.ts";
import { type LocalDynamo, startDynamo } from "../../../../infra/local/dynamo.ts";
import { freePort } from "../../../../infra/local/freePort.ts";
import { type LocalRedis, startRedis } from "../../../../infra/local/redis.ts";
import type { Hammering } from "../../testing/hammerAccount.ts";
import { type AccountLimiter, accountLimiter } from "./accountLimiter.ts";
import { limitTimes } from "./limitTimes.ts";
import type { Reservation, ReserveResult } from "./rateReservations.ts";

let dynamo: LocalDynamo;
let aws: Aws;
let tables: { QUOTA_TABLE: string };
let records: Quota;
let sharedRedis: LocalRedis;

beforeAll(async () => {
  process.env["AWS_ACCESS_KEY_ID"] ??= "local";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "local";
  [dynamo, sharedRedis] = await Promise.all([startDynamo(), startRedis()]);
  tables = await createTables(dynamo.url);
  aws = openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: dynamo.url });
  records = quota(aws, tables);
});
afterAll(async () => {
  await aws?.[Symbol.asyncDispose]();
  await Promise.all([dynamo?.[Symbol.asyncDispose](), sharedRedis?.[Symbol.asyncDispose]()]);
});

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
const never = new AbortController().signal;
const ready = async () => true;
const times = { ...limitTimes, blockMilliseconds: 300, reservationMilliseconds: 150, slotMilliseconds: 600 };
/** Usage spread over buckets: the limit on a single bucket in Quota does not help then. */
const manyBuckets = { ...times, span: { bucketMilliseconds: 100, windowMilliseconds: 3_600_000 } };
const patience = 5000;
let accounts = 0;

function anAccount(fields: Partial<Account> = {}): Account {
  accounts += 1;
  return accountSchema.parse({ name: `account {${accounts}}`, ratePerSecond: 500, quotaPer24h: 1000, ...fields });
}

async function limiterOn(url = sharedRedis.url, own = times) {
  const redis = await openRedis({ REDIS_URL: url }, silent);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  return accountLimiter({ redis, quota: records, log: silent }, own);
}

function granted(result: ReserveResult): Reservation {
  if (result.kind !== "reserved") throw new Error(`not reserved: ${JSON.stringify(result)}`);
  return result;
}

interface Hammerer {
  readonly lines: string[];
  kill(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
}

/** Starts a real process that sends as much as the limits allow. */
function startHammer(account: Account, fields: Partial<Hammering> = {}): Hammerer {
  const options: Hammering = {
    redisUrl: sharedRedis.url,
    dynamoUrl: dynamo.url,
    ...tables,
    account,
    times,
    batch: 5,
    ...fields,
  };
  const script = join(import.meta.dirname, "../../testing/hammerAccount.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(options)], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return { lines, kill: (signal) => child.kill(signal) };
}

const sentTimes = (hammers: readonly Hammerer[]) =>
  hammers.flatMap(({ lines }) => lines.filter((line) => line.startsWith("sent")).map((line) => Number(line.slice(5))));
const untilSent = (hammers: readonly Hammerer[], count: number) =>
  eventually(`${count} messages sent`, () => sentTimes(hammers).length >= count, { withinSeconds: 20 });

/** Most messages in any sliding second. */
function densest(begun: readonly number[]): number {
  const sorted = [...begun].sort((a, b) => a - b);
  return Math.max(...sorted.map((from, n) => sorted.slice(n).filter((at) => at < from + 1000).length));
}

/** Sends as much as may be for `milliseconds` from the first message on; returns when messages began. Times are milliseconds. */
async function sendFor(
  milliseconds: number,
  account: Account,
  limiters: readonly AccountLimiter[],
  pace: { readonly connections: number; readonly claim: number; readonly message: number },
): Promise<number[]> {
  const begun: number[] = [];
  const { sleep } = systemClock;
  const isOver = () => begun.length > 0 && performance.now() >= begun[0]! + milliseconds;
  const process = async (limiter: AccountLimiter) => {
    const claimed: Reservation[] = [];
    const reserving = async () => {
      while (!isOver()) {
        const result = await limiter.reserve(account, 25, 2000, never);
        if (result.kind === "reserved") {
          await sleep(pace.claim);
          claimed.push(...Array<Reservation>(result.count).fill(result));
        } else await sleep(20);
      }
    };
    const connection = async () => {
      while (!isOver()) {
        const reservation = claimed.shift();
        if (reservation) {
          await reservation.waitForRateSlot(ready, never);
          begun.push(performance.now());
        }
        await sleep(reservation ? pace.message : 1);
      }
    };
    await Promise.all([reserving(), ...Array.from({ length: pace.connections }, connection)]);
  };
  await Promise.all(limiters.map(process));
  return begun.filter((at) => at < begun[0]! + milliseconds);
}

/** Messages that still fit into the quota window. */
async function quotaFree(limiter: AccountLimiter, account: Account): Promise<number> {
  let [free, tooMany] = [0, account.quotaPer24h + 1];
  while (tooMany - free > 1) {
    const count = Math.floor((free + tooMany) / 2);
    if ((await limiter.quotaFreeAt(account, count)) <= Date.now() + 5) free = count;
    else tooMany = count;
  }
  return free;
}

async function sumInQuota(account: Account): Promise<number> {
  return (await records.bucketsSince(account.name, 0)).reduce((sum, { used }) => sum + used, 0);
}

describe("rate", () => {
  // At 40 each rate slot is taken by itself, at 300 several at once; busy connections use some as late as allowed.
  // Other tests run beside these and make slots go by; that 95 % are reached is shown in virtual time (rate.io.test.ts).
  test.each([40, 300])("of %i is never exceeded in any sliding second, by several processes together", async (rate) => {
    const account = anAccount({ ratePerSecond: rate, quotaPer24h: 10_000 });
    const hammers = [1, 2, 3].map(() => startHammer(account, { batch: 7, connections: 4, busyMilliseconds: 60 }));
    await untilSent(hammers, rate * 3.5);
    const begun = sentTimes(hammers);
    expect(densest(begun)).toBeLessThanOrEqual(rate);
    expect(begun.length / ((Math.max(...begun) - Math.min(...begun)) / 1000)).toBeGreaterThan(rate * 0.75);
  });

  test("is not exceeded by rate slots that were taken and left", async () => {
    const account = anAccount({ ratePerSecond: 300, quotaPer24h: 10_000 });
    const leaving = await Promise.all([1, 2, 3, 4, 5].map(() => limiterOn()));
    const waitOf = async (limiter: AccountLimiter) =>
      granted(await limiter.reserve(account, 7, patience, never)).waitForRateSlot;
    const waits = await Promise.all(leaving.map(waitOf));
    const begun: number[] = [];
    const take = async (waitForRateSlot: Reservation["waitForRateSlot"]) => {
      await waitForRateSlot(ready, never);
      begun.push(performance.now());
    };
    const stop = new AbortController();
    const left = waits.flatMap((wait) => Array.from({ length: 7 }, () => wait(ready, stop.signal)));
    await Promise.race(left);
    stop.abort();
    await Promise.allSettled(left);
    await systemClock.sleep(100);
    // Were those still good, they would come on top of a second of the whole rate.
    const late = Promise.all(waits.flatMap((wait) => Array.from({ length: 7 }, () => take(wait))));
    const [wait] = waits;
    for (const from = performance.now(); performance.now() < from + 1100; )
      await Promise.all(Array.from({ length: 10 }, () => take(wait!)));
    await late;
    expect(begun.length).toBeGreaterThan(250);
    expect(densest(begun)).toBeLessThanOrEqual(300);
  });

  test("is used by reservations whose claims take half a second", async () => {
    const account = anAccount({ ratePerSecond: 50 });
    const begun = await sendFor(3000, account, [await limiterOn()], { connections: 2, claim: 500, message: 20 });
    expect(begun.length).toBeGreaterThanOrEqual(3 * 50 * 0.9);
    expect(densest(begun)).toBeLessThanOrEqual(50);
  });

  test("is not taken up by processes that cannot use it", async () => {
    const account = anAccount({ ratePerSecond: 250, quotaPer24h: 10_000 });
    const limiters = await Promise.all([1, 2, 3, 4].map(() => limiterOn()));
    // Four times one connection, each good for 20 messages a second: a third of the rate. Half of that is required: other
    // tests run beside this one, and a scheduler that always takes the most slots reaches 62 on an idle machine.
    const begun = await sendFor(2000, account, limiters, { connections: 1, claim: 0, message: 50 });
    expect(begun.length).toBeGreaterThanOrEqual(2 * 80 * 0.5);
  });

  test("costs far less than a call of Redis per message when it is high", async () => {
    const redis = await startRedis({ kinds: ["path", "debian"] });
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const account = anAccount({ ratePerSecond: 100_000, quotaPer24h: 100_000 });
    const limiter = await limiterOn(redis.url);
    const { waitForRateSlot, count } = granted(await limiter.reserve(account, 1000, patience, never));
    const client = await openRedis({ REDIS_URL: redis.url }, silent);
    onTestFinished(() => client[Symbol.asyncDispose]());
    await client.config("RESETSTAT");
    const connection = async () => {
      for (let n = 0; n < count / 4; n++) await waitForRateSlot(ready, never);
    };
    await Promise.all([1, 2, 3, 4].map(connection));
    const [, calls] = /cmdstat_evalsha:calls=(\d+)/.exec(await client.info("commandstats")) ?? [];
    expect(Number(calls)).toBeLessThan(count / 5);
  });

  test("waiting for a rate slot ends at once when the account is found paused", async () => {
    const limiter = await limiterOn();
    const account = anAccount();
    const { waitForRateSlot } = granted(await limiter.reserve(account, 2, patience, never));
    expect(await waitForRateSlot(ready, never)).toEqual({ kind: "due" });
    const { pausedUntil } = await limiter.record(account, "throttled", "p-1");
    await new Promise((resolve) => setTimeout(resolve, times.lateMilliseconds * 3));
    const result = await waitForRateSlot(ready, never);
    expect(result.kind === "paused" && Math.abs(result.until - pausedUntil!)).toBeLessThan(1000);
  });

  test("a rate slot that no message waits for any more goes to the next message", async () => {
    const limiter = await limiterOn();
    const { waitForRateSlot } = granted(await limiter.reserve(anAccount({ ratePerSecond: 1 }), 3, patience, never));
    await waitForRateSlot(ready, never);
    const firstAt = performance.now();
    const stop = new AbortController();
    const left = waitForRateSlot(ready, stop.signal);
    // Its slot is taken and lies ahead.
    await new Promise((resolve) => setTimeout(resolve, 300));
    stop.abort(new Error("stopped"));
    await expect(left).rejects.toThrow("stopped");
    await waitForRateSlot(ready, never);
    expect(performance.now() - firstAt).toBeLessThan(1900);
  });

  test("returns when it will be free, if the patience is shorter, and reserves nothing then", async () => {
    const account = anAccount({ ratePerSecond: 1 });
    const limiter = await limiterOn();
    expect(await limiter.reserve(account, 3, patience, never)).toMatchObject({ kind: "reserved", count: 3 });
    const result = await limiter.reserve(account, 1, 100, never);
    expect(result).toMatchObject({ kind: "wait", cause: "rate" });
    expect(await quotaFree(limiter, account)).toBe(997);
  });

  test("waiting for a rate slot ends at once with the signal", async () => {
    const limiter = await limiterOn();
    const { waitForRateSlot } = granted(await limiter.reserve(anAccount({ ratePerSecond: 0.1 }), 2, patience, never));
    await waitForRateSlot(ready, never);
    const stop = new AbortController();
    const waiting = waitForRateSlot(ready, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
  });
});

describe("acceptance 10: quota", () => {
  test("is never exceeded by several processes, one of them killed, and used to the last message", async () => {
    const account = anAccount({ quotaPer24h: 101, ratePerSecond: 400 });
    const hammers = [1, 2, 3, 4].map(() => startHammer(account, { times: manyBuckets }));
    await untilSent(hammers, 40);
    hammers[0]!.kill("SIGKILL");
    const limiter = await limiterOn(sharedRedis.url, manyBuckets);
    await eventually("the quota is used up", async () => (await quotaFree(limiter, account)) === 0);
    await untilSent(hammers, 101 - 5);
    expect(sentTimes(hammers).length).toBeLessThanOrEqual(101);
    // What the killed process had reserved in Redis and not yet in Quota stays reserved: too much is counted, never too little.
    const sent = sentTimes(hammers).length;
    const recorded = await sumInQuota(account);
    expect(recorded).toBeGreaterThanOrEqual(sent);
    expect(recorded).toBeLessThanOrEqual(101);
    expect(await limiter.reserve(account, 1, 0, never)).toEqual({ kind: "quota-used-up" });
  });

  test("is never exceeded when Redis is emptied, restarted or replaced by older data mid-run", {
    timeout: 60_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "email-agent-quota-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const port = await freePort();
    const start = (data: string) => startRedis({ port, dataFolder: join(folder, data), kinds: ["path", "debian"] });
    await mkdir(join(folder, "now"));
    let redis = await start("now");
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const restart = async (data: string) => {
      process.kill(redis.pid!, "SIGKILL");
      await redis[Symbol.asyncDispose]();
      redis = await start(data);
    };

    const quotaPer24h = 500;
    const account = anAccount({ quotaPer24h, ratePerSecond: 150 });
    const hammers = [1, 2, 3].map(() => startHammer(account, { redisUrl: redis.url, times: manyBuckets }));
    await untilSent(hammers, 60);
    await cp(join(folder, "now"), join(folder, "older"), { recursive: true });
    await untilSent(hammers, 150);
    const client = await openRedis({ REDIS_URL: redis.url }, silent);
    await client.flushall();
    client.disconnect();
    await untilSent(hammers, 240);
    await restart("now");
    await untilSent(hammers, 330);
    await restart("older");
    const limiter = await limiterOn(redis.url, manyBuckets);
    await eventually("the quota is used up", async () => (await quotaFree(limiter, account)) === 0, {
      withinSeconds: 20,
    });
    const isUsedUp = async () => (await limiter.reserve(account, 1, 0, never)).kind === "quota-used-up";
    await eventually("the quota is used up", isUsedUp);
    expect(sentTimes(hammers).length).toBeLessThanOrEqual(quotaPer24h);
    expect(sentTimes(hammers).length).toBeGreaterThan(330);
    expect(await sumInQuota(account)).toBeLessThanOrEqual(quotaPer24h);
  });

  test("an emptied Redis grants nothing until the block is over and then counts what Quota holds", async () => {
    const account = anAccount({ quotaPer24h: 10 });
    const limiter = await limiterOn();
    await limiter.reserve(account, 4, patience, never);
    const redis = await openRedis({ REDIS_URL: sharedRedis.url }, silent);
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const ours = await redis.keys("limit:*");
    await redis.del(...ours.filter((key) => key.includes(encodeURIComponent(account.name))));
    const emptiedAt = performance.now();
    expect(await limiter.reserve(account, 9, 0, never)).toMatchObject({ kind: "wait", cause: "rebuilding" });
    expect(await limiter.takeSlot(account, 0, never)).toBeUndefined();
    const result = granted(await limiter.reserve(account, 9, patience, never));
    expect(performance.now() - emptiedAt).toBeGreaterThanOrEqual(times.blockMilliseconds);
    expect(result.count).toBe(6);
  });

  test("without Redis nothing is granted, and it goes on when Redis is back", async () => {
    const port = await freePort();
    let redis = await startRedis({ port, kinds: ["path", "debian"] });
    onTestFinished(() => redis[Symbol.asyncDispose]());
    const limiter = await limiterOn(redis.url);
    const account = anAccount();
    expect(await limiter.reserve(account, 1, patience, never)).toMatchObject({ kind: "reserved" });
    await redis[Symbol.asyncDispose]();
    for (const call of [
      () => limiter.reserve(account, 1, 100, never),
      () => limiter.takeSlot(account, 100, never),
      () => limiter.record(account, "ok", "p-1"),
    ])
      await expect(call()).rejects.toMatchObject({ code: "dependency", disposition: "retry" });
    redis = await startRedis({ port, kinds: ["path", "debian"] });
    const isGranted = async () => (await limiter.reserve(account, 1, patience, never)).kind === "reserved";
    await eventually("messages are granted again", isGranted, { withinSeconds: 15 });
    expect(await quotaFree(limiter, account)).toBe(1000 - 2);
  });

  test("slides: usage leaves the window with its bucket, and not before", async () => {
    const span = { bucketMilliseconds: 200, windowMilliseconds: 1000 };
    const limiter = await limiterOn(sharedRedis.url, { ...times, span });
    const account = anAccount({ quotaPer24h: 6 });
    await quotaFree(limiter, account);
    granted(await limiter.reserve(account, 6, patience, never));
    const usedAt = Date.now();
    expect(await limiter.reserve(account, 1, 0, never)).toEqual({ kind: "quota-used-up" });
    const freeAt = await limiter.quotaFreeAt(account, 2);
    expect(freeAt - usedAt).toBeGreaterThan(900);
    expect(freeAt - usedAt).toBeLessThan(1300);
    await new Promise((resolve) => setTimeout(resolve, freeAt - Date.now() - 100));
    expect(await limiter.reserve(account, 1, 0, never)).toEqual({ kind: "quota-used-up" });
    await new Promise((resolve) => setTimeout(resolve, freeAt - Date.now() + 5));
    expect(granted(await limiter.reserve(account, 6, patience, never)).count).toBe(6);
  });

  test("returned quota is free again, in Redis and in Quota, once", async () => {
    const limiter = await limiterOn();
    const account = anAccount({ quotaPer24h: 5 });
    const reserved = granted(await limiter.reserve(account, 9, patience, never));
    expect(reserved.count).toBe(5);
    await reserved.giveBack(3);
    expect(await quotaFree(limiter, account)).toBe(3);
    expect(await sumInQuota(account)).toBe(2);
    await reserved.giveBack(3);
    expect(await quotaFree(limiter, account)).toBe(3);
  });

  test("a reservation is void after its time", async () => {
    const limiter = await limiterOn();
    const reserved = granted(await limiter.reserve(anAccount(), 1, patience, never));
    expect(reserved.valid()).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, times.reservationMilliseconds));
    expect(reserved.valid()).toBe(false);
  });

  test("a counter that is behind Quota is detected and rebuilt", async () => {
    const limiter = await limiterOn();
    const account = anAccount({ quotaPer24h: 10 });
    granted(await limiter.reserve(account, 1, patience, never));
    const [bucket] = await records.bucketsSince(account.name, 0);
    await records.add(account.name, instant(bucket!.start), 9, 100);
    expect(await limiter.reserve(account, 1, patience, never)).toEqual({ kind: "quota-used-up" });
  });
});

describe("connection slots", () => {
  test("are shared by all processes, and free when given back or when their process dies", async () => {
    const account = anAccount({ maxConnections: 2 });
    const hammers = [startHammer(account, { takesSlot: true }), startHammer(account, { takesSlot: true })];
    await eventually("both slots are taken", () => hammers.every(({ lines }) => lines.includes("slot")));
    const limiter = await limiterOn();
    // Longer than a lease: a living holder renews.
    expect(await limiter.takeSlot(account, times.slotMilliseconds * 1.5, never)).toBeUndefined();
    hammers[0]!.kill("SIGKILL");
    const slot = await limiter.takeSlot(account, times.slotMilliseconds * 3, never);
    expect(slot).toBeDefined();
    expect(await limiter.takeSlot(account, 0, never)).toBeUndefined();
    await slot![Symbol.asyncDispose]();
    expect(await limiter.takeSlot(account, 0, never)).toBeDefined();
  });
});

describe("acceptance 27: pauses of an account", () => {
  const quick = {
    ...times,
    unreachablePauseMilliseconds: 40,
    throttledPauseMilliseconds: 60,
    longestPauseMilliseconds: 200,
  };

  test("grow with every failure to connect; the fifth in a row ends the run; other accounts go on", async () => {
    const limiter = await limiterOn(sharedRedis.url, quick);
    const [account, other] = [anAccount(), anAccount()];
    await limiter.reserve(account, 1, patience, never);
    await limiter.reserve(other, 1, patience, never);
    const pauses: number[] = [];
    let runError: string | undefined;
    for (let n = 1; n <= 5; n++) {
      const result = await limiter.record(account, "unreachable", `p-${n}`);
      // What fails because of the same outage counts once.
      expect((await limiter.record(account, "unreachable", `q-${n}`)).runError).toBeUndefined();
      pauses.push(Math.round((result.pausedUntil! - Date.now()) / 40));
      runError = result.runError;
      expect(await limiter.reserve(account, 1, 0, never)).toMatchObject({ kind: "wait", cause: "paused" });
      expect(await limiter.reserve(other, 1, patience, never)).toMatchObject({ kind: "reserved" });
      if (n < 5) expect(runError).toBeUndefined();
      expect(await limiter.reserve(account, 1, patience, never)).toMatchObject({ kind: "reserved" });
    }
    expect(pauses).toEqual([1, 2, 4, 5, 5]);
    expect(runError).toContain(account.name);
  });

  test("of a throttling provider begin small again after an accepted message, and end the run after two hours of them", async () => {
    const limiter = await limiterOn(sharedRedis.url, { ...quick, pausesSurvivedMilliseconds: 150 });
    const account = anAccount();
    const throttle = async () => {
      const { pausedUntil, runError } = await limiter.record(account, "throttled", "p-1");
      const pause = pausedUntil! - Date.now();
      await new Promise((resolve) => setTimeout(resolve, pause + 2));
      return { pause: Math.round(pause / 60), runError };
    };
    expect(await throttle()).toEqual({ pause: 1, runError: undefined });
    expect(await throttle()).toEqual({ pause: 2, runError: undefined });
    expect(await limiter.record(account, "ok", "p-2")).toEqual({});
    expect(await throttle()).toEqual({ pause: 1, runError: undefined });
    expect(await throttle()).toEqual({ pause: 2, runError: undefined });
    expect((await throttle()).runError).toContain("two hours");
  });

  test("come after ten different recipients refused for a while in a row, not after one recipient ten times", async () => {
    const limiter = await limiterOn(sharedRedis.url, quick);
    const account = anAccount();
    const soft = (recipient: string) => limiter.record(account, "soft-refusal", recipient);
    for (let n = 0; n < 20; n++) expect(await soft("p-1")).toEqual({});
    for (let n = 2; n <= 9; n++) expect(await soft(`p-${n}`)).toEqual({});
    await limiter.record(account, "ok", "p-10");
    for (let n = 1; n <= 9; n++) expect(await soft(`p-${n}`)).toEqual({});
    expect((await soft("p-10")).pausedUntil).toBeGreaterThan(Date.now());
  });

  test("and ends of runs: three senders refused in a row, five in doubt in a row", async () => {
    const limiter = await limiterOn(sharedRedis.url, quick);
    const account = anAccount();
    for (const notice of ["sender-refused", "sender-refused", "refused", "sender-refused", "sender-refused"] as const)
      expect(await limiter.record(account, notice, "p")).toEqual({});
    expect((await limiter.record(account, "sender-refused", "p")).runError).toMatch(/^Sender refused/);
    for (let n = 1; n <= 4; n++) expect(await limiter.record(account, "in-doubt", `p-${n}`)).toEqual({});
    expect((await limiter.record(account, "in-doubt", "p-5")).pausedUntil).toBeGreaterThan(Date.now());
  });

  test("acceptance 47: one unknown refusal given to three domains in a row, by whichever worker, pauses the account", async () => {
    const [one, other] = [await limiterOn(sharedRedis.url, quick), await limiterOn(sharedRedis.url, quick)];
    const account = anAccount();
    const refuse = (limiter: AccountLimiter, domain: string, text = "transfer rejected") =>
      limiter.record(account, "refused", `p@${domain}`, { text, domain });
    expect(await refuse(one, "a.org")).toEqual({});
    expect(await refuse(other, "b.org")).toEqual({});
    expect(await refuse(one, "b.org")).toEqual({});
    // Known to be about the person: neither counts nor breaks the row.
    expect(await one.record(account, "refused", "p-9")).toEqual({});
    const third = await refuse(other, "c.org");
    expect(third).toMatchObject({ isAboutAccount: true, pauseBegan: true, pausedUntil: expect.any(Number) });
    // Begun before the pause, or tried after it: the text is known now.
    const late = await refuse(one, "a.org");
    expect(late).toMatchObject({ isAboutAccount: true });
    expect(late.pauseBegan).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(await refuse(one, "d.org")).toMatchObject({ isAboutAccount: true, pauseBegan: true });
  });

  test("acceptance 47: an accepted message, another text or time restarts the row of refusals", async () => {
    const limiter = await limiterOn(sharedRedis.url, { ...quick, pausesSurvivedMilliseconds: 300 });
    const account = anAccount();
    const refuse = (domain: string, text = "transfer rejected") =>
      limiter.record(account, "refused", `p@${domain}`, { text, domain });
    const twice = async () => {
      expect(await refuse("a.org")).toEqual({});
      expect(await refuse("b.org")).toEqual({});
    };
    await twice();
    await limiter.record(account, "ok", "p");
    await twice();
    expect(await refuse("c.org", "another text")).toEqual({});
    await twice();
    await new Promise((resolve) => setTimeout(resolve, 320));
    await twice();
    expect(await refuse("c.org")).toMatchObject({ isAboutAccount: true });
  });

  test("acceptance 47: refused with one text through two hours of pauses, the run ends and says so", async () => {
    const limiter = await limiterOn(sharedRedis.url, { ...quick, pausesSurvivedMilliseconds: 150 });
    const account = anAccount();
    let runError: string | undefined;
    for (let n = 0; n < 8 && runError === undefined; n++) {
      const result = await limiter.record(account, "refused", `p-${n}`, { text: "no", domain: `${n}.org` });
      runError = result.runError;
      if (result.pausedUntil) await new Promise((resolve) => setTimeout(resolve, result.pausedUntil! - Date.now() + 2));
    }
    expect(runError).toMatch(/same text for two hours/);
  });

  test("after a provider's daily limit last an hour", async () => {
    const limiter = await limiterOn();
    const account = anAccount();
    await limiter.record(account, "daily-limit", "p-1");
    const until = await limiter.pausedUntil(account);
    expect(until! - Date.now()).toBeGreaterThan(59 * 60_000);
    expect(await limiter.pausedUntil(anAccount())).toBeUndefined();
  });
});
