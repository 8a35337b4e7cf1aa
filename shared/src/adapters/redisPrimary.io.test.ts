import { setTimeout as pause } from "node:timers/promises";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { eventually } from "../../testing/eventually.ts";
import { silentLog } from "../../testing/pipeline.ts";
import { type RedisPair, startRedisPair } from "../../testing/redisPair.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { isTransient } from "../kit/transientErrors.ts";
import { hintWorker } from "../run/hintWorker.ts";
import { cancelFlags } from "./cancelFlags.ts";
import { openBlockingRedis, openRedis } from "./redis.ts";
import { askPrimary } from "./redisPrimary.ts";

let pair: RedisPair;
beforeAll(async () => {
  pair = await startRedisPair();
});
afterAll(() => pair[Symbol.asyncDispose]());

/** Back to the first node as primary, at the address. */
async function restore(): Promise<void> {
  const { first, second } = pair;
  pair.moveTo(first);
  await pair.switchRoles(first);
  await pair.inSync(first, second);
}

test("commands of a connection that stayed on the demoted primary reach the new one, and none of them fails", async () => {
  const config = { REDIS_URL: pair.url };
  await using redis = await openRedis(config, silentLog);
  await redis.eval("return redis.call('SET', KEYS[1], 'before')", 1, "written");
  await pair.inSync(pair.first, pair.second);
  pair.moveTo(pair.second);
  await pair.switchRoles(pair.second);
  const scripts = Array.from({ length: 50 }, (_, n) =>
    redis.eval("return redis.call('RPUSH', KEYS[1], ARGV[1])", 1, "pushed", n),
  );
  await Promise.all(scripts);
  expect(await pair.second.admin.llen("pushed")).toBe(50);
  expect(await redis.get("written")).toBe("before");
  await restore();
});

test("a plain write is rejected with its READONLY, and the next one goes to the new primary", async () => {
  await using redis = await openRedis({ REDIS_URL: pair.url }, silentLog);
  pair.moveTo(pair.second);
  await pair.switchRoles(pair.second);
  await expect(redis.set("plain", "1")).rejects.toThrow("READONLY");
  expect(await redis.set("plain", "2")).toBe("OK");
  expect(await pair.second.admin.get("plain")).toBe("2");
  await restore();
});

test("a stop that is raised on the demoted primary is raised on the new one", async () => {
  await using redis = await openRedis({ REDIS_URL: pair.url }, silentLog);
  await using flags = cancelFlags(redis, { log: silentLog });
  pair.moveTo(pair.second);
  await pair.switchRoles(pair.second);
  await flags.raise("run-1");
  expect(await pair.second.admin.get("cancel:run-1")).toBe("1");
  await restore();
});

test("a subscription that never writes hears what is published at the new primary", async () => {
  await using subscriber = openBlockingRedis({ REDIS_URL: pair.url }, silentLog);
  const heard: string[] = [];
  subscriber.on("message", (_, text) => heard.push(text));
  await subscriber.subscribe("news");
  pair.moveTo(pair.second);
  await pair.switchRoles(pair.second);
  // A replica passes on what its primary publishes, as long as it reaches it.
  await pair.first.admin.replicaof("127.0.0.1", 9);
  await eventually("it hears", async () => {
    await pair.second.admin.publish("news", "moved");
    return heard.includes("moved");
  });
  await restore();
});

test("an idle connection on a demoted primary is not ready, and is again once the address has moved", async () => {
  await using redis = await openRedis({ REDIS_URL: pair.url }, silentLog);
  await askPrimary(redis);
  await pair.switchRoles(pair.second);
  await expect(askPrimary(redis)).rejects.toThrow("read-only replica");
  await pause(1500);
  await expect(askPrimary(redis)).rejects.toThrow();
  pair.moveTo(pair.second);
  await eventually("it is ready", () =>
    askPrimary(redis).then(
      () => true,
      () => false,
    ),
  );
  await restore();
});

test("opened on a replica, it waits for a primary and says so once", async () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: object, text: string) => void warnings.push(text) };
  pair.moveTo(pair.second);
  let opened = false;
  const opening = openRedis({ REDIS_URL: pair.url }, log).then((redis) => {
    opened = true;
    return redis;
  });
  await pause(2500);
  expect(opened).toBe(false);
  expect(warnings).toEqual(["Redis is a read-only replica here; reconnecting until it is the primary"]);
  await pair.switchRoles(pair.second);
  await using redis = await opening;
  await askPrimary(redis);
  await restore();
});

