import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Command } from "@email-agent/shared/domain/command.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { commandLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { judgeCommand } from "@email-agent/shared/domain/lifecycle/judgement.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anEvent, anOrder, aParticipant, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../infra/local/testStack.ts";
import { aUser, type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import type { Manager } from "../manager.ts";
import { commandSchema, giveCommand } from "./giveCommand.ts";

const clock = fakeClock("2026-03-01T12:00:00.000Z");
const anna = aUser();
const boris: User = { ...anna, id: "boris", name: "Boris" };
let stack: TestStack;
let open: ManagerUnderTest;
let manager: Manager;
beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  open = managerOver({ ...stack.config }, clock);
  manager = open.manager;
  await putConfig(stack.aws, stack.config, {
    stages: [aStage()],
    pools: [aPool()],
    languages: [...someLanguages().values()],
    settings: { confirmSendAbove: 100 },
  });
  const people = Array.from({ length: 8 }, (_, n) => aParticipant({ writtenLangPref: n < 4 ? "Spanish" : "English" }));
  await putParticipants(stack.aws, stack.config, people);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});

let codes = 0;
async function anOrderWith(
  steps: Partial<WorkOrder["steps"]> = {},
  fields: Partial<WorkOrder> = {},
): Promise<WorkOrder> {
  codes += 1;
  const aid = `G${codes}`;
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.EVENTS_TABLE, Item: anEvent({ aid }) }));
  const order = anOrder({ eventCode: aid, ...fields });
  return manager.orders.create({ ...order, steps: { ...order.steps, ...steps } });
}
const complete: StepRecord = { status: "complete" };
const upTo = (fields: Partial<WorkOrder["steps"]> = {}) => ({
  Count: complete,
  Prepare: complete,
  "Dry-Run": complete,
  Test: complete,
  ...fields,
});
const start = (step: "Count" | "Prepare" | "Send" = "Count") => ({ commandId: ulid(), step, action: "start" as const });
const stop = () => ({ commandId: ulid(), step: "Count" as const, action: "stop" as const });
const read = async ({ id }: WorkOrder) => (await manager.orders.get(id)) as WorkOrder;

/** What ingest does with the command that waits on the order. */
async function judged({ id }: WorkOrder): Promise<WorkOrder> {
  const order = (await manager.orders.get(id)) as WorkOrder;
  const command = order.command as Command;
  const { judgement, write } = judgeCommand(order, command, clock.now());
  await manager.audit.put(commandLine(id, command, judgement));
  return (await manager.orders.write(id, write)) as WorkOrder;
}

test("a command is written with its user and time, and waits to be judged", async () => {
  const order = await anOrderWith();
  const asked = start();
  expect(await giveCommand(manager, anna, order.id, asked)).toEqual({ commandId: asked.commandId, version: 2 });
  const requestedAt = "2026-03-01T12:00:00.000Z";
  expect(await read(order)).toMatchObject({
    version: 2,
    command: { id: asked.commandId, step: "Count", action: "start", requestedBy: "anna", requestedAt },
    pendingCommandAt: requestedAt,
    updatedBy: "anna",
  });
});

test("the same command again is accepted without a write, also after it was judged and others followed", async () => {
  const order = await anOrderWith();
  const asked = start();
  await giveCommand(manager, anna, order.id, asked);
  expect(await giveCommand(manager, anna, order.id, asked)).toEqual({ commandId: asked.commandId, version: 2 });
  expect(await judged(order)).toMatchObject({ version: 3, steps: { Count: { status: "working" } } });
  expect(await giveCommand(manager, anna, order.id, asked)).toMatchObject({ version: 3 });

  const stopping = stop();
  await giveCommand(manager, anna, order.id, stopping);
  await judged(order);
  await giveCommand(manager, anna, order.id, start());
  const { version } = await judged(order);
  for (const earlier of [asked, stopping])
    expect(await giveCommand(manager, anna, order.id, earlier)).toEqual({ commandId: earlier.commandId, version });
  expect((await read(order)).pendingCommandAt).toBeUndefined();

  const other = giveCommand(manager, anna, order.id, {
    ...asked,
    commandId: (await read(order)).command?.id ?? "",
    action: "stop",
  });
  await expect(other).rejects.toMatchObject({ code: "conflict" });
});

