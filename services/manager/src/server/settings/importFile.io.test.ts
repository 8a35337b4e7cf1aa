import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { configurationFile } from "@email-agent/shared/domain/configuration/configurationFile.ts";
import { anAccount, anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import * as route from "../../app/api/configuration/route.ts";
import { compareFile, exportFile, importFile } from "./importFile.ts";
import { removeItem, saveItem } from "./saveItem.ts";

let here: ManagerFixture;
let there: ManagerFixture;
let admin: User;
let other: User;

beforeAll(async () => {
  here = await openManagerFixture();
  there = await openManagerFixture();
  admin = await here.addUser({ id: "ada", name: "Ada", role: "admin", sessionsValidAfter: 5 });
  other = await there.addUser({ id: "ole", name: "Ole", role: "admin" });
  const { aws, config } = here.stack;
  await putConfig(aws, config, {
    stages: [aStage({ name: "reg", pools: ["joined"] })],
    pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    languages: [...someLanguages().values()],
    accounts: [anAccount({ name: "office", username: "office", password: "hunter2" })],
    prompts: [{ event: "default", key: "salutation", language: "EN", text: "<p>Dear *|FNAME|*</p>\n" }],
  } as never);
  const Item = { ...anEvent({ aid: "E26", config: { pool: "joined" }, embeddedEmails: { a: {} } }), other: "program" };
  await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item }));
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  await there?.[Symbol.asyncDispose]();
});

const exported = async ({ manager }: ManagerFixture) => (await exportFile(manager)).text();
const imported = async ({ manager }: ManagerFixture, user: User, text: string, remove = false) => {
  const { fingerprint } = await compareFile(manager, user, { text, remove });
  return importFile(manager, user, { text, remove, fingerprint });
};

test("acceptance 132: a configuration that is exported and imported elsewhere is the same there, and the comparison said before what would change", async () => {
  const text = await exported(here);
  expect(text).not.toMatch(/hunter2|sessionsValidAfter|embeddedEmails|version/);
  expect(await compareFile(here.manager, admin, { text, remove: true })).toMatchObject({ changes: [], faults: [] });

  const before = await exported(there);
  const compared = await compareFile(there.manager, other, { text, remove: true });
  expect(await exported(there)).toBe(before);
  expect(compared.faults).toEqual([]);
  expect(compared.secretsToEnter).toEqual([{ key: "office", field: "password" }]);
  expect(compared.warnings).toEqual(["You would be removed yourself, and signed out."]);
  const { written } = await importFile(there.manager, other, { text, remove: true, fingerprint: compared.fingerprint });
  expect(written).toBe(compared.changes.length);

  expect(await exported(there)).toBe(text);
  expect(configurationFile(configurationOf(await readStored(there.manager.configStore)))).toBe(text);
  expect(await there.manager.configTable.stage("reg")).toMatchObject({ pools: ["joined"] });
  expect(await there.manager.configStore.get("stage", "reg")).toMatchObject({ version: 1, changedBy: "ole" });
  expect(await compareFile(there.manager, other, { text, remove: true })).toMatchObject({ changes: [] });
});

test("an import keeps secrets, what other programs write and the end of sessions, and raises the versions", async () => {
  const text = (await exported(here))
    .replace(/(fromName: ).*/, "$1Desk")
    .replace("name: Ada", "name: Ada B")
    .replace(/(E26:\n {4}name: ).*/, "$1Spring");
  expect(await imported(here, admin, text)).toMatchObject({ written: 3 });
  expect(await here.manager.configTable.account("office")).toMatchObject({ fromName: "Desk", password: "hunter2" });
  expect(await here.manager.configTable.user("ada")).toMatchObject({ name: "Ada B", sessionsValidAfter: 5 });
  expect(await here.manager.events.get("E26")).toMatchObject({
    name: "Spring",
    embeddedEmails: { a: {} },
    other: "program",
  });
  const history = await here.manager.configStore.history("account", "office");
  expect(history).toMatchObject([{ version: 0, fields: { username: "office" } }]);
  expect(JSON.stringify(history)).not.toContain("hunter2");
});

test("an import that names another mail server for an account drops its password and lists it as to be entered", async () => {
  const { manager } = here;
  await putConfig(here.stack.aws, here.stack.config, {
    accounts: [
      anAccount({ name: "moved", host: "smtp.example.org", security: "tls", username: "moved", password: "hunter3" }),
    ],
  });
  const text = (await exported(here)).replace("host: smtp.example.org", "host: smtp.evil.example");
  const { secretsToEnter, faults } = await compareFile(manager, admin, { text, remove: false });
  expect([faults, secretsToEnter]).toEqual([[], [{ key: "moved", field: "password" }]]);
  await imported(here, admin, text);
  const moved = await manager.configTable.account("moved");
  expect(moved).toMatchObject({ host: "smtp.evil.example", username: "moved" });
  expect(moved).not.toHaveProperty("password");
  const gone = await manager.configStore.get("account", "moved");
  await removeItem(manager, admin, { kind: "account", key: "moved" }, gone?.version ?? 0);
});

