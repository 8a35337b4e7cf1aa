import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { configStore } from "@email-agent/shared/adapters/configStore.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { startTables, type Tables } from "@email-agent/shared/testing/tables.ts";
import { ulid } from "ulid";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { acceptInvitation } from "./acceptInvitation.ts";
import { addFirstAdministrator, addFirstAdministratorAtStart } from "./addFirstAdministrator.ts";

let tables: Tables;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables?.[Symbol.asyncDispose]());

const clock = { now: () => Date.now() };
const lines: string[] = [];
const log = openLog("manager", "info", { write: (line: string) => void lines.push(line) });
const store = () => configStore(tables.aws, tables.names);
/** A manager process. */
const manager = (FIRST_ADMIN: string) => ({ config: { FIRST_ADMIN }, configStore: store(), clock, log });
const users = () => store().list("user");
const put = (key: string, fields: object) =>
  store().change({
    ...{ kind: "user", key, before: undefined, after: { ...fields } },
    ...{ by: "test", now: Date.now(), id: ulid() },
  });
afterEach(async () => {
  // Not by the store, which keeps the last administrator.
  for (const { key } of await users())
    await tables.aws.dynamo.send(
      new DeleteCommand({ TableName: tables.names.CONFIG_TABLE, Key: { pk: "user", sk: key } }),
    );
});

const ann = { userId: "sub-ann", email: "Ann@Example.org", isEmailVerified: true };

test("acceptance 139: the first administrator is added at the start if there is none, and never again", async () => {
  const started = () => Promise.all(Array.from({ length: 6 }, () => addFirstAdministrator(manager("ann@example.org"))));
  expect((await started()).filter(Boolean)).toHaveLength(1);
  expect(await users()).toMatchObject([
    { key: "invited-first-administrator", version: 1, changedBy: "FIRST_ADMIN", fields: { role: "admin" } },
  ]);
  expect((await started()).filter(Boolean)).toHaveLength(0);

  expect(await acceptInvitation(manager(""), ann)).toBe("accepted");
  expect((await started()).filter(Boolean)).toHaveLength(0);
  expect(await users()).toMatchObject([{ key: "sub-ann", fields: { role: "admin", eventAccess: ["*"] } }]);

  // Also when another administrator has taken over, and the first is gone.
  await put("ben", { name: "Ben", role: "admin", eventAccess: ["*"] });
  const before = await store().get("user", "sub-ann");
  const gone = { kind: "user" as const, key: "sub-ann", before, after: undefined };
  await store().change({ ...gone, by: "ben", now: Date.now(), id: ulid() });
  expect((await started()).filter(Boolean)).toHaveLength(0);
  expect(await users()).toMatchObject([{ key: "ben" }]);
  expect(lines.join("")).not.toMatch(/ann@/i);
});

test("acceptance 139: a manager that is late leaves no invitation behind for who is an administrator already", async () => {
  const late = manager("ann@example.org");
  const list = late.configStore.list;
  let reads = 0;
  const slow = {
    ...late.configStore,
    async list(kind: Parameters<typeof list>[0]) {
      const found = await list(kind);
      reads += 1;
      if (reads > 1) return found;
      await addFirstAdministrator(manager("ann@example.org"));
      await acceptInvitation(manager(""), ann);
      return found;
    },
  };
  await addFirstAdministrator({ ...late, configStore: slow });
  expect((await users()).map(({ key }) => key)).toEqual(["sub-ann"]);
});

test("a user id becomes a user, one who is there with fewer rights gets those of an administrator", async () => {
  expect(await addFirstAdministrator(manager(""))).toBe(false);
  await put("sub-1", { name: "Ann", role: "read", eventAccess: [] });
  expect(await addFirstAdministrator(manager("sub-1"))).toBe(true);
  expect(await users()).toMatchObject([{ key: "sub-1", version: 2, fields: { name: "Ann", role: "admin" } }]);
});

test("a table that does not respond yet is tried again, and the log says so", async () => {
  const good = manager("sub-2");
  let failures = 2;
  const failing = {
    ...good.configStore,
    list: (kind: Parameters<typeof good.configStore.list>[0]) => {
      failures -= 1;
      return failures >= 0 ? Promise.reject(new Error("the table is away")) : good.configStore.list(kind);
    },
  };
  const pauses: number[] = [];
  await addFirstAdministratorAtStart({ ...good, configStore: failing }, async (milliseconds) => {
    pauses.push(milliseconds);
  });
  expect(pauses).toEqual([30_000, 30_000]);
  expect((await users()).map(({ key }) => key)).toEqual(["sub-2"]);
  expect(lines.filter((line) => line.includes("tried again in 30 s"))).toHaveLength(2);
});
