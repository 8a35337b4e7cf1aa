import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { openBlockingRedis, openRedis } from "@email-agent/shared/adapters/redis.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startRedis } from "../../../../infra/local/redis.ts";
import { silent as log } from "../../testing/sendFixture.ts";
import { runSignal } from "./runSignal.ts";

const stack = new AsyncDisposableStack();
let config: { REDIS_URL: string };
beforeAll(async () => {
  config = { REDIS_URL: stack.use(await startRedis()).url };
});
afterAll(() => stack.disposeAsync());

/** Far longer than a test may take: what resolves earlier was woken. */
const forever = 3_600_000;
const never = new AbortController().signal;

async function openProcess() {
  const redis = stack.use(await openRedis(config, log));
  const subscriber = stack.use(openBlockingRedis(config, log));
  const flags = stack.use(cancelFlags(redis, { log }, subscriber));
  return { redis, flags, runSignal: stack.use(runSignal(redis, subscriber, { clock, log })) };
}

test("a chunk that left its worker wakes its coordinator, in the same process and in another, and stops no run", async () => {
  const [here, elsewhere] = [await openProcess(), await openProcess()];
  using listener = here.runSignal.listen("run-a");
  using stranger = here.runSignal.listen("run-b");
  let stopped = false;
  using _watch = here.flags.watch("run-a", () => {
    stopped = true;
  });
  let strangerWoke = false;
  void stranger.wait(forever, never).then(() => {
    strangerWoke = true;
  });

  const woken = listener.wait(forever, never);
  here.runSignal.notify("run-a");
  await woken;
  const wokenFromAfar = listener.wait(forever, never);
  // The subscription may still be under way: nothing is kept for those who came later.
  const ringing = setInterval(() => elsewhere.runSignal.notify("run-a"), 20);
  await wokenFromAfar.finally(() => clearInterval(ringing));
  expect({ stopped, strangerWoke }).toEqual({ stopped: false, strangerWoke: false });
});

test("a run that ends recalls its workers, in the same process and in another, and no others", async () => {
  const [here, elsewhere] = [await openProcess(), await openProcess()];
  const recalled: string[] = [];
  using _near = here.runSignal.onRecall("run-d", () => recalled.push("near"));
  using _far = elsewhere.runSignal.onRecall("run-d", () => recalled.push("far"));
  using _other = elsewhere.runSignal.onRecall("run-e", () => recalled.push("other"));
  here.runSignal.recall("run-d");
  expect(recalled).toEqual(["near"]);
  await eventually("the worker elsewhere is recalled", () => {
    here.runSignal.recall("run-d");
    return recalled.includes("far");
  });
  expect(recalled).not.toContain("other");
  // A chunk that waited for a free worker is picked up behind the recall.
  using _late = elsewhere.runSignal.onRecall("run-d", () => recalled.push("late"));
  expect(recalled).toContain("late");
});

test("a notification while the coordinator looks is not lost, and without one the wait ends by itself or with the run", async () => {
  const { runSignal: signal } = await openProcess();
  using listener = signal.listen("run-c");
  signal.notify("run-c");
  await listener.wait(forever, never);
  await listener.wait(5, never);
  await expect(listener.wait(forever, AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
});
