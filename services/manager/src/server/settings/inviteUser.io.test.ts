import type { User } from "@email-agent/shared/domain/configItems.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { checkItem } from "./checkItem.ts";
import { listItems, readItem } from "./readItems.ts";
import { addItem, saveItem } from "./saveItem.ts";

let fixture: ManagerFixture;
let ada: User;
beforeAll(async () => {
  fixture = await openManagerFixture();
  ada = await fixture.addUser({ id: "ada", role: "admin" });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const rights = { name: "Ann", role: "write", eventAccess: ["*"] };
const faultsOf = async (values: object) =>
  (await checkItem(fixture.manager, "user", { values: { ...rights, ...values }, isNew: true })).fields;

test("the form of a user takes an address or an id, and an invitation is shown and changed as such", async () => {
  const { manager } = fixture;
  expect(await faultsOf({ id: "" })).toEqual({ id: "Enter the user id, or the mail address below." });
  expect(await faultsOf({ id: "x", email: "ann@example.org" })).toEqual({ email: expect.stringMatching(/not both/) });
  expect(await faultsOf({ id: "invited-x" })).toHaveProperty("email");
  expect(await faultsOf({ id: "", email: "ann@" })).toEqual({ email: expect.stringMatching(/mail address/) });
  expect(await faultsOf({ id: "", email: "ann@example.org" })).toEqual({});

  const values = { ...rights, id: "", email: "ann@example.org" };
  const { key = "", form } = await addItem(manager, ada, "user", { values, version: null });
  expect(key).toMatch(/^invited-[0-9A-Z]{26}$/);
  expect(form.fields.map(({ name }) => name)).not.toContain("id");
  expect((await readItem(manager, "user", "ada")).form.fields.map(({ name }) => name)).not.toContain("email");
  expect((await listItems(manager, "user")).items).toMatchObject([
    { key: "ada", summary: "ada · administrator" },
    { key, title: "ann@example.org (invited)", summary: "Ann · writes" },
  ]);
  await expect(
    addItem(manager, ada, "user", { values: { ...values, email: "ANN@example.org" }, version: null }),
  ).rejects.toThrow("There is an invitation for this address already");

  const changed = { ...values, id: key, email: "anna@example.org" };
  await saveItem(manager, ada, { kind: "user", key }, { values: changed, version: 1 });
  expect((await readItem(manager, "user", key)).values).toMatchObject({ email: "anna@example.org" });
});
