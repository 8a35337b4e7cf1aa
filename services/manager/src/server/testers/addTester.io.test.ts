import { afterAll, beforeAll, expect, test } from "vitest";
import { type FormFixture, startFormFixture } from "../../../testing/formFixture.ts";
import { createOrder } from "../orders/createOrder.ts";
import { readOptions } from "../orders/readOptions.ts";
import { testersReached } from "../sending/testersReached.ts";
import { addTester } from "./addTester.ts";
import { peopleById } from "./peopleById.ts";

let fixture: FormFixture;
beforeAll(async () => {
  fixture = await startFormFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("acceptance 123: an address typed in the form is a tester of the event's orders; orders and audit carry no address", async () => {
  const { manager, anna, outsider } = fixture;
  const { eventCode, ...form } = await fixture.newForm();
  const added = await addTester(manager, anna, { eventCode, email: " Press@Agency.example " });
  expect(added).toEqual({
    id: expect.stringMatching(/^t-[0-9A-Z]{26}$/),
    label: "P…@Agency.example",
    typedFor: eventCode,
  });
  const again = await addTester(
    manager,
    { ...anna, showAddresses: true },
    { eventCode, email: "press@agency.example" },
  );
  expect(again).toEqual({ ...added, label: "Press@Agency.example" });

  const order = await createOrder(manager, anna, { ...form, eventCode, testers: ["t-1", added.id] });
  expect(order.testers).toEqual(["t-1", added.id]);
  expect((await readOptions(manager, anna)).testers).toContainEqual(added);
  expect((await readOptions(manager, outsider)).testers.map(({ id }) => id)).toEqual(["t-1", "t-2"]);

  const lines = await Array.fromAsync(manager.audit.lines("config"));
  expect(lines).toMatchObject([
    { by: "anna", what: "configured", data: { kind: "tester", key: added.id, change: "added" } },
  ]);
  expect(JSON.stringify([order, lines])).not.toMatch(/press|agency/i);

  const stored = await manager.orders.get(order.id);
  const names = async (showAddresses: boolean) =>
    (await testersReached(manager, { showAddresses }, stored!)).map(({ name }) => name);
  expect(await names(false)).toEqual(["Tess", "P…@Agency.example"]);
  expect(await names(true)).toEqual(["Tess", "Press@Agency.example"]);
  expect((await peopleById(manager, [added.id])).get(added.id)).toEqual({
    ...{ id: added.id, email: "Press@Agency.example", first: "Example", last: "Person" },
  });
});

test("an address typed for one event is refused in the orders of another", async () => {
  const { manager, anna } = fixture;
  const [one, other] = [await fixture.newForm(), await fixture.newForm()];
  const { id } = await addTester(manager, anna, { eventCode: one.eventCode, email: "bo@example.org" });
  await expect(createOrder(manager, anna, { ...other, testers: [id] })).rejects.toMatchObject({
    code: "invalid-input",
    message: expect.stringContaining("was typed for another event"),
  });
  const own = await addTester(manager, anna, { eventCode: other.eventCode, email: "bo@example.org" });
  expect(own.id).not.toBe(id);
});

test("what is no address, and an event the user may not see, add no one", async () => {
  const { manager, anna, outsider } = fixture;
  const { eventCode } = await fixture.newForm();
  const before = (await manager.configTable.testers()).length;
  for (const email of ["", "ana", "ana@example", "ana@example.org, bo@example.org", "ana@example.org\r\nBcc: x@y.zz"])
    await expect(addTester(manager, anna, { eventCode, email })).rejects.toMatchObject({
      code: "invalid-input",
      details: { fields: { testers: expect.stringContaining("not a mail address") } },
    });
  const wanted = { eventCode, email: "ana@example.org" };
  await expect(addTester(manager, outsider, wanted)).rejects.toMatchObject({ code: "not-found" });
  await expect(addTester(manager, anna, { ...wanted, eventCode: "NO" })).rejects.toMatchObject({ code: "not-found" });
  expect(await manager.configTable.testers()).toHaveLength(before);
});

test("addresses are added at a limited rate for each user", async () => {
  const { manager, ben } = fixture;
  const { eventCode } = await fixture.newForm();
  const add = (n: number) => addTester(manager, ben, { eventCode, email: `person-${n}@example.org` });
  for (let n = 0; n < 20; n += 1) await add(n);
  await expect(add(20)).rejects.toMatchObject({ code: "too-many-requests" });
  await expect(add(3)).resolves.toMatchObject({ typedFor: eventCode });
  fixture.advance(61_000);
  await expect(add(20)).resolves.toMatchObject({ typedFor: eventCode });
});