test("jobs of a worker that stayed on the demoted primary go on within seconds, twice in a row and with a frozen one", async () => {
  const config = { REDIS_URL: pair.url };
  await using redis = await openRedis(config, silentLog);
  await using blocking = openBlockingRedis(config, silentLog);
  await using queue = Object.assign(new Queue("moving", { connection: redis, skipVersionCheck: true }), {
    async [Symbol.asyncDispose]() {
      await queue.close();
    },
  });
  queue.on("error", () => {});
  const done: string[] = [];
  await using _worker = hintWorker({
    ...{ queue: "moving", step: "Count", redis: blocking, concurrency: 5, clock, log: silentLog },
    schema: z.object({ workOrderId: z.string(), runId: z.string() }),
    work: async ({ runId }) => void done.push(runId),
  });
  const works = (name: string) =>
    eventually(
      `job ${name} is done`,
      async () => {
        const hint = { workOrderId: "wo-1", runId: name };
        await queue.add(name, hint, { jobId: name, removeOnComplete: true }).catch(() => undefined);
        return done.includes(name);
      },
      { everyMilliseconds: 200, withinSeconds: 20 },
    );
  await works("before");
  for (const [name, node] of [
    ["one", pair.second],
    ["two", pair.first],
    ["three", pair.second],
  ] as const) {
    pair.moveTo(node);
    await pair.switchRoles(node);
    await works(name);
  }
  // The primary freezes: nothing is closed, and the replica is promoted without it.
  process.kill(pair.second.pid, "SIGSTOP");
  await pair.first.admin.replicaof("NO", "ONE");
  pair.moveTo(pair.first);
  await works("frozen");
  process.kill(pair.second.pid, "SIGCONT");
  await restore();
}, 90_000);

describe("what a real Redis says while it cannot serve passes", () => {
  const thrownBy = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );
  const passes = async (work: Promise<unknown>, text: string) => {
    const error = await thrownBy(work);
    expect(error).toMatchObject({ message: expect.stringContaining(text) });
    expect(isTransient(error)).toBe(true);
  };

  test("READONLY and MASTERDOWN of a replica, in a script too", async () => {
    const { admin } = pair.second;
    await passes(admin.set("any", "1"), "READONLY");
    await passes(admin.eval("return redis.call('SET', KEYS[1], '1')", 1, "any"), "READONLY");
    await admin.config("SET", "replica-serve-stale-data", "no");
    await admin.replicaof("127.0.0.1", 9);
    await passes(admin.get("any"), "MASTERDOWN");
    await admin.config("SET", "replica-serve-stale-data", "yes");
    await admin.replicaof("127.0.0.1", pair.first.port);
    await pair.inSync(pair.first, pair.second);
  });

  test("NOREPLICAS of a primary, and BUSY while a script runs for long", async () => {
    const { admin, port } = pair.first;
    await admin.config("SET", "min-replicas-to-write", "2");
    await passes(admin.set("any", "1"), "NOREPLICAS");
    await admin.config("SET", "min-replicas-to-write", "0", "busy-reply-threshold", "50");
    const endless = new Redis(port, "127.0.0.1");
    const ended = thrownBy(endless.eval("while true do end", 0));
    await pause(500);
    await passes(admin.get("any"), "BUSY");
    await admin.script("KILL");
    await ended;
    endless.disconnect();
  });

  test("silence, and no connection", async () => {
    await using redis = await openRedis({ REDIS_URL: pair.url }, silentLog);
    process.kill(pair.first.pid, "SIGSTOP");
    await passes(redis.ping(), "Command timed out").finally(() => process.kill(pair.first.pid, "SIGCONT"));
    const nowhere = openBlockingRedis({ REDIS_URL: "redis://127.0.0.1:9" }, silentLog).duplicate({
      maxRetriesPerRequest: 1,
    });
    nowhere.on("error", () => {});
    await passes(nowhere.ping(), "max retries per request");
    nowhere.disconnect();
    redis.disconnect();
    await eventually("it is closed", () => redis.status === "end");
    await passes(redis.ping(), "Connection is closed");
  });

  test("a wrong command does not", async () => {
    expect(isTransient(await thrownBy(pair.first.admin.call("NOSUCH")))).toBe(false);
  });
});
