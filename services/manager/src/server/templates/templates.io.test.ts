import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { bucketTemplates } from "@email-agent/shared/adapters/bucketTemplates.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import {
  anAccount,
  anEvent,
  aParticipant,
  aPool,
  aStage,
  someLanguages,
} from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { whatHappened } from "../sending/auditWords.ts";
import { createTemplate } from "./createTemplate.ts";
import { listTemplates } from "./listTemplates.ts";
import { previewTemplate } from "./previewTemplate.ts";
import { readTemplate, readVersion } from "./readTemplate.ts";
import { removeTemplate, restoreTemplate, saveTemplate } from "./saveTemplate.ts";

let fixture: ManagerFixture;
let anna: User;
let ben: User;
let events = 0;
/** An event of the test's own. */
let code: string;

const mail = (text: string) =>
  `<!doctype html>\n<html><body>\n<p>${text}</p>\n<p><a href="*|UNSUB|*">leave</a></p>\n</body></html>\n`;

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  anna = await fixture.addUser({ id: "anna", name: "Anna", role: "write" });
  ben = await fixture.addUser({ id: "ben", name: "Ben", role: "write" });
  await putConfig(aws, config, {
    stages: [aStage(), aStage({ name: "reminder", parentStages: ["reg"] })],
    accounts: [anAccount({ name: "office" })],
    languages: [...someLanguages().values()],
    pools: [aPool({ name: "everyone" })],
  });
  const tester = { pk: "tester", sk: "t-1", label: "Tess" };
  await aws.dynamo.send(new PutCommand({ TableName: config.CONFIG_TABLE, Item: tester }));
  await putParticipants(aws, config, [aParticipant({ id: "t-1", first: "Tess", last: "Tester" })]);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());
beforeEach(async () => {
  events += 1;
  code = `N${events}`;
  const { aws, config } = fixture.stack;
  const Item = anEvent({ aid: code, subEvents: { weekend: {} } });
  await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item }));
});

const place = (fields: Partial<{ stage: string; language: string; eventCode: string }> = {}) => ({
  ...{ eventCode: code, subEvent: "weekend", stage: "reg", language: "EN" },
  ...fields,
});
const create = (html: string, fields = {}, user = anna) =>
  createTemplate(fixture.manager, user, { ...place(fields), from: { html } });
const read = (name: string, user = anna) => readTemplate(fixture.manager, user, name);

/** What Prepare finds. */
const prepares = async (name: string) => {
  const { stack, manager } = fixture;
  const templates = bucketTemplates(stack.aws, stack.config, manager.documents);
  const found = await templates.get(name);
  return found && templates.html(found);
};

