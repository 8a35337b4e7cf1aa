import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis } from "../../../infra/local/redis.ts";
import { eventually } from "../../testing/eventually.ts";
import { silentLog as log } from "../../testing/pipeline.ts";
import { cancelFlags } from "./cancelFlags.ts";
import { openBlockingRedis, openRedis } from "./redis.ts";

const stack = new AsyncDisposableStack();
let config: { REDIS_URL: string };
beforeAll(async () => {
  config = { REDIS_URL: stack.use(await startRedis()).url };
});
afterAll(() => stack.disposeAsync());

async function open(options: { subscribed: boolean }) {
  const redis = stack.use(await openRedis(config, log));
  const subscriber = options.subscribed ? stack.use(openBlockingRedis(config, log)) : undefined;
  return stack.use(cancelFlags(redis, { log }, subscriber));
}

test("a flag reaches the watchers of its run in other processes by the publish, once, and nobody else", async () => {
  const [ingest, worker] = [await open({ subscribed: false }), await open({ subscribed: true })];
  const told: string[] = [];
  worker.watch("run-a", () => told.push("a"));
  worker.watch("run-b", () => told.push("b"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await ingest.raise("run-a");
  await eventually("the watcher is told", () => told.length > 0, { withinSeconds: 0.8 });
  await ingest.raise("run-a");
  await new Promise((resolve) => setTimeout(resolve, 1300));
  expect(told).toEqual(["a"]);
});

test("without the publish the key is read each second, and a flag raised before the watch is found", async () => {
  const flags = await open({ subscribed: false });
  const told: string[] = [];
  await flags.raise("run-c");
  flags.watch("run-c", () => told.push("c"));
  flags.watch("run-d", () => told.push("d"));
  await eventually("the early flag is found", () => told.includes("c"));
  await flags.raise("run-d");
  await eventually("the key is read", () => told.includes("d"), { withinSeconds: 2 });
});

test("who has stopped watching is told nothing", async () => {
  const flags = await open({ subscribed: true });
  const told: string[] = [];
  const watch = flags.watch("run-e", () => told.push("e"));
  watch[Symbol.dispose]();
  await flags.raise("run-e");
  await new Promise((resolve) => setTimeout(resolve, 1300));
  expect(told).toEqual([]);
});
