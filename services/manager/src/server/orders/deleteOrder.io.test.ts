import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { OrderFields } from "@email-agent/shared/domain/form/orderFields.ts";
import { commandLine, runEndLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { beginRun, fallAsleep } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { aClaim } from "@email-agent/shared/testing/claims.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FormFixture, startFormFixture } from "../../../testing/formFixture.ts";
import { archiveOrder, restoreOrder } from "./archiveOrder.ts";
import { createOrder } from "./createOrder.ts";
import { deleteOrder } from "./deleteOrder.ts";
import { takeEditLease } from "./editLease.ts";
import { saveOrder } from "./saveOrder.ts";

let fixture: FormFixture;
beforeAll(async () => {
  fixture = await startFormFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const newOrder = async (fields: Partial<OrderFields> = {}) =>
  createOrder(fixture.manager, fixture.anna, await fixture.newForm(fields));
const erase = (id: string, user = fixture.anna) => deleteOrder(fixture.manager, user, id);

async function begin(id: string) {
  const order = (await fixture.manager.orders.get(id))!;
  return fixture.manager.orders.write(id, beginRun(order, "Send", { runId: "run-1", attempt: 1 }, fixture.now()));
}
const sleep = (id: string) =>
  fixture.manager.orders.write(
    id,
    fallAsleep("Send", { sleepsFor: "next-pass", wakeAt: fixture.now() + 60_000 }, "run-1-p2", 1),
  );

const rule = { runId: "run-1", now: instant(Date.parse("2026-03-01T12:00:00.000Z")), userStarted: true };

test("acceptance 34: a deleted order frees its key, and its deletion is in the audit", async () => {
  const { manager, anna } = fixture;
  const order = await newOrder();
  await erase(order.id);
  expect(await manager.orders.get(order.id)).toBeUndefined();
  expect(await manager.orders.holderOf(order)).toBeUndefined();
  const lines = await Array.fromAsync(manager.audit.lines("-", "U"));
  expect(lines.find(({ data }) => data?.["workOrderId"] === order.id)).toMatchObject({
    by: "anna",
    what: "deleted",
    data: { workOrderId: order.id, eventCode: order.eventCode, subEvent: "weekend", stage: "reg" },
  });
  await createOrder(manager, anna, await fixture.newForm({ eventCode: order.eventCode }));
  await expect(erase(order.id)).rejects.toMatchObject({ code: "not-found" });
});

test("an order that works or sleeps is neither deleted nor archived", async () => {
  const { id } = await newOrder();
  await begin(id);
  await expect(erase(id)).rejects.toMatchObject({ message: expect.stringContaining("Send is working") });
  await expect(archiveOrder(fixture.manager, fixture.anna, id)).rejects.toMatchObject({
    details: { reason: "working" },
  });
  await sleep(id);
  await expect(erase(id)).rejects.toMatchObject({ message: expect.stringContaining("Send is sleeping") });
  await expect(archiveOrder(fixture.manager, fixture.anna, id)).rejects.toMatchObject({ code: "conflict" });
});

test("an order that mailed or tried to mail anyone, in any language it ever had, is not deleted", async () => {
  const { manager, anna } = fixture;
  const mailed = {
    code: "conflict",
    message: expect.stringContaining("Archive it instead"),
    details: { reason: "mailed" },
  };
  for (const language of ["EN", "FR"]) {
    const { id, ...order } = await newOrder({ languages: ["EN", "FR"], revision: 3 });
    const { token } = await takeEditLease(manager, anna, id, { takeOver: false });
    await saveOrder(manager, anna, id, { leaseToken: token, fields: { languages: ["EN"] }, confirmReset: false });
    expect(await manager.deliveries.claim(mailingKey(order, language), [aClaim({ language })], rule)).toEqual([
      "claimed",
    ]);
    await expect(erase(id)).rejects.toMatchObject(mailed);
  }
});

test("what was sent before the revision changed is known from the audit; a Send that mailed no one is no obstacle", async () => {
  const { manager } = fixture;
  const run = { runId: "run-1", step: "Send" } as const;
  const counters = (sent: number) => ({ total: 5, sent, skipped: 2, failed: 0, inDoubt: 0 });
  const sent = await newOrder();
  await manager.audit.put(runEndLine(sent.id, run, "interrupted", counters(1), fixture.now())!);
  await expect(erase(sent.id)).rejects.toMatchObject({ details: { reason: "mailed" } });

  const unmailed = await newOrder();
  const command = { id: "01J00000000000000000000000", step: "Send", action: "start" as const };
  const at = instant(fixture.now());
  const accepted = { ...command, outcome: "accepted" as const, runId: command.id, at };
  await manager.audit.put(commandLine(unmailed.id, { ...command, requestedBy: "anna", requestedAt: at }, accepted));
  await manager.audit.put(runEndLine(unmailed.id, run, "interrupted", counters(0), fixture.now())!);
  await manager.audit.put(
    runEndLine(unmailed.id, { ...run, step: "Dry-Run" }, "complete", counters(3), fixture.now())!,
  );
  await manager.audit.put(runEndLine(unmailed.id, { ...run, runId: "run-0" }, "error", undefined, fixture.now())!);
  await erase(unmailed.id);
  expect(await manager.orders.get(unmailed.id)).toBeUndefined();
});

test("a Send that was stopped before it could count its mails is known from its chunks", async () => {
  const { manager } = fixture;
  const chunk = (runId: string) => ({
    ...{ runId, sk: "chunk#EN#000000", language: "EN", ids: ["p-1"], status: "planned" as const },
    ...{ fence: 1, token: 0, losses: 0, skipped: {}, retry: {}, ttl: 4_000_000_000 },
  });
  const at = instant(fixture.now());
  const counters = { total: 1, sent: 0, skipped: 0, failed: 0, inDoubt: 0 };
  const stopped = async (runId: string) => {
    const { id } = await newOrder();
    await manager.runs.putChunks([chunk(runId)]);
    await manager.audit.put(runEndLine(id, { runId, step: "Send" }, "interrupted", counters, fixture.now())!);
    return id;
  };
  const begun = await stopped("run-begun");
  const issue = { runId: "run-begun", sk: "chunk#EN#000000", token: 0 };
  await manager.runs.issue(issue, at);
  await manager.runs.pickUp({ ...issue, token: 1 }, "worker", at);
  await expect(erase(begun)).rejects.toMatchObject({ details: { reason: "mailed" } });
  await erase(await stopped("run-planned"));
});

test("an order that another user edits is not deleted; one that the user edits is", async () => {
  const { manager, anna, ben } = fixture;
  const { id } = await newOrder();
  await takeEditLease(manager, ben, id, { takeOver: false });
  await expect(erase(id)).rejects.toMatchObject({ details: { reason: "held", holder: { name: "Ben Writer" } } });
  await erase(id, ben);
  expect(await manager.orders.get(id)).toBeUndefined();
  expect(anna.id).toBe("anna");
});

test("a deletion and a start at the same time: either the order is deleted or its step works", async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await newOrder();
    const [deleted, started] = await Promise.allSettled([erase(id), begin(id)]);
    const order = await fixture.manager.orders.get(id);
    if (deleted.status === "fulfilled") expect(order).toBeUndefined();
    else {
      expect(deleted.reason).toMatchObject({ details: { reason: "working" } });
      expect(started).toMatchObject({ status: "fulfilled", value: { runState: "working" } });
      expect(order?.runState).toBe("working");
    }
  }
});

test("archiving hides an order and can be undone, and both are in the audit", async () => {
  const { manager, anna, ben, outsider } = fixture;
  const { id } = await newOrder();
  const archived = await archiveOrder(manager, ben, id);
  expect(archived).toMatchObject({
    archived: true,
    archivedBy: "ben",
    archivedAt: instant(fixture.now()),
    updatedBy: "ben",
  });
  expect(await archiveOrder(manager, anna, id)).toEqual(archived);
  fixture.advance(1);
  const restored = await restoreOrder(manager, anna, id);
  expect(restored.archived).toBe(false);
  expect(restored).not.toHaveProperty("archivedBy");
  expect(await restoreOrder(manager, anna, id)).toMatchObject({ version: restored.version });
  const lines = await Array.fromAsync(manager.audit.lines(id, "U"));
  expect(lines.map(({ what, by }) => `${what} by ${by}`)).toEqual(["archived by ben", "restored by anna"]);
  await expect(archiveOrder(manager, outsider, id)).rejects.toMatchObject({ code: "not-found" });
});
