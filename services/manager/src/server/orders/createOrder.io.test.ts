import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FormFixture, startFormFixture } from "../../../testing/formFixture.ts";
import { checkOrder } from "./checkOrder.ts";
import { createOrder } from "./createOrder.ts";
import { takeEditLease } from "./editLease.ts";
import { readOptions } from "./readOptions.ts";
import { saveOrder } from "./saveOrder.ts";

let fixture: FormFixture;
beforeAll(async () => {
  fixture = await startFormFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("an order is created from its form, ready in all steps, with its creator", async () => {
  const { manager, anna } = fixture;
  const form = await fixture.newForm({
    languages: ["SP", "EN"],
    testers: ["t-1"],
    sendContinuously: true,
    sendUntil: { local: "2026-04-01T18:00", zone: "Europe/Berlin" },
  });
  const created = await createOrder(manager, anna, form);
  expect(created).toMatchObject({
    id: expect.stringMatching(/^wo-/),
    version: 1,
    eventCode: form.eventCode,
    languages: ["SP", "EN"],
    inPerson: true,
    regLinkPresent: true,
    sendUntil: "2026-04-01T16:00:00.000Z",
    createdBy: "anna",
    updatedBy: "anna",
    steps: { Count: { status: "ready" }, Send: { status: "ready" } },
  });
  expect(await manager.orders.get(created.id)).toMatchObject({ testers: ["t-1"], version: 1 });
});

test("acceptance 173: an order that is made after a restore is held as well, until all are released", async () => {
  const { manager, anna } = fixture;
  const mark = { at: "2026-03-01T09:00:00.000Z", ledgerAt: "2026-03-01T08:00:00.000Z", by: "olga" };
  await manager.restoreMark.put(mark);
  const { id } = await createOrder(manager, anna, await fixture.newForm());
  const order = await manager.orders.get(id);
  expect(order?.restored).toEqual(mark);
  await manager.restoreMark.remove();
  const later = await createOrder(manager, anna, await fixture.newForm());
  expect(await manager.orders.get(later.id)).not.toHaveProperty("restored");
});

test("acceptance 34: two creations of the same event, sub-event and stage at the same moment give one order", async () => {
  const { manager, anna, ben } = fixture;
  const form = await fixture.newForm();
  const users = [anna, ben, anna, ben, anna];
  const results = await Promise.allSettled(users.map((user) => createOrder(manager, user, form)));
  const made = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  expect(made).toHaveLength(1);
  const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  for (const reason of refused)
    expect(reason).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("another work order"),
      details: {
        reason: "key-taken",
        workOrderId: made[0]!.id,
        fields: { stage: expect.stringContaining("another work order") },
      },
    });
  await expect(createOrder(manager, ben, form)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("already used"),
  });
  const bad = { ...form, account: "" };
  await expect(createOrder(manager, ben, bad)).rejects.toMatchObject({
    code: "invalid-input",
    details: { fields: { stage: expect.stringContaining("another work order"), account: expect.any(String) } },
  });
});

test("acceptance 18: a virtual confirmation without Zoom ID cannot be created; an in-person one can, and is marked as such", async () => {
  const { manager, anna } = fixture;
  await fixture.putEvent({ aid: "ONLINE", config: { inPerson: false } });
  const form = await fixture.newForm({ eventCode: "ONLINE", stage: "confirm" });
  await expect(createOrder(manager, anna, form)).rejects.toMatchObject({
    code: "invalid-input",
    details: { fields: { zoomId: expect.stringContaining("needs its Zoom ID") } },
  });
  const zoomId = "https://zoom.us/j/81234567890?pwd=1";
  const virtual = await createOrder(manager, anna, { ...form, zoomId });
  expect(virtual).toMatchObject({ zoomId: "81234567890", zoomLink: zoomId, inPerson: false });
  const inPerson = await createOrder(manager, anna, await fixture.newForm({ stage: "confirm", zoomId }));
  expect(inPerson).toMatchObject({ inPerson: true });
  expect(inPerson).not.toHaveProperty("zoomId", expect.anything());
});

test("acceptance 13: a code with an underscore cannot be saved", async () => {
  await fixture.putEvent({ aid: "E_UNDER" });
  const form = await fixture.newForm({ eventCode: "E_UNDER" });
  await expect(createOrder(fixture.manager, fixture.anna, form)).rejects.toMatchObject({
    details: { fields: { eventCode: expect.stringContaining("letters, digits and hyphens only") } },
  });
});

test("an event without access looks like one that does not exist, and shows nothing of its orders", async () => {
  const { manager, anna, outsider } = fixture;
  const form = await fixture.newForm({ subjects: { EN: "Not for everybody" } });
  const { id } = await createOrder(manager, anna, form);
  await expect(createOrder(manager, outsider, form)).rejects.toMatchObject({
    code: "invalid-input",
    details: { fields: { eventCode: expect.stringContaining("you have no access") } },
  });
  for (const stage of ["reg", "reminder"]) {
    const text = JSON.stringify(await checkOrder(manager, outsider, { fields: { ...form, stage, subjects: {} } }));
    expect(text).toContain("you have no access");
    expect(text).not.toContain(id);
    expect(text).not.toContain("Not for everybody");
  }
});