test("of users who click at the same time exactly one gives a command", async () => {
  const order = await anOrderWith();
  const users = [anna, boris, anna, boris, anna];
  const results = await Promise.allSettled(users.map((user) => giveCommand(manager, user, order.id, start())));
  const refusals = results.filter(({ status }) => status === "rejected");
  expect(refusals.map((one) => (one as PromiseRejectedResult).reason)).toEqual(
    Array(4).fill(
      expect.objectContaining({ code: "conflict", message: expect.stringContaining("is still being checked") }),
    ),
  );
  expect((await read(order)).version).toBe(2);
});

test("a command that was given and judged between reading and writing is noticed, not overwritten", async () => {
  const order = await anOrderWith();
  let isFirst = true;
  const get = async (id: string) => {
    const before = await manager.orders.get(id);
    if (!isFirst) return before;
    isFirst = false;
    await giveCommand(manager, boris, id, start());
    await judged(order);
    return before;
  };
  const slow = { ...manager, orders: { ...manager.orders, get } };
  await expect(giveCommand(slow, anna, order.id, start())).rejects.toMatchObject({
    code: "conflict",
    message: "Count is already working.",
  });
  expect((await read(order)).command?.requestedBy).toBe("boris");
});

const soon = "2026-03-01T12:05:00.000Z";
test.each<[string, Partial<WorkOrder["steps"]>, Partial<WorkOrder>, "Prepare" | "Send"]>([
  ["archived", upTo(), { archived: true }, "Prepare"],
  ["being edited", upTo(), { editLease: { userId: "boris", token: "t", expiresAt: soon } }, "Prepare"],
  ["Test is working", upTo({ Test: { status: "working" } }), {}, "Send"],
  ["already working", upTo({ Prepare: { status: "working" } }), {}, "Prepare"],
  ["needs Count to be complete", {}, {}, "Prepare"],
  ["Continuous sending ended", upTo(), { sendContinuously: true, sendUntil: "2026-03-01T12:00:00.000Z" }, "Send"],
])("a start is refused with the reason, and nothing is written: %s", async (reason, steps, fields, step) => {
  const order = await anOrderWith(steps, fields);
  await expect(giveCommand(manager, anna, order.id, start(step))).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(reason),
  });
  expect(await read(order)).toEqual(order);
});

test("only a step that works or sleeps can be stopped", async () => {
  for (const status of ["ready", "complete", "error", "interrupted", "exception"] as const) {
    const order = await anOrderWith({ Count: { status } });
    await expect(giveCommand(manager, anna, order.id, stop())).rejects.toMatchObject({
      code: "conflict",
      message: `Count is ${status}: there is nothing to stop.`,
    });
  }
  const working = await anOrderWith({ Count: { status: "working", runId: "r" } });
  expect(await giveCommand(manager, anna, working.id, stop())).toMatchObject({ version: 2 });
  const sleeping = await anOrderWith(upTo({ Send: { status: "sleeping" } }), { archived: false });
  expect(await giveCommand(manager, anna, sleeping.id, { ...stop(), step: "Send" })).toMatchObject({ version: 2 });
});

