import { beginRun } from "@email-agent/shared/domain/lifecycle/runWrites.ts";
import { judgeStart } from "@email-agent/shared/domain/lifecycle/startGuards.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FormFixture, startFormFixture } from "../../../testing/formFixture.ts";
import { archiveOrder } from "./archiveOrder.ts";
import { createOrder } from "./createOrder.ts";
import { releaseEditLease, renewEditLease, takeEditLease } from "./editLease.ts";

let fixture: FormFixture;
beforeAll(async () => {
  fixture = await startFormFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const newOrder = async () => createOrder(fixture.manager, fixture.anna, await fixture.newForm());
const take = (id: string, user = fixture.anna, takeOver = false) =>
  takeEditLease(fixture.manager, user, id, { takeOver });

test("a user who opens the form has ten minutes, and others see who has it open", async () => {
  const { manager, ben } = fixture;
  const order = await newOrder();
  const lease = await take(order.id);
  const expiresAt = instant(fixture.now() + 600_000);
  expect(lease).toMatchObject({ expiresAt, order: { id: order.id, editLease: { userId: "anna", expiresAt } } });
  expect(JSON.stringify(lease.order)).not.toContain(lease.token);
  expect(lease.order).toMatchObject({ updatedAt: order.updatedAt });
  await expect(take(order.id, ben)).rejects.toMatchObject({
    code: "conflict",
    message: "Anna Writer is editing this work order. Wait until it is closed there, or take over.",
    details: { reason: "held", holder: { name: "Anna Writer", isYou: false, expiresAt } },
  });
  await expect(take(order.id)).rejects.toMatchObject({ details: { holder: { name: "Anna Writer", isYou: true } } });
  const stored = (await manager.orders.get(order.id))!;
  expect(judgeStart(stored, "Count", fixture.now())).toMatchObject({ verdict: "rejected" });
});

test("of many who open the form at the same moment one gets it", async () => {
  const { id } = await newOrder();
  const results = await Promise.allSettled(
    [fixture.anna, fixture.ben, fixture.anna, fixture.ben].map((user) => take(id, user)),
  );
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a take-over is audited, and the old token is no longer valid", async () => {
  const { manager, anna, ben } = fixture;
  const { id } = await newOrder();
  const first = await take(id);
  const second = await take(id, ben, true);
  const [line] = await Array.fromAsync(manager.audit.lines(id, "U"));
  expect(line).toMatchObject({ by: "ben", what: "took over editing", data: { from: "anna" } });
  await expect(renewEditLease(manager, anna, id, first.token)).rejects.toMatchObject({
    details: { reason: "lease-lost", holder: { name: "Ben Writer", isYou: false } },
  });
  await releaseEditLease(manager, anna, id, first.token);
  expect(await renewEditLease(manager, ben, id, second.token)).toMatchObject({ token: second.token });
});

test("a lease is renewed to ten minutes from now, also after it expired while no one took it", async () => {
  const { manager, anna } = fixture;
  const { id } = await newOrder();
  const { token } = await take(id);
  fixture.advance(60_000);
  expect((await renewEditLease(manager, anna, id, token)).expiresAt).toBe(instant(fixture.now() + 600_000));
  fixture.advance(3_600_000);
  expect((await renewEditLease(manager, anna, id, token)).expiresAt).toBe(instant(fixture.now() + 600_000));
});

test("an expired lease blocks no one, nor does a released one", async () => {
  const { manager, anna, ben } = fixture;
  const { id } = await newOrder();
  const { token } = await take(id);
  fixture.advance(600_000);
  const bens = await take(id, ben);
  await releaseEditLease(manager, ben, id, bens.token);
  expect(await manager.orders.get(id)).not.toHaveProperty("editLease");
  await expect(renewEditLease(manager, anna, id, token)).rejects.toMatchObject({ details: { reason: "lease-lost" } });
  expect(await Array.fromAsync(manager.audit.lines(id, "U"))).toEqual([]);
});

test("while a step works the form is read-only, also for the user who had it open", async () => {
  const { manager, anna } = fixture;
  const { id } = await newOrder();
  const { token } = await take(id);
  const order = (await manager.orders.get(id))!;
  await manager.orders.write(id, beginRun(order, "Count", { runId: "run-1", attempt: 1 }, fixture.now()));
  const working = { details: { reason: "working", step: "Count" } };
  await expect(renewEditLease(manager, anna, id, token)).rejects.toMatchObject(working);
  await expect(take(id, anna, true)).rejects.toMatchObject(working);
});

test("an archived order must be restored before it is edited", async () => {
  const { id } = await newOrder();
  await archiveOrder(fixture.manager, fixture.anna, id);
  await expect(take(id)).rejects.toMatchObject({ details: { reason: "archived" } });
});