const noTester = { testers: expect.stringContaining("No tester is chosen") };

test("a form is checked while it is filled in, by the same rules, and nothing is written", async () => {
  const { manager, anna } = fixture;
  const form = await fixture.newForm({ subjects: { EN: "Hello *|NICK|*" } });
  const check = await checkOrder(manager, anna, { fields: form });
  expect(check).toEqual({
    fields: { "subjects.EN": expect.stringContaining("Unknown tag *|NICK|*") },
    notes: noTester,
  });
  expect(await manager.orders.holderOf(form)).toBeUndefined();
  const texts = { subjects: { EN: "A", SP: "B" }, previewTexts: { EN: "Short" } };
  const parent = await createOrder(manager, anna, { ...form, languages: ["EN", "SP"], ...texts });
  const child = await checkOrder(manager, anna, { fields: { ...form, stage: "reminder" } });
  expect(child).toEqual({
    fields: {},
    notes: { stage: expect.stringContaining(parent.id), ...noTester },
    inherited: { orderId: parent.id, stage: "reg", languages: ["EN", "SP"], ...texts },
  });
  const own = { previewTexts: { EN: "Not this one", SP: "Ours" } };
  const made = await createOrder(manager, anna, { ...form, stage: "reminder", ...own });
  expect(made).toMatchObject({ parentOrderId: parent.id, languages: ["EN", "SP"], subjects: texts.subjects });
  expect(made.previewTexts).toEqual({ EN: "Short", SP: "Ours" });
});

test("where the parent was moved to an event the user may not see, nothing of it is shown or inherited", async () => {
  const { manager, anna } = fixture;
  const form = await fixture.newForm({ subjects: { EN: "Ours" } });
  const elsewhere = await fixture.newForm();
  const parent = await createOrder(manager, anna, form);
  const child = await createOrder(manager, anna, { ...form, stage: "reminder" });
  const { token: leaseToken } = await takeEditLease(manager, anna, parent.id, { takeOver: false });
  const fields = { eventCode: elsewhere.eventCode, subjects: { EN: "Not for everybody" } };
  await saveOrder(manager, anna, parent.id, { leaseToken, fields, confirmReset: false });

  const ours = { ...anna, eventAccess: [form.eventCode] };
  const check = await checkOrder(manager, ours, { id: child.id, fields: {} });
  expect(JSON.stringify(check)).not.toContain(parent.id);
  expect(JSON.stringify(check)).not.toContain("Not for everybody");
  const lease = await takeEditLease(manager, ours, child.id, { takeOver: false });
  const body = { leaseToken: lease.token, fields: {}, confirmReset: false };
  const saved = await saveOrder(manager, ours, child.id, body);
  expect(saved.subjects).toEqual({ EN: "Ours" });
  expect(saved.parentOrderId).toBeUndefined();
});

test("the options are what the user may choose, in order, without credentials", async () => {
  const { manager, anna, outsider } = fixture;
  await fixture.putEvent({ aid: "OPT", name: "An Event", subEvents: { b: {}, a: {} } });
  const options = await readOptions(manager, anna);
  expect(options.events.find(({ code }) => code === "OPT")).toEqual({
    code: "OPT",
    name: "An Event",
    inPerson: true,
    subEvents: ["a", "b"],
  });
  expect(options.stages.map(({ name }) => name)).toEqual(["reg", "reminder", "confirm"]);
  expect(options.languages.map(({ code }) => code)).toEqual(["EN", "SP", "FR", "DE"]);
  expect(options.accounts).toEqual([
    {
      name: "office",
      fromName: "The Office",
      fromAddress: "office@example.org",
      ratePerSecond: 1000,
      quotaPer24h: 100_000,
    },
  ]);
  expect(options.testers).toEqual([
    { id: "t-1", label: "Tess" },
    { id: "t-2", label: "Tom" },
  ]);
  expect(options.timeZone).toBe("Europe/Berlin");
  expect(JSON.stringify(options)).not.toMatch(/not-a-secret|arn:secret|password|127\.0\.0\.1/);
  expect((await readOptions(manager, outsider)).events).toEqual([]);
  const Item = { pk: "tester", sk: "t-1", label: "Tess <tess@example.org>" };
  await fixture.stack.aws.dynamo.send(new PutCommand({ TableName: fixture.stack.config.CONFIG_TABLE, Item }));
  const labels = async (showAddresses: boolean) =>
    (await readOptions(manager, { ...anna, showAddresses })).testers.map(({ label }) => label);
  expect(await labels(true)).toContain("Tess <tess@example.org>");
  expect(await labels(false)).toEqual(["Tess <…@example.org>", "Tom"]);
});
