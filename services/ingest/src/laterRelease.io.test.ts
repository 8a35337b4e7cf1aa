import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { resetBy, resetWrite } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { readySteps, type WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { statusEventSchema } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { acceptCommand } from "./acceptCommand.ts";
import { runReaper } from "./reapRuns.ts";
import { settleRuns } from "./settleRuns.ts";

let pipeline: Pipeline;
let redis: Awaited<ReturnType<Pipeline["openRedis"]>>;
let queues: ReturnType<typeof stepQueues>;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  pipeline = stack.use(await startPipeline());
  redis = await pipeline.openRedis();
  queues = stack.use(stepQueues(redis, pipeline));
});
afterAll(() => stack.disposeAsync());

const longAgo = "2020-01-01T00:00:00.000Z";
/** A step this release does not know, with fields of its own. */
const sms = { status: "working", runId: "r-sms", gateway: { name: "north", retries: 3 } };

let codes = 0;
/** An item as a later release writes it. */
async function laterOrder(fields: object = {}, steps: object = {}): Promise<string> {
  codes += 1;
  const order = anOrder({ eventCode: `L${codes}` });
  const item = { ...order, steps: { ...readySteps(), SMS: sms, ...steps }, shade: { of: "later" }, ...fields };
  await pipeline.aws.dynamo.send(new PutCommand({ TableName: pipeline.config.WORK_ORDERS_TABLE, Item: item }));
  return order.id;
}

async function stored(id: string): Promise<Record<string, unknown>> {
  const { WORK_ORDERS_TABLE: TableName } = pipeline.config;
  const { Item = {} } = await pipeline.aws.dynamo.send(
    new GetCommand({ TableName, Key: { id }, ConsistentRead: true }),
  );
  return Item;
}

async function take(workOrderId: string, step: string, action: string) {
  const { orders, audit, log } = pipeline;
  const flags = cancelFlags(redis, { log });
  const command = { v: 1 as const, commandId: ulid(), workOrderId, step, action, requestedBy: "anna" };
  const judgement = await acceptCommand(
    { orders, audit, queues, flags, clock: systemClock, log },
    { ...command, requestedAt: instant(Date.now()) },
  );
  await flags[Symbol.asyncDispose]();
  return judgement;
}

const jobsWaiting = async () => (await redis.keys("bull:*:wait")).length;

test("acceptance 94: an order with a step of a later release is read, listed and written, and keeps that step", async () => {
  const id = await laterOrder({}, { SMS: { ...sms, status: "complete" } });
  const listed: string[] = [];
  for await (const order of pipeline.orders.list()) listed.push(order.id);
  expect(listed).toContain(id);
  expect(await take(id, "Count", "start")).toMatchObject({ outcome: "accepted" });
  const item = await stored(id);
  expect(item).toMatchObject({ shade: { of: "later" }, steps: { SMS: { ...sms, status: "complete" } } });
  expect(item).toMatchObject({ steps: { Count: { status: "working" } } });
  const { command: _, ...order } = (await pipeline.orders.get(id)) as WorkOrder;
  const event = { v: 1, type: "work-order.snapshot", workOrderId: id, eventCode: "L1", version: 2, at: longAgo, order };
  expect(statusEventSchema.parse(event)).toMatchObject({ order: { steps: { SMS: { gateway: { name: "north" } } } } });
});

test("acceptance 94: commands for a step or with an action of a later release are rejected with the reason", async () => {
  const id = await laterOrder();
  const [before, jobs] = [await stored(id), await jobsWaiting()];
  const sentence = /unknown, cannot be started here/;
  expect(await take(id, "SMS", "start")).toMatchObject({
    outcome: "rejected",
    reason: expect.stringMatching(sentence),
  });
  expect(await take(id, "Send", "pause")).toMatchObject({
    outcome: "rejected",
    reason: expect.stringMatching(/"pause"/),
  });
  // While the later step works no other one starts.
  expect(await take(id, "Count", "start")).toMatchObject({
    outcome: "rejected",
    reason: expect.stringMatching(/^SMS/),
  });
  expect((await stored(id))["steps"]).toEqual(before["steps"]);
  expect(await jobsWaiting()).toBe(jobs);
});

test("acceptance 94: a status of a later release is kept, and its step can be neither started nor stopped here", async () => {
  const paused = { status: "paused-by-night", runId: "r-1", until: "06:00" };
  const id = await laterOrder({ runState: "paused", runCheckAt: longAgo }, { Send: paused, SMS: { status: "ready" } });
  expect(await take(id, "Send", "start")).toMatchObject({
    outcome: "rejected",
    reason: expect.stringMatching(/unknown/),
  });
  expect(await take(id, "Send", "stop")).toMatchObject({
    outcome: "ignored",
    reason: expect.stringMatching(/unknown/),
  });
  expect(await take(id, "Count", "start")).toMatchObject({ outcome: "rejected" });
  expect(await stored(id)).toMatchObject({ steps: { Send: paused }, runState: "paused" });
});

test("acceptance 94: runs of a later release are neither reaped nor settled here", async () => {
  const runLease = { runId: "r-sms", step: "SMS", token: 4, shard: 7 };
  const reaped = await laterOrder({ runState: "working", runCheckAt: longAgo, runLease, fence: 4 });
  const left = { step: "SMS", status: "paused-by-night", endedAt: longAgo, partitions: ["sms#1"] };
  const settled = await laterOrder(
    { runState: "settling", runCheckAt: longAgo, unsettled: { "r-sms": left } },
    { SMS: { ...sms, status: "interrupted" } },
  );
  const [before, jobs] = [[await stored(reaped), await stored(settled)], await jobsWaiting()];
  const { orders, log, metrics } = pipeline;
  const flags = { raise: async () => {} };
  const limits = { ...runLimits, takeOverMilliseconds: 50, pickUpMilliseconds: 10 };
  const ports = { orders, queues, flags, clock: systemClock, log, metrics };
  const [reap, settle] = [runReaper(ports, limits), settleRuns(ports, { lostMilliseconds: 50 })];
  for (let round = 0; round < 4; round += 1) {
    await reap();
    await settle(AbortSignal.timeout(5000));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  expect([await stored(reaped), await stored(settled)]).toEqual(before);
  expect(await jobsWaiting()).toBe(jobs);
});

test("acceptance 94: an edit that resets a step resets those of a later release, whose dependencies are not known here", async () => {
  const id = await laterOrder({}, { Count: { status: "complete" }, SMS: { ...sms, status: "complete" } });
  const order = (await pipeline.orders.get(id)) as WorkOrder;
  const reset = resetBy(order, { languages: ["EN", "SP"] });
  expect(reset).toMatchObject({ steps: ["Count", "SMS"], needsConfirmation: false });
  expect(await pipeline.orders.write(id, resetWrite(order, reset))).toBeDefined();
  expect(await stored(id)).toMatchObject({ steps: { SMS: { status: "ready", gateway: sms.gateway } } });
});

test("acceptance 94: the queue passes on a command of a later release", async () => {
  const command = { v: 1 as const, commandId: ulid(), workOrderId: anOrder().id, step: "SMS", action: "pause" };
  const queue = commandQueue(pipeline.aws, pipeline.config);
  const whole = { ...command, requestedBy: "anna", requestedAt: longAgo };
  expect(await queue.send([{ command: whole, deduplicationId: command.commandId }])).toEqual([]);
});
