import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import type { StepCommand } from "@email-agent/shared/messages/stepCommand.ts";
import { type FakeClock, fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { orderReadyFor } from "@email-agent/shared/testing/operator.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { auditLine, waitingJobs } from "@email-agent/shared/testing/queueViews.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { acceptCommand } from "./acceptCommand.ts";
import { runReaper } from "./reapRuns.ts";

const hour = 3_600_000;
let pipeline: Pipeline;
let redis: Awaited<ReturnType<Pipeline["openRedis"]>>;
let queues: ReturnType<typeof stepQueues>;
let flags: ReturnType<typeof cancelFlags>;
let clock: FakeClock;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  pipeline = stack.use(await startPipeline());
  redis = await pipeline.openRedis();
  queues = stack.use(stepQueues(redis, pipeline));
  flags = stack.use(cancelFlags(redis, pipeline));
});
afterAll(() => stack.disposeAsync());
beforeEach(() => {
  clock = fakeClock("2026-03-28T20:00:00.000Z");
});

const hash = "a".repeat(64);
const published = (order: WorkOrder, of: string) =>
  pipeline.orders.write(order.id, {
    set: [[["prepared"], { EN: { s3Key: "k", hash: of, bytes: 1, preparedAt: instant(clock.now()) } }]],
    remove: [],
    when: [],
  });

/** What the stream router puts on the queue for a click. */
function asked(order: WorkOrder, action: string, startAt?: string): StepCommand {
  const requestedAt = instant(clock.now());
  const command = { v: 1 as const, commandId: ulid(), workOrderId: order.id, step: "Send", action, requestedAt };
  return { ...command, requestedBy: "anna", confirmedRecipients: 1471, ...(startAt !== undefined && { startAt }) };
}
/** Another process of ingest each time: a store of its own. */
function ports() {
  const orders = workOrderStore(pipeline.aws, pipeline.config, { ...pipeline, clock });
  return { ...pipeline, orders, queues, flags, clock };
}
const accept = (command: StepCommand) => acceptCommand(ports(), command);
const reap = () => runReaper(ports(), runLimits)();
const read = async ({ id }: WorkOrder) => (await pipeline.orders.get(id)) as WorkOrder;

async function scheduledIn(milliseconds: number, fields: Parameters<typeof orderReadyFor>[2] = {}) {
  const order = await orderReadyFor(pipeline, "Send", fields);
  await published(order, hash);
  const command = asked(order, "schedule", instant(clock.now() + milliseconds));
  expect(await accept(command)).toMatchObject({ outcome: "accepted", runId: command.commandId });
  return { order, command };
}

async function auditOf({ id }: WorkOrder) {
  const { AUDIT_TABLE: TableName } = pipeline.config;
  const { Items = [] } = await pipeline.aws.dynamo.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "workOrderId = :id",
      ExpressionAttributeValues: { ":id": id },
    }),
  );
  return Items;
}

test("acceptance 140: a scheduled Send starts by itself at its time, once, however many ingests look, and is audited", async () => {
  const { order, command } = await scheduledIn(6 * hour);
  await accept(command);
  await clock.advance(6 * hour - 1);
  await reap();
  expect((await read(order)).steps.Send).toMatchObject({ status: "sleeping", nextRunId: command.commandId });
  await clock.advance(1);
  await Promise.all([reap(), reap(), reap()]);
  const started = await read(order);
  expect(started.steps.Send).toMatchObject({ status: "working", runId: command.commandId, confirmedRecipients: 1471 });
  expect(await waitingJobs(redis, order.id, "Send")).toEqual([`${command.commandId}-t1`]);
  const lines = await auditOf(order);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ what: "command", data: { action: "schedule", startAt: instant(clock.now()) } });
  expect(lines[1]).toMatchObject({ what: "scheduled start", data: { runId: command.commandId } });
  expect(await accept(command)).toBeUndefined();
});

