import type { User } from "@email-agent/shared/domain/configItems.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import * as kindRoute from "../../app/api/settings/[kind]/route.ts";
import { compareFile } from "./importFile.ts";
import { removeItem, saveItem } from "./saveItem.ts";

let fixture: ManagerFixture;
beforeEach(async () => {
  fixture = await openManagerFixture();
});
afterEach(() => fixture?.[Symbol.asyncDispose]());

const admin = (id: string) => fixture.addUser({ id, role: "admin" });
const admins = async () =>
  (await fixture.manager.configStore.list("user"))
    .filter(({ fields }) => fields["role"] === "admin")
    .map(({ key }) => key);
const remove = (by: User, key: string) => removeItem(fixture.manager, by, { kind: "user", key }, 0);
const demote = (by: User, key: string) =>
  saveItem(
    fixture.manager,
    by,
    { kind: "user", key },
    { values: { id: key, name: key, role: "write" }, version: 0, confirmOwnLoss: true },
  );

test("acceptance 134: the last administrator cannot be removed or demoted, by no one and by no way", async () => {
  const ada = await admin("ada");
  await fixture.addUser({ id: "wren", role: "write" });
  for (const attempt of [remove, demote])
    await expect(attempt(ada, "ada")).rejects.toThrow("ada is the last administrator, and one must be left.");
  const text = "emailAgentConfiguration: 1\ncomplete: true\nusers:\n  wren:\n    name: Wren\n    role: write\n";
  const { faults } = await compareFile(fixture.manager, ada, { text, remove: true });
  expect(faults.map(({ sentence }) => sentence)).toContainEqual(
    expect.stringMatching(/^No administrator would be left/),
  );
  expect(await admins()).toEqual(["ada"]);
});

test.each([2, 3, 6])(
  "acceptance 134: of %i administrators who all remove and demote each other at the same moment one is left",
  async (count) => {
    const users = await Promise.all(Array.from({ length: count }, (_, n) => admin(`admin-${n}`)));
    const attempts = users.flatMap((by, n) => {
      const target = users[(n + 1) % count]?.id ?? "";
      return [remove(by, target), demote(by, target)];
    });
    const results = await Promise.allSettled(attempts);
    expect((await admins()).length).toBeGreaterThanOrEqual(1);
    expect(results.filter(({ status }) => status === "fulfilled").length).toBe(count - (await admins()).length);
    expect(await admins()).toHaveLength(1);
  },
);

test("a user who is removed or gets another role is refused at the next request", async () => {
  const ada = await admin("ada");
  const ben = await admin("ben");
  const asked = () => fixture.ask(ben, kindRoute.GET as never, { kind: "stage" });
  expect((await asked()).status).toBe(200);
  await demote(ada, "ben");
  expect((await asked()).status).toBe(403);
  await removeItem(fixture.manager, ada, { kind: "user", key: "ben" }, 1);
  expect((await asked()).status).toBe(403);
});