test("an import does what was shown and nothing else: a change in between is a conflict, and nothing is written", async () => {
  const { manager } = here;
  const text = (await exported(here)).replace("description: ", "description: 1 ").replace("name: Ada B", "name: Ada C");
  const { fingerprint } = await compareFile(manager, admin, { text, remove: false });
  const stage = await manager.configStore.get("user", "ada");
  const values = { id: "ada", ...stage?.fields, name: "Ada D" };
  await saveItem(manager, admin, { kind: "user", key: "ada" }, { values, version: stage?.version ?? 0 });
  await expect(importFile(manager, admin, { text, remove: false, fingerprint })).rejects.toThrow(
    /changed since you compared/,
  );
  expect(await manager.configTable.user("ada")).toMatchObject({ name: "Ada D" });
});

test("an import that meets a change ends there, says where, and is finished by a second one", async () => {
  const { manager } = here;
  const text = (await exported(here))
    .replace("Europe/Berlin", "UTC")
    .replace(/^ {2}joined:/m, "  fresh:\n    attributes:\n      - type: 'true'\n  joined:")
    .replace("name: Ada D", "name: Ada E");
  const { fingerprint, changes } = await compareFile(manager, admin, { text, remove: false });
  expect(changes.map(({ kind }) => kind)).toEqual(["pool", "user"]);
  const { change } = manager.configStore;
  manager.configStore.change = async (asked) => {
    if (asked.kind === "user") await change({ ...asked, after: { ...asked.after, name: "Ada F" }, id: `${asked.id}x` });
    return change(asked);
  };
  const met = await importFile(manager, admin, { text, remove: false, fingerprint });
  manager.configStore.change = change;
  expect(met).toMatchObject({ written: 1, conflict: { kind: "user", key: "ada" } });
  expect(await imported(here, admin, text)).toMatchObject({ written: 1 });
  expect(await manager.configTable.user("ada")).toMatchObject({ name: "Ada E" });
});

test("work orders that an import makes stale are shown before it, and set back by it", async () => {
  const { manager } = here;
  const complete = { status: "complete", runId: "r", endedAt: "2026-03-01T08:00:00.000Z" } as const;
  const named = { eventCode: "E26", stage: "reg", account: "office", languages: ["EN"] };
  const order = await here.addOrder(
    { ...named, subEvent: "a" },
    { Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete },
  );
  const sent = await here.addOrder({ ...named, subEvent: "b" }, { Count: complete, Send: complete });
  const text = (await exported(here))
    .replace("type: currenteventjoin", "type: currenteventmanualinclude")
    .replace("username: office", "username: counter");
  const { effects, fingerprint } = await compareFile(manager, admin, { text, remove: false });
  const title = "E26 · a · reg";
  expect(effects).toEqual([
    { title, address: `/work-orders/${order.id}`, steps: ["Count", "Dry-Run", "Test"], busy: false },
  ]);
  const done = await importFile(manager, admin, { text, remove: false, fingerprint });
  expect(done).toMatchObject({ written: 2, reset: [{ title }], notReset: [] });
  const steps = Object.values((await manager.orders.get(order.id))?.steps ?? {}).map(({ status }) => status);
  expect(steps).toEqual(["ready", "complete", "ready", "ready", "ready"]);
  expect((await manager.orders.get(sent.id))?.steps.Count.status).toBe("complete");
});

test("what work orders use is not removed, and a file that does not fit is not imported", async () => {
  const { manager } = here;
  await here.addOrder({ eventCode: "E26", stage: "reg", account: "office" });
  const text = "emailAgentConfiguration: 1\ncomplete: true\naccounts:\n";
  const { faults, changes } = await compareFile(manager, admin, { text, remove: true });
  expect(changes).toMatchObject([{ kind: "account", key: "office", change: "removed" }]);
  expect(faults).toEqual([
    {
      what: "mail account office, which would be removed",
      sentence: expect.stringMatching(/^The work order E26 .* uses it\. /),
    },
  ]);
  await expect(imported(here, admin, text, true)).rejects.toThrow(/^Nothing was imported: mail account office/);
  expect(await manager.configTable.account("office")).toBeDefined();
});

test("only administrators export and import", async () => {
  const writer = await there.addUser({ id: "wren", role: "write" });
  const body = { text: "emailAgentConfiguration: 1", remove: false };
  const statuses = await Promise.all([
    there.ask(writer, route.GET as never, {}),
    there.ask(writer, route.POST as never, {}, { body }),
    there.ask(writer, route.PUT as never, {}, { body: { ...body, fingerprint: "x" } }),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([403, 403, 403]);
});
