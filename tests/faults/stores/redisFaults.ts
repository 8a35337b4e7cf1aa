import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { freePort } from "../../../infra/local/freePort.ts";
import { defineArea, openNothing, type Scenario } from "../scenario.ts";
import { mailingUnderFault, type Underway } from "./mailingUnderFault.ts";
import { type OwnRedis, startOwnRedis } from "./ownRedis.ts";
import { freeze, type StoreScenarioOptions, storeScenario } from "./storeFaults.ts";

type RedisFault = (redis: OwnRedis, underway: Underway) => Promise<void>;

function scenario(name: string, fault: RedisFault, options: StoreScenarioOptions = {}): Scenario<undefined> {
  return storeScenario(name, options, async (mailing) => {
    await using redis = await startOwnRedis();
    return await mailingUnderFault((underway) => fault(redis, underway), { ...mailing, redisUrl: redis.url });
  });
}

const empty: RedisFault = (redis) => redis.ask(async (admin) => void (await admin.flushall()));

/** Killed, away for a second, and back with the data it had on disk or with none. */
const restart =
  (data: "kept" | "none", awayMilliseconds = 1000): RedisFault =>
  async (redis) => {
    await redis.kill();
    await pause(awayMilliseconds);
    await redis.start(data);
  };

/** The server takes the time and the data, but refuses every write that needs memory. */
const fill =
  (milliseconds: number): RedisFault =>
  (redis) =>
    redis.ask(async (admin) => {
      await admin.config("SET", "maxmemory", "1");
      await pause(milliseconds);
      await admin.config("SET", "maxmemory", "0");
    });

/** A replica whose primary is away: it keeps its data and its open connections, and refuses writes. */
const demote =
  (milliseconds: number): RedisFault =>
  (redis) =>
    redis.ask(async (admin) => {
      await admin.replicaof("127.0.0.1", await freePort());
      await pause(milliseconds);
      await admin.replicaof("NO", "ONE");
    });

/** The connections break and are possible again, over and over. */
const flap =
  (everyMilliseconds: number, milliseconds: number): RedisFault =>
  async ({ line }) => {
    for (const until = performance.now() + milliseconds; performance.now() < until; ) {
      line.cut();
      await pause(everyMilliseconds);
      line.mend();
      await pause(everyMilliseconds);
    }
  };

/** Every byte arrives this much later, in each direction. */
const slow =
  (milliseconds: number): RedisFault =>
  async ({ line }, { accepted }) => {
    line.delay(milliseconds);
    const from = accepted();
    // Until some mails went out in spite of it.
    for (let tries = 0; accepted() < from + 10 && tries < 100; tries += 1) await pause(100);
    line.delay(0);
  };

/** A new server with everything the old one held some seconds before. */
const restoreOlder =
  (ageMilliseconds: number): RedisFault =>
  async (redis) => {
    const copy = await redis.ask(copyOf);
    await pause(ageMilliseconds);
    await redis.kill();
    await redis.start("none");
    redis.line.cut();
    await redis.ask(async (admin) => {
      for (const { key, value, expiresAt } of copy)
        if (expiresAt < 0 || expiresAt > Date.now())
          await admin.restore(key, Math.max(0, expiresAt), value, "REPLACE", "ABSTTL");
    });
    redis.line.mend();
  };

async function copyOf(redis: Redis) {
  const copy: { readonly key: Buffer; readonly value: Buffer; readonly expiresAt: number }[] = [];
  for (const key of await redis.keysBuffer("*")) {
    const [value, left] = await Promise.all([redis.dumpBuffer(key), redis.pttl(key)]);
    if (value) copy.push({ key, value, expiresAt: left < 0 ? -1 : Date.now() + left });
  }
  return copy;
}

const scenarios: Scenario<undefined>[] = [
  scenario("emptied/begin", empty, { after: 0 }),
  scenario("emptied/middle", empty, { isFast: true }),
  scenario("emptied/end", empty, { after: 36 }),
  scenario("emptied/thrice", async (redis, underway) => {
    for (let times = 0; times < 3; times += 1) {
      await empty(redis, underway);
      await pause(700);
    }
  }),
  scenario("restarted/empty", restart("none")),
  scenario("restarted/empty/begin", restart("none"), { after: 0 }),
  scenario("restarted/kept", restart("kept")),
  scenario("restarted/older-copy", restoreOlder(1500), { people: 60 }),
  scenario("restarted/older-copy/5s", restoreOlder(5000), { people: 60, account: { ratePerSecond: 8 } }),
  scenario("frozen/2s", freeze(2000)),
  scenario("frozen/7s", freeze(7000)),
  scenario("frozen/20s", freeze(20_000)),
  scenario("full/5s", fill(5000), { isFast: true }),
  scenario("full/begin", fill(5000), { after: 0 }),
  scenario("demoted/4s", demote(4000)),
  scenario("flapping", flap(300, 5000)),
  scenario("slow/200ms", slow(100), { people: 60 }),
  scenario("away/60s", restart("kept", 60_000)),
  scenario("away/60s/empty", restart("none", 60_000)),
];

/** Redis loses its data, its memory, its role or its connections in the middle of a Send. */
export const redisFaults = defineArea<undefined>({
  name: "redis",
  title: "Redis: emptied, restarted, frozen, full, demoted, slow",
  concurrency: 2,
  open: openNothing,
  scenarios,
});