test("a Send above the configured size needs the number that is counted now, over the enabled languages", async () => {
  const languages = ["EN", "SP"];
  await stack.aws.dynamo.send(
    new PutCommand({
      TableName: stack.config.CONFIG_TABLE,
      Item: { pk: "setting", sk: "confirmSendAbove", value: 10 },
    }),
  );
  const large = await anOrderWith(upTo(), { languages });
  await expect(giveCommand(manager, anna, large.id, start("Send"))).rejects.toMatchObject({
    code: "invalid-input",
    details: { fields: { confirmRecipients: expect.stringContaining("12") }, recipients: 12 },
  });
  expect(await giveCommand(manager, anna, large.id, { ...start("Send"), confirmRecipients: 12 })).toMatchObject({
    version: 2,
  });
  // As automation gives it.
  const small = await anOrderWith(upTo(), { languages: ["SP"] });
  expect(await giveCommand(manager, anna, small.id, start("Send"))).toMatchObject({ version: 2 });
  expect((await read(small)).command).not.toHaveProperty("confirmedRecipients");
});

test("the number confirmed with a Send goes with its command; other commands carry none", async () => {
  const order = await anOrderWith(upTo());
  await giveCommand(manager, anna, order.id, { ...start("Send"), confirmRecipients: 8 });
  expect((await read(order)).command).toMatchObject({ step: "Send", confirmedRecipients: 8 });
  expect((await judged(order)).steps.Send).toMatchObject({ status: "working", confirmedRecipients: 8 });
  const other = await anOrderWith();
  await giveCommand(manager, anna, other.id, { ...start("Count"), confirmRecipients: 7 });
  expect((await read(other)).command).not.toHaveProperty("confirmedRecipients");
});

test("acceptance 140: a Send is scheduled with the number its user confirmed, by the guards of a start and the rules of its time", async () => {
  const order = await anOrderWith(upTo());
  const schedule = (startAt?: string) => ({
    ...start("Send"),
    action: "schedule" as const,
    confirmRecipients: 8,
    startAt,
  });
  const startAt = "2026-03-01T18:00:00.000Z";
  await giveCommand(manager, anna, order.id, schedule(startAt));
  expect((await read(order)).command).toMatchObject({ action: "schedule", confirmedRecipients: 8, startAt });
  const asleep = await judged(order);
  expect(asleep.steps.Send).toMatchObject({ status: "sleeping", scheduled: { at: startAt, by: "anna" } });
  for (const [at, reason] of [
    ["2026-03-01T11:58:00.000Z", "has passed"],
    ["2027-03-03T12:00:00.000Z", "more than a year ahead"],
    [undefined, "is not a time"],
  ] as const)
    await expect(giveCommand(manager, anna, order.id, schedule(at))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(reason),
    });
  await expect(giveCommand(manager, anna, order.id, { ...schedule(startAt), step: "Count" })).rejects.toThrow(
    "only Send",
  );
  await expect(
    giveCommand(manager, anna, order.id, { ...schedule(startAt), confirmRecipients: 50 }),
  ).rejects.toMatchObject({ details: { recipients: 8 } });
  // While it is scheduled Send alone may be started.
  await expect(giveCommand(manager, anna, order.id, start("Prepare"))).rejects.toThrow("Send is sleeping");
});

test("a Send of unknown size, because the Dry-Run was stopped since, is refused", async () => {
  const order = await anOrderWith(upTo({ "Dry-Run": { status: "interrupted" } }));
  await expect(giveCommand(manager, anna, order.id, start("Send"))).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("Run Dry-Run first"),
  });
});

test("an order of an event the user may not see looks like one that does not exist", async () => {
  const order = await anOrderWith();
  const guest: User = { ...anna, eventAccess: ["OTHER"] };
  await expect(giveCommand(manager, guest, order.id, start())).rejects.toMatchObject({ code: "not-found" });
  expect((await read(order)).version).toBe(1);
});

test.each([
  { commandId: "1", step: "Count", action: "start" },
  { commandId: ulid(), step: "Count-Down", action: "start" },
  { commandId: ulid(), step: "Count", action: "restart" },
  { commandId: ulid(), step: "Send", action: "start", confirmRecipients: "101" },
])("a body that is no command is refused: %j", (body) => {
  expect(commandSchema.safeParse(body).success).toBe(false);
});