describe("a template", () => {
  test("is created and saved, and Prepare finds its newest text", async () => {
    const { name } = await create(mail("one"));
    expect(name).toBe(`${code}-weekend-reg-EN`);
    expect(await prepares(name)).toBe(mail("one"));
    expect(await saveTemplate(fixture.manager, ben, name, { version: 1, html: mail("two") })).toBe(2);
    expect(await prepares(name)).toBe(mail("two"));
    expect(await read(name)).toMatchObject({ version: 2, changedBy: "Ben", html: mail("two"), removed: false });
  });

  test("the same text again saves no version", async () => {
    const { name } = await create(mail("one"));
    expect(await saveTemplate(fixture.manager, anna, name, { version: 1, html: mail("one") })).toBe(1);
    expect((await read(name)).versions).toHaveLength(1);
  });

  test.each([
    ["an event that does not exist", { eventCode: "NONE" }, "eventCode"],
    ["a stage that does not exist", { stage: "none" }, "stage"],
    ["a language that does not exist", { language: "XX" }, "language"],
  ])("of %s is refused with a sentence for the field", async (_what, fields, field) => {
    await expect(create(mail("x"), fields)).rejects.toMatchObject({
      code: "invalid-input",
      details: { fields: { [field]: expect.any(String) } },
    });
  });

  test("of a name that there is says so; one of another event that makes the same name does not open it", async () => {
    await create(mail("one"));
    await expect(create(mail("two"))).rejects.toMatchObject({ code: "conflict", details: { reason: "taken" } });
  });

  test("is copied to another language, and from what an order has published", async () => {
    const { name } = await create(mail("one"));
    const copy = await createTemplate(fixture.manager, anna, {
      ...place({ language: "SP" }),
      from: { template: name },
    });
    expect((await read(copy.name)).html).toBe(mail("one"));
    const s3Key = `prepared/${code}/weekend/reg/FR/${"a".repeat(64)}.html`;
    await fixture.manager.documents.putNew(s3Key, mail("of Mailchimp"), "text/html");
    const source = { from: "Mailchimp", template: `${code}-weekend-reg-FR` };
    const prepared = { FR: { s3Key, hash: "a".repeat(64), bytes: 1, preparedAt: "2026-03-01T08:00:00.000Z", source } };
    const order = await fixture.addOrder({ eventCode: code, subEvent: "weekend", languages: ["FR"], prepared });
    expect((await listTemplates(fixture.manager, anna)).elsewhere).toContainEqual(
      expect.objectContaining({ name: source.template, from: "Mailchimp", orderId: order.id, language: "FR" }),
    );
    const taken = { ...place({ language: "FR" }), from: { orderId: order.id, language: "FR" } };
    expect((await read((await createTemplate(fixture.manager, anna, taken)).name)).html).toBe(mail("of Mailchimp"));
  });

  test("is seen, changed and copied by users of its event only", async () => {
    const { name } = await create(mail("secret"));
    const other = await fixture.addUser({ id: "other", role: "write", eventAccess: ["ELSE"] });
    const { manager } = fixture;
    expect((await listTemplates(manager, other)).templates).toEqual([]);
    const missing = { code: "not-found" };
    await expect(read(name, other)).rejects.toMatchObject(missing);
    await expect(readVersion(manager, other, name, "1")).rejects.toMatchObject(missing);
    await expect(saveTemplate(manager, other, name, { version: 1, html: "x" })).rejects.toMatchObject(missing);
    await expect(removeTemplate(manager, other, name, { version: 1 })).rejects.toMatchObject(missing);
    await expect(restoreTemplate(manager, other, name, { version: 1, from: 1 })).rejects.toMatchObject(missing);
    const copied = { ...place({ eventCode: "ELSE" }), from: { template: name } };
    await expect(createTemplate(manager, other, copied)).rejects.toMatchObject({ code: "invalid-input" });
    await expect(previewTemplate(manager, other, { ...place(), html: "x" })).rejects.toMatchObject(missing);
  });

  test("says which orders take it next and which version is published, also for the stage that inherits it", async () => {
    const { name } = await create(mail("one"));
    const source = { from: "bucket", template: name, version: 1 };
    const published = { s3Key: "x", hash: "a".repeat(64), bytes: 1, preparedAt: "2026-03-01T08:00:00.000Z", source };
    const orderOf = (stage: string, fields = {}) =>
      fixture.addOrder({ eventCode: code, subEvent: "weekend", stage, languages: ["EN"], ...fields });
    const reg = await orderOf("reg", { prepared: { EN: published } });
    const reminder = await orderOf("reminder");
    await orderOf("other");
    await orderOf("reminder", { archived: true });
    expect((await read(name)).usedBy.toSorted((a, b) => a.stage.localeCompare(b.stage))).toEqual([
      expect.objectContaining({ orderId: reg.id, preparedVersion: 1, isNext: true }),
      expect.objectContaining({ orderId: reminder.id, isNext: true }),
    ]);
    await create(mail("own"), { stage: "reminder" });
    expect((await read(name)).usedBy.map(({ orderId }) => orderId)).toEqual([reg.id]);
  });
});

describe("acceptance 115: two editors of a template lose nothing", () => {
  test("the second one gets the text that was saved meanwhile, and can save over it", async () => {
    const { name } = await create(mail("one"));
    await saveTemplate(fixture.manager, anna, name, { version: 1, html: mail("by Anna") });
    const late = saveTemplate(fixture.manager, ben, name, { version: 1, html: mail("by Ben") });
    await expect(late).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/^Anna saved this template meanwhile/),
      details: { reason: "changed", other: { version: 2, changedBy: "Anna", html: mail("by Anna"), removed: false } },
    });
    expect(await saveTemplate(fixture.manager, ben, name, { version: 2, html: mail("by Ben") })).toBe(3);
    expect((await readVersion(fixture.manager, anna, name, "2")).html).toBe(mail("by Anna"));
  });

  test("of many that save at the same moment one wins, and all texts of versions are kept", async () => {
    const { name } = await create(mail("one"));
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        saveTemplate(fixture.manager, anna, name, { version: 1, html: mail(`n ${n}`) }),
      ),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await read(name)).versions.map(({ version }) => version)).toEqual([2, 1]);
  });

  test("a template that was deleted meanwhile is not saved over unseen", async () => {
    const { name } = await create(mail("one"));
    await removeTemplate(fixture.manager, anna, name, { version: 1 });
    await expect(saveTemplate(fixture.manager, ben, name, { version: 1, html: mail("two") })).rejects.toMatchObject({
      message: expect.stringMatching(/^Anna deleted this template meanwhile/),
    });
  });
});

