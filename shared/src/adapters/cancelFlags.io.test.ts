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

test("a flag reaches the watchers of its run in other processes by the publish, once, and no others", async () => {
  const [ingest, worker] = [await open({ subscribed: false }), await open({ subscribed: true })];
  const called: string[] = [];
  worker.watch("run-a", () => called.push("a"));
  worker.watch("run-b", () => called.push("b"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await ingest.raise("run-a");
  await eventually("the watcher is called", () => called.length > 0, { withinSeconds: 0.8 });
  await ingest.raise("run-a");
  await new Promise((resolve) => setTimeout(resolve, 1300));
  expect(called).toEqual(["a"]);
});

test("without the publish the key is read each second, and a flag raised before the watch is found", async () => {
  const flags = await open({ subscribed: false });
  const called: string[] = [];
  await flags.raise("run-c");
  flags.watch("run-c", () => called.push("c"));
  flags.watch("run-d", () => called.push("d"));
  await eventually("the early flag is found", () => called.includes("c"));
  await flags.raise("run-d");
  await eventually("the key is read", () => called.includes("d"), { withinSeconds: 2 });
});

test("a watcher that stopped watching is not called", async () => {
  const flags = await open({ subscribed: true });
  const called: string[] = [];
  const watch = flags.watch("run-e", () => called.push("e"));
  watch[Symbol.dispose]();
  await flags.raise("run-e");
  await new Promise((resolve) => setTimeout(resolve, 1300));
  expect(called).toEqual([]);
});
