import { afterAll, beforeAll, expect, test } from "vitest";
import { type FormFixture, startFormFixture } from "../../../testing/formFixture.ts";
import type { CopyRow } from "../../api/copies.ts";
import type { Order } from "../../api/orders.ts";
import { createOrder } from "../orders/createOrder.ts";
import { addTester } from "../testers/addTester.ts";
import { copyEvent } from "./copyEvent.ts";

let fixture: FormFixture;
beforeAll(async () => {
  fixture = await startFormFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const both = { weekend: "weekend", week: "week" };

/** An event with orders: registration and reminder of the weekend, registration of the week; and another, empty one. */
async function twoEvents() {
  const { manager, anna } = fixture;
  const [from, to] = [await fixture.newForm(), (await fixture.newForm()).eventCode];
  const { id: typed } = await addTester(manager, anna, { eventCode: from.eventCode, email: "press@agency.example" });
  const create = (fields: object) => createOrder(manager, anna, { ...from, ...fields });
  const reg = await create({ testers: ["t-1", typed], subjects: { EN: `Come to ${from.eventCode}` } });
  const reminder = await create({ stage: "reminder" });
  const week = await create({ subEvent: "week", subjects: { EN: "A whole week" }, revision: 2 });
  return { from: from.eventCode, to, reg, reminder, week };
}

async function ordersOf(eventCode: string): Promise<Order[]> {
  const found: Order[] = [];
  for await (const order of fixture.manager.orders.list()) if (order.eventCode === eventCode) found.push(order);
  return found;
}

const outcomes = (rows: readonly CopyRow[]) =>
  rows.map(({ subEvent, stage, outcome }) => `${subEvent} ${stage} ${outcome}`);

test("acceptance 122: all stages of an event are duplicated to another, once, however often it is started", async () => {
  const { manager, anna, ben } = fixture;
  const { from, to, reg, reminder } = await twoEvents();
  const asked = { from, to, parts: both, isPreview: false };
  const preview = await copyEvent(manager, anna, { ...asked, isPreview: true });
  expect(outcomes(preview.rows)).toEqual(["week reg creates", "weekend reg creates", "weekend reminder creates"]);
  expect(preview.rows[1]?.notes).toEqual([
    expect.stringContaining("1 tester is not copied"),
    "Subject or preview text names the event it is copied from: EN.",
  ]);
  expect(await ordersOf(to)).toEqual([]);

  // Two users press the button at the same moment, one of them twice.
  const results = await Promise.all([
    copyEvent(manager, anna, asked),
    copyEvent(manager, ben, asked),
    copyEvent(manager, anna, asked),
  ]);
  const made = results.flatMap(({ rows }) => rows.filter(({ outcome }) => outcome === "created"));
  expect(made).toHaveLength(3);
  for (const { rows } of results)
    expect(rows.map(({ outcome }) => outcome === "created" || outcome === "exists")).toEqual([true, true, true]);
  const copies = await ordersOf(to);
  expect(new Set(made.map(({ id }) => id))).toEqual(new Set(copies.map(({ id }) => id)));
  const copyOf = (subEvent: string, stage: string) =>
    copies.find((one) => one.subEvent === subEvent && one.stage === stage)!;
  const parent = copyOf("weekend", "reg");
  expect(parent).toMatchObject({ testers: ["t-1"], subjects: reg.subjects, account: reg.account });
  expect(copyOf("weekend", "reminder")).toMatchObject({ parentOrderId: parent.id });
  expect(reminder.parentOrderId).toBe(reg.id);
  expect(copyOf("week", "reg")).not.toHaveProperty("revision");
  for (const { steps, prepared } of copies) {
    expect(Object.values(steps).map(({ status }) => status)).toEqual(Array(5).fill("ready"));
    expect(prepared).toEqual({});
  }
  const lines = await Array.fromAsync(manager.audit.lines(parent.id));
  expect(lines).toMatchObject([{ what: "copied", data: { from: reg.id } }]);
  const again = await copyEvent(manager, anna, asked);
  expect(outcomes(again.rows)).toEqual(["week reg exists", "weekend reg exists", "weekend reminder exists"]);
  expect(again.rows[1]).toMatchObject({ id: parent.id });
});

test("acceptance 122: a copy that broke off midway goes on where it was", async () => {
  const { manager, anna } = fixture;
  const { from, to } = await twoEvents();
  const asked = { from, to, parts: both, isPreview: false };
  let created = 0;
  const breaking: typeof manager.orders.create = async (...order) => {
    if (created === 2) throw new Error("the process ends here");
    created += 1;
    return manager.orders.create(...order);
  };
  const dying = { ...manager, orders: { ...manager.orders, create: breaking } };
  await expect(copyEvent(dying, anna, asked)).rejects.toThrow("the process ends here");
  expect(await ordersOf(to)).toHaveLength(2);
  const { rows } = await copyEvent(manager, anna, asked);
  expect(outcomes(rows)).toEqual(["week reg exists", "weekend reg exists", "weekend reminder created"]);
  const copies = await ordersOf(to);
  expect(copies).toHaveLength(3);
  const [parent] = copies.filter(({ subEvent, stage }) => subEvent === "weekend" && stage === "reg");
  expect(copies.find(({ stage }) => stage === "reminder")?.parentOrderId).toBe(parent?.id);
});

test("what does not fit says why, and holds back what takes its content; the rest is created", async () => {
  const { manager, anna } = fixture;
  const { from } = await twoEvents();
  await fixture.putEvent({ aid: "ONLINE", subEvents: { main: {} }, config: { pool: "everyone", inPerson: false } });
  const confirm = { ...(await fixture.newForm({ eventCode: from })), stage: "confirm" };
  await createOrder(manager, anna, confirm);
  const { rows } = await copyEvent(manager, anna, { from, to: "ONLINE", parts: { weekend: "main" }, isPreview: false });
  expect(outcomes(rows)).toEqual([
    "week reg left",
    "weekend reg created",
    "weekend reminder created",
    "weekend confirm unfit",
  ]);
  expect(rows[3]?.reasons).toEqual([expect.stringContaining("needs its Zoom ID")]);
  expect(await ordersOf("ONLINE")).toHaveLength(2);
  const gone = await copyEvent(manager, anna, { from, to: "ONLINE", parts: { weekend: "gone" }, isPreview: true });
  expect(outcomes(gone.rows).slice(1, 3)).toEqual(["weekend reg unfit", "weekend reminder unfit"]);
  expect(gone.rows[1]?.reasons).toEqual([expect.stringContaining('has no sub-event "gone"')]);
  expect(gone.rows[2]?.reasons).toEqual([expect.stringContaining("stage reg, which does not fit")]);
});

test("two parts copied to the same part: the second is refused", async () => {
  const { manager, anna } = fixture;
  const { from, to } = await twoEvents();
  const parts = { weekend: "week", week: "week" };
  const { rows } = await copyEvent(manager, anna, { from, to, parts, isPreview: false });
  expect(outcomes(rows)).toEqual(["week reg created", "weekend reg unfit", "weekend reminder created"]);
  expect(await ordersOf(to)).toHaveLength(2);
});

test("an event the user may not see is not copied, neither from nor to", async () => {
  const { manager, anna, outsider } = fixture;
  const { from, to } = await twoEvents();
  const asked = { from, to, parts: both, isPreview: true };
  await expect(copyEvent(manager, outsider, asked)).rejects.toMatchObject({ code: "not-found" });
  const limited = { ...anna, eventAccess: [from] };
  await expect(copyEvent(manager, limited, asked)).rejects.toMatchObject({ code: "not-found" });
  await expect(copyEvent(manager, anna, { ...asked, to: from })).rejects.toMatchObject({ code: "invalid-input" });
});
