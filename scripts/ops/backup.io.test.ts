import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { forgottenPeople } from "@email-agent/shared/adapters/forgottenPeople.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { messageIdOf } from "@email-agent/shared/domain/delivery/messageId.ts";
import { judgeStart } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import { backup } from "./backup.ts";
import { restore } from "./restore.ts";
import { ops as run, testOperation } from "./testing.ts";

const open = new AsyncDisposableStack();
let source: TestStack;
const folder = mkdtempSync(join(tmpdir(), "email-agent-backup-"));
const before = "2026-03-01T08:00:00.000Z";
const complete = { status: "complete", runId: "r-0", endedAt: before } as const;
const order = anOrder({
  steps: {
    ...{ Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete },
    Send: { status: "working", runId: "r-1", startedAt: before },
  },
  ...{ runState: "working", runCheckAt: before, fence: 4, mailingKeys: ["E2026_weekend_reg_EN"] },
  runLease: { runId: "r-1", step: "Send", token: 4, worker: "w-1" },
  command: { id: "01JNQ0000000000000000000A1", step: "Send", action: "stop", requestedBy: "ann", requestedAt: before },
  pendingCommandAt: before,
});
const partition = mailingKey(order, "EN");

beforeAll(async () => {
  source = open.use(await startTestStack({ cloud: true }));
  const { aws, config } = source;
  const put = (TableName: string, Item: object) => aws.dynamo.send(new PutCommand({ TableName, Item }));
  await put(config.WORK_ORDERS_TABLE, order);
  await put(config.CONFIG_TABLE, { pk: "user", sk: "ann", name: "Ann", role: "admin", sessionsValidAfter: 5 });
  const ttl = Math.floor(Date.now() / 1000) + 86_400;
  await put(config.RUNS_TABLE, { runId: "imports", sk: "import-1", state: "applying", worker: "w-9", ttl });
  await put(config.RUNS_TABLE, { runId: "account-requests", sk: "1", kind: "trial", ttl });
  await put(config.RUNS_TABLE, { runId: "r-old", sk: "plan", ttl: 1 });
  await putParticipants(aws, config, [
    aParticipant({ id: "p-1" }),
    aParticipant({ id: "p-2" }),
    aParticipant({ id: "p-3" }),
  ]);
  await putDeliveries(aws, config.DELIVERIES_TABLE, partition, [
    aDelivery({ participantId: "p-1" }),
    aDelivery({ participantId: "p-2", status: "sending" }),
    aDelivery({ participantId: "p-4", status: "failed" }),
  ]);
}, 120_000);
afterAll(async () => {
  await open.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

const operation = <Extra extends object>(stack: TestStack, options: Extra) => testOperation(stack, options);
const emptyStack = async () => open.use(await startTestStack({ cloud: true }));
const target = (name: string) => join(folder, name);

test("acceptance 173: a restored backup mails no one by itself: what worked is interrupted, what was on its way is in doubt, every Send is held", {
  timeout: 120_000,
}, async () => {
  const made = operation(source, {});
  expect(await backup(made, target("one"))).toBe(true);
  expect(made.said.join()).toContain("1 work orders were at work");
  expect(statSync(target("one")).mode & 0o077).toBe(0);

  const fresh = await emptyStack();
  const done = operation(fresh, { yes: true as const });
  expect(await restore(done, target("one")), done.said.join("\n")).toBe(true);
  const restored = await done.orders.get(order.id);
  expect(restored).toMatchObject({
    ...{ runState: "settling", version: order.version + 1_000_000, restored: { by: "olga" } },
    steps: { Send: { status: "interrupted", message: expect.stringContaining("at work when the backup") } },
  });
  for (const field of ["runLease", "command", "pendingCommandAt"]) expect(restored).not.toHaveProperty(field);
  const ledger = deliveries(fresh.aws, fresh.config);
  expect(await ledger.count(partition)).toEqual({ sending: 0, sent: 1, failed: 1, inDoubt: 1, deferred: 0 });
  const doubts = await Array.fromAsync(ledger.needingAttention(partition, "in-doubt", { limit: 10 }));
  expect(doubts.flatMap(({ items }) => items.map(({ delivery }) => delivery.participantId))).toEqual(["p-2"]);
  expect(await audit(fresh.aws, fresh.config).has(order.id, "C#01JNQ0000000000000000000A1")).toBe(true);
  const item = async (TableName: string, Key: object) =>
    (await fresh.aws.dynamo.send(new GetCommand({ TableName, Key: Key as Record<string, string> }))).Item;
  expect((await item(fresh.config.CONFIG_TABLE, { pk: "user", sk: "ann" }))?.["sessionsValidAfter"]).toBeGreaterThan(
    1e9,
  );
  expect(await item(fresh.config.RUNS_TABLE, { runId: "imports", sk: "import-1" })).toMatchObject({ state: "failed" });
  expect(await item(fresh.config.RUNS_TABLE, { runId: "account-requests", sk: "1" })).toBeUndefined();
  expect(await item(fresh.config.RUNS_TABLE, { runId: "r-old", sk: "plan" })).toBeUndefined();

  expect(judgeStart(restored!, "Send", Date.now())).toMatchObject({ verdict: "rejected" });
  const cli = (...args: string[]) => run([...args, "--as", "olga"], fresh.config);
  expect((await cli("restore", "held")).out).toContain(order.id);
  expect(await cli("restore", "release", "--all", "--yes")).toMatchObject({
    code: 2,
    err: expect.stringContaining("--reason"),
  });
  const released = await cli("restore", "release", order.id, "--reason", "nothing was sent since", "--yes");
  expect(released).toMatchObject({ code: 0, out: "1 released.\n" });
  expect(judgeStart((await done.orders.get(order.id))!, "Send", Date.now())).toEqual({ verdict: "granted" });
  const acts = await Array.fromAsync(audit(fresh.aws, fresh.config).lines(order.id, "U"));
  expect(acts.map(({ what }) => what)).toEqual(["restored from backup", "released after restore"]);
});

test("a restore refuses tables that hold something, a damaged file, a step at work, and a folder without a manifest", {
  timeout: 120_000,
}, async () => {
  expect(await backup(operation(source, {}), target("two"))).toBe(true);
  await expect(backup(operation(source, {}), target("two"))).rejects.toThrow("is not empty");
  const refused = operation(source, { yes: true as const });
  expect(await restore(refused, target("two"))).toBe(false);
  expect(refused.said.join()).toContain("These tables are not empty");
  const typed = operation(source, { replace: true as const, confirm: "orders" });
  expect(await restore(typed, target("two"))).toBe(false);
  const working = operation(source, { replace: true as const, confirm: source.config.WORK_ORDERS_TABLE });
  await expect(restore(working, target("two"))).rejects.toThrow(`The work order ${order.id} is at work`);
  expect(await working.orders.get(order.id)).toMatchObject({ steps: { Send: { status: "working" } } });

  const [file = ""] = readdirSync(target("two")).filter((name) => name.startsWith("DELIVERIES"));
  appendFileSync(join(target("two"), file), "x");
  await expect(restore(operation(source, { yes: true as const }), target("two"))).rejects.toThrow(
    "The backup is damaged",
  );
  rmSync(join(target("two"), "manifest.json"));
  await expect(restore(operation(source, {}), target("two"))).rejects.toThrow("is no backup");
});

test("acceptance 174: tables that are replaced keep what they know of mails, unsubscriptions and forgotten people since the backup", {
  timeout: 120_000,
}, async () => {
  expect(await backup(operation(source, {}), target("three"))).toBe(true);
  const stack = await emptyStack();
  expect(await restore(operation(stack, { yes: true as const }), target("three"))).toBe(true);
  const { aws, config } = stack;
  // Since the backup: p-3 was mailed, p-2 was resolved, p-1 unsubscribed, p-3 was forgotten.
  await putDeliveries(aws, config.DELIVERIES_TABLE, partition, [
    aDelivery({ participantId: "p-2", status: "sent", claimId: "claim-2" }),
    aDelivery({ participantId: "p-3" }),
  ]);
  await putParticipants(aws, config, [aParticipant({ id: "p-1", unsubscribe: true, last: "Newer" })]);
  await forgottenPeople(aws, config).open("p-3", before);
  const held = operation(stack, {});
  const now = (await held.orders.get(order.id))!;
  // As the sender leaves it when it has counted again.
  await held.orders.write(order.id, { set: [], remove: [["runState"], ["runCheckAt"], ["unsettled"]], when: [] });
  expect(now.restored?.released).toBeUndefined();

  const again = operation(stack, { replace: true as const, confirm: config.WORK_ORDERS_TABLE });
  expect(await restore(again, target("three")), again.said.join("\n")).toBe(true);
  expect(await deliveries(aws, config).count(partition)).toMatchObject({ sent: 3, failed: 1, inDoubt: 0 });
  const people = participants(aws, config);
  expect(await people.get("p-1")).toMatchObject({ unsubscribe: true, last: "García" });
  expect(await people.get("p-3")).toMatchObject({ forgotten: expect.anything() });
  const marks = (await Array.fromAsync(forgottenPeople(aws, config).pages())).flat();
  expect(marks).toMatchObject([{ id: "p-3", isOpen: true }]);
});

test("acceptance 174: the log of a mail server tells a restored ledger what was sent; what another signed, or a Test, tells nothing", {
  timeout: 120_000,
}, async () => {
  expect(await backup(operation(source, {}), target("four"))).toBe(true);
  const stack = await emptyStack();
  expect(await restore(operation(stack, { yes: true as const }), target("four"))).toBe(true);
  const { aws, config } = stack;
  const [secret, other] = ["s".repeat(40), "o".repeat(40)];
  const mail = (participantId: string, fields: { mailingKey?: string; runId?: string } = {}, by = secret) =>
    messageIdOf(by, { participantId, mailingKey: partition, ...fields }, "example.org");
  const log = target("mail.log");
  const lines = [
    ...[mail("p-1"), mail("p-2"), mail("p-3"), mail("p-3"), mail("p-5", {}, other), mail("p-6", { runId: "r-0" })],
    ...[mail("p-7", { mailingKey: "E2026_weekend_gone_EN" }), "<CAF-x@mail.example.com>"],
  ];
  writeFileSync(
    log,
    lines
      .map((id) => `Mar  1 08:00:01 postfix/smtp[1]: to=<ann@example.org>, message-id=${id}, status=sent`)
      .join("\n"),
  );
  const cli = (...args: string[]) => run([...args, "--as", "olga"], { ...config, PUBLIC_TOKEN_SECRET: secret });
  const dry = await cli("restore", "record-sent", log, "--dry-run");
  expect(dry).toMatchObject({ code: 0, err: expect.stringContaining("Record 3 mails of 1 work orders as sent?") });
  const done = await cli("restore", "record-sent", log, "--yes");
  expect(done).toMatchObject({
    ...{ code: 1, out: `${order.id}: 2 recorded, 1 known already.\n` },
    err: expect.stringContaining("1 mails of E2026_weekend_gone_EN: no work order sends this mailing now."),
  });
  const ledger = deliveries(aws, config);
  expect(await ledger.count(partition)).toEqual({ sending: 0, sent: 3, failed: 1, inDoubt: 0, deferred: 0 });
  expect(await ledger.get(partition, "p-3")).toMatchObject({
    status: "sent",
    email: "p-3@example.org",
    runId: "restore",
  });
  expect(await ledger.get(partition, "p-5")).toBeUndefined();
  const again = await cli("restore", "record-sent", log, "--yes");
  expect(again.out).toBe(`${order.id}: 0 recorded, 3 known already.\n`);
  const without = await run(["restore", "record-sent", log, "--yes"], { ...config, PUBLIC_TOKEN_SECRET: "" });
  expect(without).toMatchObject({ code: 1, err: expect.stringContaining("Set PUBLIC_TOKEN_SECRET") });
});
