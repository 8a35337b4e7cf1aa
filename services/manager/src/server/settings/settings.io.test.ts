import type { User } from "@email-agent/shared/domain/configItems.ts";
import { anAccount, anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { SettingsItem, SettingsList } from "../../api/settings.ts";
import * as itemRoute from "../../app/api/settings/[kind]/[key]/route.ts";
import * as kindRoute from "../../app/api/settings/[kind]/route.ts";
import { listItems, readItem } from "./readItems.ts";
import { addItem, removeItem, saveItem } from "./saveItem.ts";

let fixture: ManagerFixture;
let admin: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  admin = await fixture.addUser({ id: "ada", name: "Ada", role: "admin" });
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, {
    stages: [aStage({ name: "reg", pools: ["joined"] })],
    pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    languages: [...someLanguages().values()],
    accounts: [anAccount({ name: "office", password: "hunter2" })],
  });
  const event = anEvent({ aid: "E26", config: { pool: "joined" }, embeddedEmails: { a: {} } });
  const { aid: key, ...after } = event;
  await fixture.manager.configStore.change({ kind: "event", key, before: undefined, after, by: "x", now: 1, id: "1" });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const read = (kind: Parameters<typeof readItem>[1], key: string) => readItem(fixture.manager, kind, key);

describe("an item", () => {
  test("is added, listed, changed by its form, and says what changed it", async () => {
    const { manager } = fixture;
    const made = await addItem(manager, admin, "stage", {
      values: { name: "thanks", description: "Thank you", pools: ["joined"] },
      version: null,
    });
    expect(made).toMatchObject({ key: "thanks", version: 1, changedBy: "Ada", values: { name: "thanks" } });
    const saved = await saveItem(
      manager,
      admin,
      { kind: "stage", key: "thanks" },
      { values: { ...made.values, description: "Thanks" }, version: 1 },
    );
    expect(saved).toMatchObject({
      version: 2,
      values: { description: "Thanks" },
      versions: [{ version: 1, changedBy: "Ada", fields: { description: "Thank you" } }],
    });
    const { items } = await listItems(manager, "stage");
    expect(items).toContainEqual(expect.objectContaining({ key: "thanks", summary: "Thanks", version: 2 }));
    expect(await manager.configTable.stage("thanks")).toMatchObject({ description: "Thanks", pools: ["joined"] });
  });

  test("keeps what something else writes: the form does not carry it", async () => {
    const { manager } = fixture;
    const event = await read("event", "E26");
    expect(event.form.fields.map(({ name }) => name)).not.toContain("embeddedEmails");
    const values = { ...event.values, name: "Spring", embeddedEmails: {} };
    await saveItem(manager, admin, { kind: "event", key: "E26" }, { values, version: 1 });
    expect(await manager.events.get("E26")).toMatchObject({ name: "Spring", embeddedEmails: { a: {} } });
  });

  test("is not removed while another item or a work order names it", async () => {
    const { manager } = fixture;
    await fixture.addOrder({ eventCode: "E26", account: "office", stage: "reg" });
    expect((await read("pool", "joined")).usedBy.map(({ title }) => title)).toEqual([
      "event E26",
      "stage reg",
      "stage thanks",
    ]);
    await expect(removeItem(manager, admin, { kind: "pool", key: "joined" }, 0)).rejects.toThrow(
      "The pool joined is used by event E26, stage reg, stage thanks. Change those first, then remove it.",
    );
    await expect(removeItem(manager, admin, { kind: "account", key: "office" }, 0)).rejects.toThrow(/work order E26/);
  });
});

describe("a secret", () => {
  test("never leaves the server, stays when the form does not send it, and goes when it is removed", async () => {
    const { manager } = fixture;
    const account = await read("account", "office");
    expect(JSON.stringify(account)).not.toContain("hunter2");
    expect(account.secretsSet).toEqual(["password"]);
    const place = { kind: "account", key: "office" } as const;
    const one = await saveItem(manager, admin, place, { values: { ...account.values, fromName: "A" }, version: 0 });
    expect(await manager.configTable.account("office")).toMatchObject({ fromName: "A", password: "hunter2" });
    const values = { ...one.values, username: "", password: null };
    expect(await saveItem(manager, admin, place, { values, version: 1 })).toMatchObject({ secretsSet: [] });
    expect((await manager.configTable.account("office"))?.password).toBeUndefined();
  });
});