describe("acceptance 117: any version of a template can be compared and restored", () => {
  test("every version keeps who, when and its text; an earlier one becomes the present one again", async () => {
    const { name } = await create(mail("one"));
    await saveTemplate(fixture.manager, ben, name, { version: 1, html: mail("two") });
    await saveTemplate(fixture.manager, anna, name, { version: 2, html: mail("three") });
    expect((await read(name)).versions.map(({ version, changedBy }) => [version, changedBy])).toEqual([
      [3, "Anna"],
      [2, "Ben"],
      [1, "Anna"],
    ]);
    const texts = await Promise.all(["1", "2", "3"].map((version) => readVersion(fixture.manager, ben, name, version)));
    expect(texts.map(({ html }) => html)).toEqual([mail("one"), mail("two"), mail("three")]);
    await restoreTemplate(fixture.manager, ben, name, { version: 3, from: 1 });
    expect(await read(name)).toMatchObject({ version: 4, html: mail("one"), changedBy: "Ben" });
    await expect(readVersion(fixture.manager, ben, name, "9")).rejects.toMatchObject({ code: "not-found" });
  });

  test("a deleted template is not found by Prepare, keeps its versions, and comes back", async () => {
    const { name } = await create(mail("one"));
    await saveTemplate(fixture.manager, anna, name, { version: 1, html: mail("two") });
    await removeTemplate(fixture.manager, anna, name, { version: 2 });
    expect(await prepares(name)).toBeUndefined();
    expect(await read(name)).toMatchObject({ removed: true, html: mail("two") });
    await expect(create(mail("new"))).rejects.toMatchObject({ message: expect.stringContaining("restore it") });
    await restoreTemplate(fixture.manager, anna, name, { version: 3, from: 2 });
    expect(await prepares(name)).toBe(mail("two"));
    expect((await read(name)).versions.map(({ version, removed }) => [version, removed])).toEqual([
      [4, false],
      [3, true],
      [2, false],
      [1, false],
    ]);
  });

  test("each change is one line of the audit, without content", async () => {
    const { name } = await create(mail("very private text"));
    await saveTemplate(fixture.manager, ben, name, { version: 1, html: mail("more private text") });
    await removeTemplate(fixture.manager, anna, name, { version: 2 });
    const { stack } = fixture;
    const all = await Array.fromAsync(audit(stack.aws, stack.config).lines("config", "U"));
    const lines = all.filter(({ data }) => data?.["key"] === name);
    expect(lines.map(({ by, data }) => [by, data?.["version"]])).toEqual([
      ["anna", 1],
      ["ben", 2],
      ["anna", 3],
    ]);
    expect(lines.map(whatHappened)).toContain(`Changed the template ${name}`);
    expect(JSON.stringify(lines)).not.toContain("private text");
  });
});

describe("the preview of a text that is not saved", () => {
  const preview = (html: string, fields = {}, user = anna) =>
    previewTemplate(fixture.manager, user, { ...place(fields), html });

  test("has the findings of Prepare at their places, and the mail for a tester", async () => {
    const { preview: made, html } = await preview(mail("Dear ||name||, *|NOSUCH|*"));
    expect(made.findings).toMatchObject([{ rule: "Q1", severity: "error", line: 3 }]);
    expect(made.participant).toMatchObject({ id: "t-1", name: "Tess Tester" });
    expect(html).toBeUndefined();
    const repaired = await preview(mail("Dear ||name||"));
    expect(repaired.preview.findings).toEqual([]);
    expect(repaired.html).toContain("Dear Tess");
    expect(repaired.html).toContain('/u/preview"');
  });

  test("takes subject and rules of the order of this mailing", async () => {
    const fields = { eventCode: code, subEvent: "weekend", languages: ["EN"], account: "office" };
    const order = await fixture.addOrder({ ...fields, subjects: { EN: "Hello *|FNAME|*" }, salutationByName: true });
    const { aws, config } = fixture.stack;
    const marker = { id: `key#${code}_weekend_reg`, workOrderId: order.id };
    await aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item: marker }));
    const { preview: made } = await preview(mail("Dear friends"));
    expect(made.orderId).toBe(order.id);
    expect(made.mail?.subject).toContain("Hello Tess");
    expect(made.findings).toMatchObject([{ rule: "Q2" }]);
  });

  test("a stage that is not configured is the problem, in a sentence", async () => {
    const { preview: made } = await preview(mail("x"), { stage: "none" });
    expect(made.problem).toMatch(/stage none of the order is not configured/);
  });
});
