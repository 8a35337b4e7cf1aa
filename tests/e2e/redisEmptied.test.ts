import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { expectReconciled, startStory } from "./story.ts";

test("acceptance 6: Redis emptied in the middle of Send costs time, never mail", { timeout: 240_000 }, async () => {
  await using story = await startStory(300);
  const { operator, stack } = story;
  const { id } = await story.order("SUMMER26", "reg");
  // The same slow account, so that there is a middle.
  await stack.orders.write(id, { set: [[["account"], "retreat-office"]], remove: [], when: [] });
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  const runId = await operator.command(id, "Send", "start");
  await story.untilSent(id, 30);

  const redis = new Redis(stack.redisUrl);
  await redis.flushall();
  redis.disconnect();
  const ended = await operator.until(id, (order) => order.steps.Send.status !== "working", 180);

  expect(ended.steps.Send, story.trouble.join("\n")).toMatchObject({
    status: "complete",
    runId,
    counters: { inDoubt: 0, failed: 0 },
  });
  expectReconciled(stack, ended);
});