test("acceptance 140: a process that dies between the write of a start and its job delays it, and loses nothing", async () => {
  const { order, command } = await scheduledIn(hour);
  await clock.advance(hour);
  const dying = { ...ports(), queues: { addStep: () => Promise.reject(new Error("killed")) } };
  await runReaper(dying, runLimits)();
  expect((await read(order)).steps.Send.status).toBe("working");
  expect(await waitingJobs(redis, order.id, "Send")).toEqual([]);
  const again = runReaper(ports(), { ...runLimits, pickUpMilliseconds: 10_000 });
  await again();
  await clock.advance(11_000);
  await again();
  expect(await waitingJobs(redis, order.id, "Send")).toEqual([`${command.commandId}-t1`]);
});

test("acceptance 140: a start is moved and stopped, and a stop that comes with the wake-up wins or loses whole", async () => {
  const { order } = await scheduledIn(hour);
  await accept(asked(order, "schedule", instant(clock.now() + 2 * hour)));
  await clock.advance(hour);
  await reap();
  expect((await read(order)).steps.Send.status).toBe("sleeping");
  await clock.advance(hour);
  const stop = asked(order, "stop");
  await Promise.all([reap(), accept(stop), reap()]);
  const after = await read(order);
  expect(after.steps.Send.status).toBe("interrupted");
  for (const field of ["runState", "runCheckAt", "runLease"]) expect(after).not.toHaveProperty(field);
  const runId = after.steps.Send.runId;
  expect(await auditLine(pipeline, order.id, `E#${runId}#Send`)).toMatchObject({ data: { status: "interrupted" } });
  await clock.advance(hour);
  await reap();
  expect((await read(order)).steps.Send.status).toBe("interrupted");
});

test("acceptance 141: content published anew after it was scheduled does not start; the audit says why", async () => {
  const { order, command } = await scheduledIn(hour);
  await clock.advance(hour / 2);
  await published(order, "b".repeat(64));
  await clock.advance(hour / 2);
  await reap();
  const { steps } = await read(order);
  expect(steps.Send).toMatchObject({ status: "error", message: expect.stringContaining("was prepared again") });
  expect(await waitingJobs(redis, order.id, "Send")).toEqual([]);
  const line = await auditLine(pipeline, order.id, `E#${command.commandId}#Send`);
  expect(line).toMatchObject({ data: { status: "error", reason: steps.Send.message } });
  expect(line).not.toHaveProperty("data.counters");
});

test("acceptance 142: ingest that was down until an hour after the start does not send, and asks", async () => {
  const { order } = await scheduledIn(hour);
  await clock.advance(2 * hour + 1000);
  await Promise.all([reap(), reap()]);
  const { steps } = await read(order);
  expect(steps.Send).toMatchObject({ status: "error", message: expect.stringContaining("the system was down until") });
  expect(await waitingJobs(redis, order.id, "Send")).toEqual([]);
  const again = asked(order, "start");
  expect(await accept(again)).toMatchObject({ outcome: "accepted" });
});

test("a form that is open at the start delays it until it is closed", async () => {
  const { order, command } = await scheduledIn(hour);
  await clock.advance(hour - 60_000);
  const editLease = { userId: "boris", token: "t", expiresAt: instant(clock.now() + 600_000) };
  await pipeline.orders.write(order.id, { set: [[["editLease"], editLease]], remove: [], when: [] });
  await clock.advance(60_000);
  await reap();
  const held = await read(order);
  expect(held.steps.Send.message).toContain("as soon as the work order is no longer being edited");
  await reap();
  expect((await read(order)).version).toBe(held.version);
  await pipeline.orders.write(order.id, { set: [], remove: [["editLease"]], when: [] }, { touch: false });
  await reap();
  expect((await read(order)).steps.Send).toMatchObject({ status: "working", runId: command.commandId });
});

test("acceptance 146: an ingest of an earlier release neither starts a scheduled Send at once nor wakes it", async () => {
  const { order, command } = await scheduledIn(hour);
  // It knows start and stop, refuses every other action, and looks for these states only.
  expect(["start", "stop"]).not.toContain(command.action);
  await clock.advance(2 * hour);
  const found: string[] = [];
  for (const state of ["working", "sleeping", "settling"] as const)
    for await (const { id } of pipeline.orders.runsIn(state, instant(clock.now()))) found.push(id);
  expect(found).not.toContain(order.id);
});
