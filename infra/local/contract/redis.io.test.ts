import { isPrimary } from "@email-agent/shared/adapters/redisPrimary.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalRedis, type RedisKind, startRedis } from "../redis.ts";
import { redisKindsHere } from "./redisKindsHere.ts";

/** What the product relies on in Redis, on every kind of Redis the local stack may end up with. */
describe.each(await redisKindsHere())("%s", (kind: RedisKind) => {
  let server: LocalRedis;
  let redis: Redis;
  beforeAll(async () => {
    server = await startRedis({ kinds: [kind] });
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  it("never evicts", async () => {
    expect(await redis.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
  });

  it("tells a run id that stays for the life of the server", async () => {
    const runId = async () => /run_id:(\w{40})/.exec(await redis.info("server"))?.[1];
    const first = await runId();
    expect(first).toBeDefined();
    expect(await runId()).toBe(first);
  });

  it("is a primary", async () => {
    expect(isPrimary(await redis.info("replication"))).toBe(true);
    expect(isPrimary(await redis.info())).toBe(true);
  });

  it("runs a script as one step, by its hash too", async () => {
    const script =
      "local used = redis.call('INCRBY', KEYS[1], ARGV[1]) if used > 10 then redis.call('DECRBY', KEYS[1], ARGV[1]) return 0 end return 1";
    const results = await Promise.all(Array.from({ length: 20 }, () => redis.eval(script, 1, "script:used", 1)));
    expect(results.filter((result) => result === 1)).toHaveLength(10);
    const hash = (await redis.script("LOAD", script)) as string;
    expect(await redis.evalsha(hash, 1, "script:used", 1)).toBe(0);
    await expect(redis.evalsha("0".repeat(40), 0)).rejects.toThrow(/NOSCRIPT/);
  });

  it("gives its own time to scripts, and expires keys", async () => {
    const seconds = Number(await redis.eval("return redis.call('TIME')[1]", 0));
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(5);
    await redis.set("short", "1", "PX", 50);
    await eventually("the key has expired", async () => (await redis.get("short")) === null);
  });

  it("keeps sorted sets by time, cuts them and sums hashes in a script", async () => {
    await redis.zadd("window", 1, "a", 2, "b", 3, "c");
    expect(await redis.zremrangebyscore("window", 0, 1)).toBe(1);
    expect(await redis.zcard("window")).toBe(2);
    await redis.hset("buckets", { one: 3, two: 4 });
    const sum = "local sum = 0 for _, v in ipairs(redis.call('HVALS', KEYS[1])) do sum = sum + v end return sum";
    expect(await redis.eval(sum, 1, "buckets")).toBe(7);
  });

  it("tells subscribers at once, from a script too", async () => {
    const subscriber = new Redis(server.url);
    await subscriber.subscribe("cancel:run-1");
    const told = new Promise((resolve) => subscriber.once("message", (_, message) => resolve(message)));
    await redis.publish("cancel:run-1", "stop");
    expect(await told).toBe("stop");
    const toldAgain = new Promise((resolve) => subscriber.once("message", (_, message) => resolve(message)));
    await redis.eval("return redis.call('PUBLISH', ARGV[1], ARGV[2])", 0, "cancel:run-1", "stop again");
    expect(await toldAgain).toBe("stop again");
    subscriber.disconnect();
  });

  it("carries BullMQ: one run per job id while it is kept, removal, hand-back", async () => {
    const connection = { url: server.url, maxRetriesPerRequest: null };
    const prefix = `test-${kind}`;
    const queue = new Queue("count", { connection, prefix });
    const options = { removeOnComplete: true, removeOnFail: true };
    await queue.add("job", { n: 1 }, { ...options, jobId: "run-t1" });
    await queue.add("job", { n: 2 }, { ...options, jobId: "run-t1" });
    await queue.add("job", { n: 3 }, { ...options, jobId: "run-t2" });
    await queue.add("job", { n: 4 }, { ...options, jobId: "run-t3" });
    expect(await queue.remove("run-t2")).toBe(1);
    const done: number[] = [];
    const worker = new Worker<{ n: number }>("count", async (job) => done.push(job.data.n), { connection, prefix });
    await eventually("both jobs ran", () => done.length === 2);
    expect(done.toSorted()).toEqual([1, 4]);
    await eventually("nothing is kept", async () => (await queue.getJobCountByTypes()) === 0);
    await worker.close();
    await queue.close();
  });
});
