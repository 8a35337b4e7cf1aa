import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { preparedKey, sidecarKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import { anAccount, anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { PoolEffectLine, SettingsItem } from "../../api/settings.ts";
import * as effectRoute from "../../app/api/settings/pool-effect/route.ts";
import * as personRoute from "../../app/api/settings/pool-person/route.ts";
import { readGeneral, saveGeneral } from "./generalSettings.ts";
import { promptPreview } from "./promptPreview.ts";
import { readItem } from "./readItems.ts";
import { addItem, removeItem, saveItem } from "./saveItem.ts";
import { finishResets } from "./settleResets.ts";

const hash = "a".repeat(64);
const at = "2026-03-01T08:00:00.000Z";
const complete = { status: "complete", runId: "r", endedAt: at } as const;
const prepared = { Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete };

let fixture: ManagerFixture;
let admin: User;
let ben: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  admin = await fixture.addUser({ id: "ada", name: "Ada", role: "admin" });
  ben = await fixture.addUser({ id: "ben", name: "Ben", role: "admin" });
  const { aws, config } = fixture.stack;
  const event = anEvent({
    aid: "E26",
    subEvents: { main: {}, b: {}, c: {} },
    config: { pool: "joined", currency: "EUR" },
  });
  await aws.dynamo.send(
    new UpdateCommand({
      TableName: config.EVENTS_TABLE,
      Key: { aid: "E26" },
      UpdateExpression: "SET #name = :name, subEvents = :parts, config = :config",
      ExpressionAttributeNames: { "#name": "name" },
      ExpressionAttributeValues: { ":name": event.name, ":parts": event.subEvents, ":config": event.config },
    }),
  );
  await putConfig(aws, config, {
    stages: [aStage({ name: "reg", pools: [] })],
    pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    languages: [...someLanguages().values()],
    accounts: [anAccount({ name: "office" })],
    prompts: [
      { event: "default", key: "salutation", language: "EN", text: "Dear *|FNAME|*" },
      { event: "default", key: "unused", language: "EN", text: "In no template" },
    ],
  });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const read = (kind: Parameters<typeof readItem>[1], key: string) => readItem(fixture.manager, kind, key);
const save = (user: User, item: SettingsItem, values: object, more: object = {}) =>
  saveItem(
    fixture.manager,
    user,
    { kind: item.form.kind, key: item.key ?? "" },
    { values: { ...item.values, ...values }, version: item.version ?? 0, seen: item.seen, ...more },
  );

/** An order of E26 whose published content in English is this HTML. */
async function preparedOrder(subEvent: string, html: string, steps: object = prepared) {
  const s3Key = preparedKey({ eventCode: "E26", subEvent, stage: "reg" }, "EN", hash);
  await fixture.manager.documents.put(s3Key, html, "text/html");
  const sidecar = JSON.stringify({ v: 1, template: "t", findings: [] });
  await fixture.manager.documents.put(sidecarKey(s3Key), sidecar, "application/json");
  const content = { EN: { s3Key, hash, bytes: html.length, preparedAt: at } };
  return fixture.addOrder(
    { eventCode: "E26", subEvent, stage: "reg", account: "office", languages: ["EN"], prepared: content },
    steps,
  );
}

describe("acceptance 131: a change that makes prepared orders stale says which before it is saved, and sets them back", () => {
  test("a prompt: only orders whose content inserts it, and none whose Send has begun", async () => {
    const { manager } = fixture;
    const mine = await preparedOrder("main", "<p>||salutation||</p>");
    const other = await preparedOrder("b", "<p>Hello</p>");
    const sent = await preparedOrder("c", "<p>#salutation</p>", { ...prepared, Send: complete });
    const prompt = await read("prompt", "default#salutation#EN");
    const uses = ["work order E26 · c · reg", "work order E26 · main · reg"];
    expect(prompt.usedBy.map(({ title }) => title).toSorted()).toEqual(uses);
    const refused = await save(admin, prompt, { text: "Hello *|FNAME|*" }).catch((error) => error);
    expect(refused).toMatchObject({ code: "conflict", details: { reason: "resets" } });
    expect(refused.details.orders).toEqual([
      {
        title: "E26 · main · reg",
        address: `/work-orders/${mine.id}`,
        steps: ["Prepare", "Dry-Run", "Test"],
        busy: false,
      },
    ]);
    expect(await manager.configStore.get("prompt", "default#salutation#EN")).toMatchObject({ version: 0 });
    const saved = await save(admin, prompt, { text: "Hello *|FNAME|*" }, { confirmResets: true });
    expect(saved).toMatchObject({ version: 1, reset: [{ title: "E26 · main · reg" }], notReset: [] });
    const after = await manager.orders.get(mine.id);
    const statuses = Object.values(after?.steps ?? {}).map(({ status }) => status);
    expect(statuses).toEqual(["complete", "ready", "ready", "ready", "ready"]);
    expect(after?.steps.Prepare.message).toBe(
      "Reset because the prompt default#salutation#EN changed in the settings.",
    );
    expect((await manager.orders.get(other.id))?.steps.Prepare.status).toBe("complete");
    expect((await manager.orders.get(sent.id))?.steps.Prepare.status).toBe("complete");
    const lines = [];
    for await (const line of manager.audit.lines(mine.id, "U")) lines.push(line);
    expect(lines).toMatchObject([
      { by: "ada", what: "reset by settings", data: { reset: ["Prepare", "Dry-Run", "Test"] } },
    ]);
    // What needs no other result needs no question.
    expect(await save(admin, await read("stage", "reg"), { description: "Opens" })).toMatchObject({ reset: [] });
  });

  test("a Send that is scheduled has not begun: its start is cancelled in error, and said before the save", async () => {
    const { manager } = fixture;
    const scheduled = { at: "2099-01-01T00:00:00.000Z", by: "ada", hashes: { EN: hash } };
    const asleep = { status: "sleeping", nextRunAt: scheduled.at, nextRunId: "c-1", scheduled } as const;
    const fields = { eventCode: "E26", subEvent: "d", stage: "reg", account: "office", languages: ["EN"] };
    const order = await fixture.addOrder(
      { ...fields, runState: "scheduled", runCheckAt: scheduled.at },
      { ...prepared, Send: asleep },
    );
    const stage = await read("stage", "reg");
    const prefix = { prefix: { EN: "News: " } };
    const refused = await save(admin, stage, prefix).catch((error) => error);
    const steps = ["Prepare", "Dry-Run", "Test", "Send"];
    expect(refused.details.orders).toEqual(expect.arrayContaining([expect.objectContaining({ steps, busy: false })]));
    await save(admin, stage, prefix, { confirmResets: true });
    const after = await manager.orders.get(order.id);
    expect(after?.steps.Test.status).toBe("ready");
    expect(after?.steps.Send).toMatchObject({
      status: "error",
      message: expect.stringContaining("The start scheduled for 2099-01-01T00:00:00.000Z was cancelled"),
    });
    expect(after?.steps.Send).not.toHaveProperty("scheduled");
    expect(after?.runState).toBeUndefined();
  });

  test("a process that ends before the write leaves no order stale, and a result that comes in between is set back after it", async () => {
    const { manager } = fixture;
    const pool = await read("pool", "joined");
    const event = { eventCode: "E26", stage: "reg", account: "office", languages: ["EN"] };
    const order = await fixture.addOrder(event, { Count: complete });
    const count = async () => (await manager.orders.get(order.id))?.steps.Count.status;
    const counted = { set: [[["steps", "Count"], complete] as const], remove: [], when: [] };
    const counts = () => manager.orders.write(order.id, counted, { updatedBy: "ingest" });
    const saveBy = (change: typeof manager.configStore.change) =>
      saveItem(
        { ...manager, configStore: { ...manager.configStore, change } },
        admin,
        { kind: "pool", key: "joined" },
        {
          values: { ...pool.values, attributes: [{ type: "join", aid: "E26" }] },
          version: pool.version ?? 0,
          confirmResets: true,
        },
      );
    const ended = new Error("the process ended");
    await expect(saveBy(() => Promise.reject(ended))).rejects.toBe(ended);
    expect(await count()).toBe("ready");
    expect((await read("pool", "joined")).version).toBe(pool.version);

    await counts();
    const saved = await saveBy(async (change) => {
      expect(await count()).toBe("ready");
      await counts();
      expect(await count()).toBe("complete");
      return manager.configStore.change(change);
    });
    expect(await count()).toBe("ready");
    expect(saved.version).toBeGreaterThan(pool.version ?? 0);
  });

  test("a process that ends after the write leaves a result that came in between to the next one; later results stay", async () => {
    const { manager } = fixture;
    const now = Date.parse("2030-01-01T10:00:00.000Z");
    const before = { ...complete, startedAt: "2030-01-01T09:59:00.000Z" };
    const after = { ...complete, startedAt: "2030-01-01T10:00:10.000Z" };
    const event = { eventCode: "E26", stage: "reg", account: "office", languages: ["EN"] };
    const [stale, again, busy] = await Promise.all(
      ["r1", "r2", "r3"].map((subEvent) => fixture.addOrder({ ...event, subEvent }, { Count: before })),
    );
    const put = (id: string, steps: object, isBusy = false) => {
      const written = Object.entries(steps).map(([name, value]) => [["steps", name], value] as const);
      const run = isBusy ? [[["runState"], "working"] as const, [["runCheckAt"], at] as const] : [];
      const remove = isBusy ? [] : ([["runState"], ["runCheckAt"]] as const);
      return manager.orders.write(id, { set: [...written, ...run], remove, when: [] }, { updatedBy: "ingest" });
    };
    const ended = new Error("the process ended");
    const change: typeof manager.configStore.change = async (one) => {
      await put(stale!.id, { Count: before });
      await put(again!.id, { Count: after });
      await put(busy!.id, { Count: before, Prepare: { status: "working", startedAt: before.startedAt } }, true);
      await manager.configStore.change({ ...one, now });
      throw ended;
    };
    const pool = await read("pool", "joined");
    const item = { kind: "pool", key: "joined" } as const;
    const values = { ...pool.values, attributes: [{ type: "currenteventmanualinclude" }] };
    const body = { values, version: pool.version ?? 0, confirmResets: true };
    const dying = { ...manager, configStore: { ...manager.configStore, change } };
    await expect(saveItem(dying, admin, item, body)).rejects.toBe(ended);
    expect((await read("pool", "joined")).version).toBeGreaterThan(pool.version ?? 0);

    const counts = async () =>
      Promise.all([stale, again, busy].map(async (one) => (await manager.orders.get(one!.id))?.steps.Count.status));
    const sweepAt = (time: number) =>
      finishResets({ ...manager, clock: { now: () => time } as typeof manager.clock }, new AbortController().signal);
    await sweepAt(now + 30_000);
    expect(await counts()).toEqual(["complete", "complete", "complete"]);
    await sweepAt(now + 70_000);
    expect(await counts()).toEqual(["ready", "complete", "complete"]);
    await put(busy!.id, { Prepare: { ...complete, startedAt: before.startedAt } });
    await sweepAt(now + 130_000);
    expect(await counts()).toEqual(["ready", "complete", "ready"]);
    const left = [];
    for await (const page of manager.pendingResets.pages()) left.push(...page);
    expect(left).toEqual([]);
  });

  test("never while a step works: the order is named, and goes on", async () => {
    const working = { status: "working", runId: "w", startedAt: at } as const;
    const busy = await fixture.addOrder(
      { eventCode: "E26", stage: "reg", account: "office", languages: ["EN"], runState: "working", runCheckAt: at },
      { Count: complete, Prepare: working },
    );
    const pool = await read("pool", "joined");
    const attributes = [{ type: "currenteventjoin" }, { type: "currenteventmanualinclude" }];
    const refused = await save(admin, pool, { attributes }).catch((error) => error);
    const title = `E26 · ${busy.subEvent} · reg`;
    expect(refused.details.orders).toContainEqual(expect.objectContaining({ title, steps: ["Count"], busy: true }));
    const saved = await save(admin, pool, { attributes }, { confirmResets: true });
    expect(saved.notReset).toEqual([expect.objectContaining({ title, busy: true })]);
    expect((await fixture.manager.orders.get(busy.id))?.steps.Count.status).toBe("complete");
  });
});

describe("acceptance 129: two administrators at once, and programs that know no versions", () => {
  test("of many saves at once one counts, and every other says so", async () => {
    const made = await addItem(fixture.manager, admin, "pool", { values: { name: "both" }, version: null });
    const saves = [admin, ben, admin, ben].map((user, n) =>
      save(user, made, { attributes: [{ type: "join", aid: `E${n}` }] }).then(
        () => "saved",
        (error) => error.details.reason,
      ),
    );
    expect((await Promise.all(saves)).sort()).toEqual(["saved", "version", "version", "version"]);
  });

  test("an event that another program changed meanwhile is not overwritten, although its version is the same", async () => {
    const { aws, config } = fixture.stack;
    const event = await read("event", "E26");
    expect(event.version).toBe(0);
    const change = { UpdateExpression: "SET #name = :name", ExpressionAttributeNames: { "#name": "name" } };
    const write = (name: string) =>
      aws.dynamo.send(
        new UpdateCommand({
          ...{ TableName: config.EVENTS_TABLE, Key: { aid: "E26" }, ...change },
          ExpressionAttributeValues: { ":name": name },
        }),
      );
    await write("Renamed by the registration");
    await expect(save(admin, event, { name: "Mine" }, { confirmResets: true })).rejects.toMatchObject({
      details: { reason: "version" },
    });
    const saved = await save(admin, await read("event", "E26"), { name: "Mine" });
    expect(saved).toMatchObject({ version: 1, values: { name: "Mine" } });
    await write("Renamed again");
    await expect(save(admin, saved, { name: "Later" })).rejects.toMatchObject({ details: { reason: "version" } });
  });

  test("of the general settings those that someone else changed stay, and the others are saved", async () => {
    const { manager } = fixture;
    const seen = await readGeneral(manager);
    const part = (name: string) => ({
      [name]: { version: seen.settings[name]?.version ?? 0, seen: seen.settings[name]?.seen ?? "" },
    });
    await saveGeneral(manager, ben, {
      values: { timeZone: "Europe/Berlin" },
      settings: part("timeZone"),
      confirmResets: true,
    });
    const both = { ...part("timeZone"), ...part("confirmSendAbove") };
    const saved = await saveGeneral(manager, admin, {
      values: { timeZone: "Europe/Paris", confirmSendAbove: 5 },
      settings: both,
      confirmResets: true,
    });
    expect(saved).toMatchObject({ saved: ["confirmSendAbove"], conflicts: ["timeZone"] });
    expect(await manager.configTable.settings()).toMatchObject({ timeZone: "Europe/Berlin", confirmSendAbove: 5 });
    const wrong = saveGeneral(manager, admin, { values: { timeZone: "Berlin" }, settings: part("timeZone") });
    await expect(wrong).rejects.toMatchObject({
      details: { fields: { timeZone: expect.stringMatching(/no time zone/) } },
    });
  });
});

describe("acceptance 130: a pool says whom it accepts before it is saved, and which attribute decides about one person", () => {
  const asked = { event: "E26", subEvent: "main" };
  const pool = { name: "joined", attributes: [{ type: "currenteventjoin" }, { type: "practice", field: "yoga" }] };
  const effect = async (user: User, body: object): Promise<PoolEffectLine[]> => {
    const response = await fixture.ask(user, effectRoute.POST as never, {}, { body });
    return (await response.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  };

  test("how many of all, twenty of them, and why", async () => {
    const { aws, config } = fixture.stack;
    const people = Array.from({ length: 300 }, (_, n) => ({
      ...{ id: `p-${n}`, first: `First${n}`, last: "Last", email: `p${n}@example.org` },
      ...(n < 40 && { programs: { E26: { join: true } } }),
      ...(n === 299 && { practice: { yoga: true } }),
    }));
    await putParticipants(aws, config, people);
    const last = (await effect(admin, { pool, ...asked })).at(-1);
    expect(last).toMatchObject({ read: 300, accepted: 41 });
    expect(last && "people" in last && last.people).toHaveLength(20);
    expect(JSON.stringify(last)).not.toContain("p1@example.org");
    const ask = (person: string) =>
      fixture.ask(admin, personRoute.POST as never, {}, { body: { pool, ...asked, person } });
    expect(await (await ask("p-299")).json()).toMatchObject({
      person: { id: "p-299" },
      pool: { accepts: true, attributes: [{ accepts: false }, { accepts: true }] },
    });
    expect(await (await ask("p-100")).json()).toMatchObject({ pool: { accepts: false } });
    expect((await ask("gone")).status).toBe(404);
  });

  test("names no one to an administrator who sees not every event, and refuses what cannot be asked", async () => {
    const narrow = await fixture.addUser({ id: "nia", role: "admin", eventAccess: ["E26"] });
    expect((await effect(narrow, { pool, ...asked })).at(-1)).toMatchObject({ accepted: 41, people: [] });
    const broken = { name: "x", attributes: [{ type: "nosuch" }] };
    const refused = await fixture.ask(admin, effectRoute.POST as never, {}, { body: { pool: broken, ...asked } });
    expect(refused.status).toBe(422);
  });
});

describe("a prompt", () => {
  test("is rendered for a person as it is entered, with its findings by place", async () => {
    const { manager } = fixture;
    const prompt = { event: "default", key: "salutation", language: "EN", text: "<b>Dear *|FNAME|*</b>" };
    const body = { prompt, event: "E26", subEvent: "main", language: "EN", participant: "p-7" };
    const signal = new AbortController().signal;
    expect(await promptPreview(manager, admin, body, signal)).toMatchObject({
      findings: [],
      html: expect.stringContaining("<b>Dear First7</b>"),
      person: { id: "p-7" },
    });
    const wrong = { ...body, prompt: { ...prompt, text: "Dear\n*|NOPE|*" } };
    expect(await promptPreview(manager, admin, wrong, signal)).toMatchObject({
      findings: [{ severity: "error", line: 2, column: 1 }],
      problem: expect.stringMatching(/errors/),
    });
  });

  test("is not removed while content inserts it", async () => {
    const { manager } = fixture;
    const used = await read("prompt", "default#salutation#EN");
    await expect(
      removeItem(manager, admin, { kind: "prompt", key: "default#salutation#EN" }, used.version ?? 0),
    ).rejects.toThrow(/is used by work order E26/);
    await removeItem(manager, admin, { kind: "prompt", key: "default#unused#EN" }, 0);
    expect(await manager.configStore.get("prompt", "default#unused#EN")).toBeUndefined();
  });
});
