import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { forgottenPeople } from "@email-agent/shared/adapters/forgottenPeople.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { messageIdOf } from "@email-agent/shared/domain/delivery/messageId.ts";
import { anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../infra/local/testStack.ts";
import { backup } from "./backup.ts";
import { readManifest, writeManifest } from "./backupFiles.ts";
import { recordSent } from "./recordSent.ts";
import { restore } from "./restore.ts";
import { testOperation } from "./testing.ts";

const open = new AsyncDisposableStack();
const folder = mkdtempSync(join(tmpdir(), "email-agent-restore-"));
const saved = join(folder, "saved");
const before = "2026-03-01T08:00:00.000Z";
const sentOnce = { status: "interrupted", runId: "r-1", startedAt: before, endedAt: before } as const;
const sample = anOrder();
const order = anOrder({ mailingKeys: ["E2026_weekend_reg_EN"], steps: { ...sample.steps, Send: sentOnce } });
const partition = mailingKey(order, "EN");
const suppression = { address: "p-2@example.org", code: "5.1.1", at: before };
const separators = "Ana\u2028Maria\u2029\r\n\u0085";
let stack: TestStack;

beforeAll(async () => {
  stack = open.use(await startTestStack({ cloud: true }));
  const { aws, config } = stack;
  await put("WORK_ORDERS_TABLE", order);
  await put("CONFIG_TABLE", { pk: "user", sk: "ann", name: separators, role: "admin" });
  await put("RUNS_TABLE", { runId: `bounces#${partition}`, sk: "counts", hard: 1 });
  await put("RUNS_TABLE", { runId: "notice-requests", sk: "mailed-since" });
  await put("RUNS_TABLE", { runId: "r-1", sk: "plan" });
  await putParticipants(aws, config, [
    aParticipant({ id: "p-1", first: separators }),
    aParticipant({ id: "p-2" }),
    aParticipant({ id: "p-3", last: "Forgotten" }),
  ]);
  await putDeliveries(aws, config.DELIVERIES_TABLE, partition, [
    aDelivery({ participantId: "p-1" }),
    aDelivery({ participantId: "p-2" }),
  ]);
  expect(await backup(testOperation(stack, {}), saved)).toBe(true);
}, 240_000);
afterAll(async () => {
  await open.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

type Table = "WORK_ORDERS_TABLE" | "CONFIG_TABLE" | "RUNS_TABLE" | "PARTICIPANTS_TABLE" | "DELIVERIES_TABLE";

const put = (table: Table, Item: object) =>
  stack.aws.dynamo.send(new PutCommand({ TableName: stack.config[table], Item }));

async function get(table: Table, Key: Record<string, string>) {
  const read = new GetCommand({ TableName: stack.config[table], Key, ConsistentRead: true });
  return (await stack.aws.dynamo.send(read)).Item;
}

/** The database of the stack; before the first put into the table `then` happens, which may end the process. */
function atFirstPut(table: Table, then: () => Promise<void>): Pick<TestStack, "aws" | "config"> {
  let isFirst = true;
  const dynamo = new Proxy(stack.aws.dynamo, {
    get(client, name) {
      if (name !== "send") return Reflect.get(client, name, client);
      return async (command: Parameters<Aws["dynamo"]["send"]>[0]) => {
        const isPut = command instanceof PutItemCommand && command.input.TableName === stack.config[table];
        if (isPut && isFirst) {
          isFirst = false;
          await then();
        }
        return client.send(command);
      };
    },
  });
  return { config: stack.config, aws: { ...stack.aws, dynamo } };
}

const replace = () => ({ replace: true as const, confirm: stack.config.WORK_ORDERS_TABLE });
const killed = async () => {
  throw new Error("killed");
};

test("acceptance 174: a restore that was interrupted anywhere and repeated loses nothing that people asked for since, and the second order of a mailing is refused", {
  timeout: 240_000,
}, async () => {
  const { aws, config } = stack;
  const people = participants(aws, config);
  const forgotten = forgottenPeople(aws, config);
  const marks = async () => (await Array.fromAsync(forgotten.pages())).flat();
  const closeAll = async () => {
    for (const mark of await marks()) await forgotten.close(mark);
  };
  // Since the backup.
  await put("PARTICIPANTS_TABLE", { ...aParticipant({ id: "p-1", last: "Newer" }), unsubscribe: true });
  await put("PARTICIPANTS_TABLE", { ...aParticipant({ id: "p-2" }), suppression });
  await put("PARTICIPANTS_TABLE", { id: "p-3", forgotten: before });
  await put("PARTICIPANTS_TABLE", { ...aParticipant({ id: "p-new" }), unsubscribe: true });
  await put("PARTICIPANTS_TABLE", aParticipant({ id: "p-silent" }));
  await put("RUNS_TABLE", { runId: `bounces#${partition}`, sk: "counts", hard: 7 });
  await put("RUNS_TABLE", { runId: "notices", sk: "decided-since" });
  await put("RUNS_TABLE", { runId: "notice-requests", sk: "asked-since" });
  await put("RUNS_TABLE", { runId: "r-9", sk: "plan" });
  await forgotten.open("p-3", before);
  await closeAll();
  for (const table of ["DELIVERIES_TABLE", "PARTICIPANTS_TABLE", "WORK_ORDERS_TABLE"] as const) {
    const dying = testOperation(atFirstPut(table, killed), replace());
    await expect(restore(dying, saved), table).rejects.toThrow("killed");
    expect(await get("PARTICIPANTS_TABLE", { id: "p-1" }), table).toMatchObject({ unsubscribe: true });
    expect(await get("PARTICIPANTS_TABLE", { id: "p-2" }), table).toMatchObject({ suppression });
    expect(await get("PARTICIPANTS_TABLE", { id: "p-new" }), table).toMatchObject({ unsubscribe: true });
  }
  // The sweep of the Email Manager finds nothing to erase before the people are back, and closes the marks.
  const stale = await marks();
  const again = testOperation(atFirstPut("PARTICIPANTS_TABLE", closeAll), replace());
  expect(await restore(again, saved), again.said.join("\n")).toBe(true);
  expect(await marks()).toMatchObject([{ id: "p-3", isOpen: true }]);
  for (const mark of stale) await forgotten.close(mark);
  expect(await marks(), "a sweep that began before").toMatchObject([{ id: "p-3", isOpen: true }]);

  expect(await people.get("p-1")).toMatchObject({ unsubscribe: true, first: separators, last: "García" });
  expect(await people.get("p-2")).toMatchObject({ suppression });
  expect(await people.get("p-new")).toMatchObject({ unsubscribe: true });
  expect(await people.get("p-silent")).toBeUndefined();
  expect(await get("PARTICIPANTS_TABLE", { id: "p-3" })).toEqual({ id: "p-3", forgotten: before });
  expect(await get("CONFIG_TABLE", { pk: "user", sk: "ann" })).toMatchObject({ name: separators });
  expect(await get("RUNS_TABLE", { runId: `bounces#${partition}`, sk: "counts" })).toMatchObject({ hard: 7 });
  expect(await get("RUNS_TABLE", { runId: "notices", sk: "decided-since" })).toBeDefined();
  expect(await get("RUNS_TABLE", { runId: "notice-requests", sk: "asked-since" })).toBeDefined();
  expect(await get("RUNS_TABLE", { runId: "r-9", sk: "plan" })).toBeUndefined();
  expect(await get("RUNS_TABLE", { runId: "r-1", sk: "plan" })).toBeDefined();

  const { version: _, createdAt: __, updatedAt: ___, ...second } = anOrder();
  await expect(again.orders.create(second)).rejects.toMatchObject({ code: "conflict" });
  expect(await again.orders.holderOf(order)).toBe(order.id);
});

test("a backup whose last table cannot be read is refused before anything is deleted", {
  timeout: 120_000,
}, async () => {
  const damaged = join(folder, "damaged");
  cpSync(saved, damaged, { recursive: true });
  const manifest = readManifest(damaged);
  const [file] = manifest.tables.WORK_ORDERS_TABLE?.files ?? [];
  const bytes = gzipSync(`${JSON.stringify({ id: { S: order.id }, steps: { S: "none" } })}\n`);
  writeFileSync(join(damaged, file!.name), bytes);
  Object.assign(file!, { items: 1, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
  writeManifest(damaged, manifest);
  await put("RUNS_TABLE", { runId: "r-8", sk: "plan" });
  await expect(restore(testOperation(stack, replace()), damaged)).rejects.toThrow(order.id);
  expect(await get("RUNS_TABLE", { runId: "r-8", sk: "plan" })).toBeDefined();
  expect(await get("WORK_ORDERS_TABLE", { id: order.id })).toBeDefined();
});

test("a restore into empty tables sends no notice of the time of the backup, and puts back the marker of an order", {
  timeout: 120_000,
}, async () => {
  const fresh = open.use(await startTestStack({ cloud: true }));
  const done = testOperation(fresh, { yes: true as const });
  expect(await restore(done, saved), done.said.join("\n")).toBe(true);
  expect(await done.orders.holderOf(order)).toBe(order.id);
  const { Item } = await fresh.aws.dynamo.send(
    new GetCommand({
      TableName: fresh.config.RUNS_TABLE,
      Key: { runId: "notice-requests", sk: "mailed-since" },
    }),
  );
  expect(Item).toBeUndefined();
});

test("a mail that is on its way is no known one while a step works, and is recorded once none does", {
  timeout: 120_000,
}, async () => {
  const fresh = open.use(await startTestStack({ cloud: true }));
  const { aws, config } = fresh;
  const working = { status: "working", runId: "r-2", startedAt: before } as const;
  const busy = anOrder({
    ...{ id: order.id, mailingKeys: order.mailingKeys, runState: "working", runCheckAt: before, fence: 2 },
    ...{ steps: { ...sample.steps, Send: working }, runLease: { runId: "r-2", step: "Send", token: 2, worker: "w" } },
  });
  const write = (Item: object) => aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item }));
  await write(busy);
  await putDeliveries(aws, config.DELIVERIES_TABLE, partition, [
    aDelivery({ participantId: "p-1", status: "sending", claimId: "claim-1" }),
    aDelivery({ participantId: "p-2" }),
  ]);
  const secret = "s".repeat(40);
  const log = join(folder, "mail.log");
  const ids = ["p-1", "p-2"].map((participantId) =>
    messageIdOf(secret, { participantId, mailingKey: partition }, "example.org"),
  );
  writeFileSync(log, ids.join("\n"));
  const operation = () => {
    const plain = testOperation(fresh, { yes: true as const, json: true as const });
    return { ...plain, places: { ...plain.places, tokenSecrets: secret } };
  };
  const ledger = deliveries(aws, config);
  const first = operation();
  expect(await recordSent(first, log)).toBe(false);
  expect(first.said.join("\n")).toContain(`${order.id}: 1 mails are on their way. Stop its step, then repeat this.`);
  expect(await ledger.get(partition, "p-1")).toMatchObject({ status: "sending", claimId: "claim-1" });

  await write(order);
  const second = operation();
  expect(await recordSent(second, log), second.said.join("\n")).toBe(true);
  const recorded = await ledger.get(partition, "p-1");
  expect(recorded).toMatchObject({ status: "sent", endedAt: expect.any(String), messageId: ids[0] });
  expect(recorded).not.toHaveProperty("claimId");
});
