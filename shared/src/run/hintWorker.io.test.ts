import { Queue } from "bullmq";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type LocalRedis, startRedis } from "../../../infra/local/redis.ts";
import { silentLog } from "../../testing/pipeline.ts";
import { openBlockingRedis, openRedis } from "../adapters/redis.ts";
import { systemClock } from "../kit/clock.ts";
import { hintWorker } from "./hintWorker.ts";

let server: LocalRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.[Symbol.asyncDispose]());

const schema = z.object({ workOrderId: z.string(), runId: z.string() });

test("a graceful shutdown waits for a job that was being fetched when it began", { timeout: 30_000 }, async () => {
  const config = { REDIS_URL: server.url };
  await using other = await openRedis(config, silentLog);
  await using redis = openBlockingRedis(config, silentLog);
  const queue = new Queue("hints", { connection: other, skipVersionCheck: true });
  for (const runId of ["first", "second"]) await queue.add(runId, { workOrderId: "wo-1", runId });

  const begun = Promise.withResolvers<void>();
  const firstMayEnd = Promise.withResolvers<void>();
  const ended: string[] = [];
  const worker = hintWorker({
    ...{ queue: "hints", schema, step: "Send", concurrency: 1, redis, clock: systemClock, log: silentLog },
    async work({ runId }) {
      begun.resolve();
      // Longer than a worker may take to close.
      if (runId === "second") await systemClock.sleep(3000);
      else await firstMayEnd.promise;
      ended.push(runId);
    },
  });
  await begun.promise;
  // Redis holds the call that ends the first job and fetches the second.
  await other.call("CLIENT", "PAUSE", "500", "ALL");
  firstMayEnd.resolve();
  await systemClock.sleep(100);
  await worker[Symbol.asyncDispose]();
  expect(ended).toEqual(["first", "second"]);
  await queue.close();
});