describe("a stored password is sent to no other server", () => {
  const place = { kind: "account", key: "main" } as const;
  const server = { host: "smtp.example.org", port: 587, security: "starttls" as const, username: "main" };
  const reset = (secret: object) =>
    putConfig(fixture.stack.aws, fixture.stack.config, {
      accounts: [anAccount({ name: "main", fromAddress: "main@example.org", ...server, ...secret })],
    });
  const save = async (change: object) => {
    const { values } = await read("account", "main");
    return saveItem(fixture.manager, admin, place, { values: { ...values, ...change }, version: 0 });
  };
  const refused = (promise: Promise<unknown>) =>
    expect(promise).rejects.toMatchObject({
      details: { fields: { password: expect.stringMatching(/^The server changed: enter the password again/) } },
    });

  test.each([
    { host: "smtp.evil.example" },
    { host: undefined },
    { username: "other" },
    { host: "10.0.0.1", security: "none" },
  ])("%j needs it anew", async (change) => {
    await reset({ password: "hunter2" });
    await refused(save(change));
    expect((await fixture.manager.configTable.account("main"))?.host).toBe(server.host);
    await save({ ...change, password: "typed" });
    expect(await fixture.manager.configTable.account("main")).toMatchObject({ password: "typed" });
  });

  test("nor is that of a secret; a new secret, no password and other changes are taken", async () => {
    const arn = `${secretArn}1`;
    await reset({ password: undefined, secretArn });
    await refused(save({ host: "smtp.evil.example" }));
    await save({ host: "smtp.evil.example", password: "typed" });
    const typed = await fixture.manager.configTable.account("main");
    expect([typed?.password, typed?.secretArn]).toEqual(["typed", undefined]);
    await reset({ password: undefined, secretArn });
    await save({ host: "smtp.evil.example", secretArn: arn });
    expect(await fixture.manager.configTable.account("main")).toMatchObject({ secretArn: arn });
    await reset({ password: "hunter2" });
    await save({ host: "smtp.evil.example", username: undefined, password: null });
    expect(await fixture.manager.configTable.account("main")).not.toHaveProperty("password");
    await reset({ password: "hunter2" });
    await save({ host: "SMTP.example.org", security: "tls", port: 465 });
    expect(await fixture.manager.configTable.account("main")).toMatchObject({ password: "hunter2", port: 465 });
  });
});

const secretArn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:mail/dkim-AbCdEf";

describe("what does not fit", () => {
  test.each([
    ["stage", { name: "a b" }, "name"],
    ["stage", { name: "x", pools: ["gone"] }, "pools.0"],
    ["stage", { name: "x", prefix: { XX: "Hello" } }, "prefix.XX"],
    ["stage", { name: "x", order: "many" }, "order"],
    ["language", { code: "en", name: "English", tag: "en" }, "code"],
    ["pool", { name: "x", attributes: [{ type: "true" }, { type: "nosuch" }] }, "attributes.1.type"],
    ["pool", { name: "x", attributes: [{ type: "pool", name: "gone" }] }, "attributes.0.name"],
    ["pool", { name: "x", attributes: [{ type: "pool", name: "x" }] }, "attributes.0"],
    ["account", { name: "x", fromAddress: "office" }, "fromAddress"],
    ["account", { name: "x", ratePerSecond: 0 }, "ratePerSecond"],
    ["account", { name: "x", dkim: { domain: "bücher.example", selector: "s", secretArn } }, "dkim.domain"],
    ["event", { aid: "E_27", name: "x" }, "aid"],
    ["event", { aid: "E27", name: "x", config: { pool: "gone" } }, "config.pool"],
    ["user", { id: " ", name: "x", role: "read" }, "id"],
    ["prompt", { event: "default", key: "a#b", language: "EN", text: "x" }, "key"],
    ["prompt", { event: "GONE", key: "a", language: "EN", text: "x" }, "event"],
  ] as const)(
    "acceptance 126: a %s of %j is refused with a sentence at %s, and nothing is written",
    async (kind, values, field) => {
      const { manager } = fixture;
      const failed = await addItem(manager, admin, kind, { values, version: null }).catch((error) => error);
      expect(Object.keys(failed.details.fields)).toEqual([field]);
      expect(failed.details.fields[field]).toMatch(/^[A-Z].*\.$/);
      expect(failed.details.fields[field]).not.toMatch(/Invalid|expected|received/);
    },
  );

  test("an item that another program broke is listed with its fault, and the form shows where", async () => {
    const { aws, config } = fixture.stack;
    await putConfig(aws, config, { stages: [aStage({ name: "broken", pools: ["gone"] })] });
    const { items } = await listItems(fixture.manager, "stage");
    expect(items.find(({ key }) => key === "broken")?.problem).toBe('There is no pool "gone".');
    expect((await read("stage", "broken")).faults).toEqual({ "pools.0": 'There is no pool "gone".' });
  });
});

test("acceptance 127: only administrators read or change settings", async () => {
  for (const role of ["read", "write"] as const) {
    const user = await fixture.addUser({ id: `no-${role}`, role });
    const refused = [
      await fixture.ask(user, kindRoute.GET as never, { kind: "account" }),
      await fixture.ask(user, kindRoute.POST as never, { kind: "stage" }, { body: { values: {}, version: null } }),
      await fixture.ask(user, itemRoute.GET as never, { kind: "user", key: "ada" }),
      await fixture.ask(
        user,
        itemRoute.PUT as never,
        { kind: "stage", key: "reg" },
        { body: { values: {}, version: 0 } },
      ),
      await fixture.ask(user, itemRoute.DELETE as never, { kind: "stage", key: "reg" }, { query: "?version=0" }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  }
  const list = await fixture.ask(admin, kindRoute.GET as never, { kind: "account" });
  expect(((await list.json()) as SettingsList).items.map(({ key }) => key)).toContain("office");
  const item = await fixture.ask(admin, itemRoute.GET as never, { kind: "prompt", key: "gone" });
  expect(item.status).toBe(404);
  const setting = await fixture.ask(admin, itemRoute.GET as never, { kind: "setting", key: "timeZone" });
  expect((await setting.json()) as SettingsItem).toMatchObject({ key: "timeZone", values: { name: "timeZone" } });
});
