import { createHash } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { templateKey, templateName } from "@email-agent/shared/domain/content/storedTemplate.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aStepRun } from "@email-agent/shared/testing/aStepRun.ts";
import { anEvent, anOrder } from "@email-agent/shared/testing/builders.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../infra/local/testStack.ts";
import { aMail, type PrepareFixture, putConfiguration, startPrepareFixture } from "../testing/prepareFixture.ts";
import { prepare } from "./steps/prepare.ts";

let stack: TestStack;
let fixture: PrepareFixture;
let events = 0;
let code: string;

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  await putConfiguration(stack);
  fixture = await startPrepareFixture(stack);
});
afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});
beforeEach(async () => {
  events += 1;
  code = `T${events}`;
  await fixture.putEvent(anEvent({ aid: code }));
});

/** Puts a template into the bucket, as the page Templates does. */
async function putInBucket(language: string, html: string, { stage = "reg", version = 1 } = {}): Promise<void> {
  const place = { eventCode: code, subEvent: "weekend", stage, language };
  const name = templateName(place);
  const hash = createHash("sha256").update(html).digest("hex");
  await fixture.ports.documents.putNew(templateKey(name, hash), html, "text/html; charset=utf-8");
  const changed = { changedAt: "2026-05-01T08:00:00.000Z", changedBy: "u-1" };
  await stack.aws.dynamo.send(
    new PutCommand({
      TableName: stack.config.CONFIG_TABLE,
      Item: { pk: "template", sk: name, ...place, hash, bytes: Buffer.byteLength(html), version, ...changed },
    }),
  );
}

function putInMailchimp(language: string, html: string): void {
  fixture.mailchimp.putTemplate({ name: `${code}-weekend-reg-${language}`, html });
}

async function prepared(fields: Partial<WorkOrder> = {}, ports = fixture.ports) {
  const run = aStepRun("Prepare", anOrder({ eventCode: code, languages: ["EN"], ...fields }));
  const result = await prepare(ports)(run);
  return { result, published: (result.kind === "complete" && result.prepared) || {} };
}

/** The ports of an installation without Mailchimp. */
function withoutMailchimp() {
  const { mailchimp, ...ports } = fixture.ports;
  expect(mailchimp).toBeDefined();
  return { ...ports, settings: { ...ports.settings, MAILCHIMP_REPLY_TO: "" } };
}

const organisation = { name: "Friends & Co", address: "Seestraße 1\n78462 Konstanz", email: "hello@friends.test" };

describe("acceptance 113: content comes from parent, bucket, Mailchimp, folder, in this order, and Prepare says which", () => {
  test("the bucket before Mailchimp, Mailchimp before the folder", async () => {
    for (const language of ["EN", "SP", "FR"]) fixture.files.set(`${code}-weekend-reg-${language}`, aMail("folder"));
    for (const language of ["EN", "SP"]) putInMailchimp(language, aMail("Mailchimp"));
    await putInBucket("EN", aMail("bucket"), { version: 3 });
    const { result, published } = await prepared({ languages: ["FR", "SP", "EN"] });
    expect(result.message).toBe(
      "Published FR, SP, EN. From the folder: FR. From Mailchimp: SP. From the bucket: EN (version 3).",
    );
    const source = Object.entries(published).map(([language, one]) => [language, one.source]);
    expect(Object.fromEntries(source)).toEqual({
      EN: { from: "bucket", template: `${code}-weekend-reg-EN`, version: 3 },
      SP: { from: "Mailchimp", template: `${code}-weekend-reg-SP` },
      FR: { from: "folder", template: `${code}-weekend-reg-FR` },
    });
    expect(await fixture.ports.documents.getText(published["EN"]!.s3Key)).toBe(aMail("bucket"));
  });

  test("the parent order before the bucket", async () => {
    await putInBucket("EN", aMail("old"));
    const parent = anOrder({ eventCode: code, languages: ["EN"] });
    const first = await prepared();
    fixture.orders.set(parent.id, {
      ...parent,
      prepared: { EN: { ...first.published["EN"]!, preparedAt: "2026-05-01T08:00:00.000Z" } },
    });
    await putInBucket("EN", aMail("of the reminder"), { stage: "reminder" });
    const { result, published } = await prepared({ stage: "reminder", parentOrderId: parent.id });
    expect(result.message).toContain(`The content comes from the parent order ${parent.id} (reg).`);
    expect(published["EN"]).toMatchObject({ hash: first.published["EN"]!.hash, source: { from: "parent" } });
  });

  test("a stage without template of its own takes that of its first parent stage, and its name is said", async () => {
    await putInBucket("EN", aMail("of reg"));
    const { result } = await prepared({ stage: "reminder" });
    expect(result.message).toContain(`From the bucket: EN (${code}-weekend-reg-EN, version 1).`);
  });

  test("our own public images are looked up in the bucket, wherever the Email Manager is", async () => {
    const image = `media/${"a".repeat(64)}.png`;
    await fixture.ports.documents.putNew(image, new Uint8Array([1]), "image/png");
    const picture = (file: string) => `<img alt="" src="https://mail.example.org/${file}">`;
    await putInBucket("EN", aMail(picture(image)));
    const before = fixture.site.requests.length;
    expect((await prepared()).result).toMatchObject({ kind: "complete", details: [] });
    await putInBucket("EN", aMail(picture(`media/${"b".repeat(64)}.png`)));
    expect((await prepared()).result).toMatchObject({ kind: "error", details: [{ rule: "Q5" }] });
    expect(fixture.site.requests.length).toBe(before);
  });

  test("a template that is nowhere is missing with the places where it was looked for", async () => {
    await expect(prepared({ languages: ["EN", "SP"] })).rejects.toMatchObject({
      code: "content",
      message: `There is no template ${code}-weekend-reg-EN. There is no template ${code}-weekend-reg-SP. Looked for in the bucket, in Mailchimp and in the folder src/templates.`,
    });
  });

  test("Mailchimp is not asked while every language is in the bucket and the organisation has a name", async () => {
    await fixture.putConfig("setting", "organisation", { value: organisation });
    await putInBucket("EN", aMail());
    const before = fixture.mailchimp.requests.length;
    expect((await prepared()).result.kind).toBe("complete");
    expect(fixture.mailchimp.requests.length).toBe(before);
  });
});

describe("acceptance 114: the product works without Mailchimp", () => {
  test("Prepare takes bucket and folder, and the tags of the audience come from the setting organisation", async () => {
    await fixture.putConfig("setting", "organisation", { value: organisation });
    await putInBucket("EN", aMail("*|LIST:COMPANY|*, *|LIST:ADDRESS|*, *|HTML:LIST_ADDRESS_HTML|*, *|LIST:EMAIL|*"));
    fixture.files.set(`${code}-weekend-reg-SP`, aMail("||coord-email||"));
    const { result, published } = await prepared({ languages: ["EN", "SP"] }, withoutMailchimp());
    expect(result.message).toBe("Published EN, SP. From the bucket: EN (version 1). From the folder: SP.");
    const sidecar = await fixture.ports.documents.getText(published["EN"]!.s3Key.replace(".html", ".json"));
    expect(JSON.parse(sidecar).audience).toMatchObject({
      company: "Friends & Co",
      address: "Friends & Co, Seestraße 1, 78462 Konstanz",
      addressHtml: "Friends &amp; Co<br>Seestraße 1<br>78462 Konstanz",
      email: "hello@friends.test",
    });
  });

  test("without the name of the organisation a tag of the audience is an error that says so", async () => {
    await fixture.putConfig("setting", "organisation", { value: {} });
    await putInBucket("EN", aMail("*|LIST:COMPANY|*"));
    const { result } = await prepared({}, withoutMailchimp());
    expect(result).toMatchObject({ kind: "error", message: expect.stringContaining("setting organisation") });
  });

  test("a missing template says that Mailchimp is not configured", async () => {
    await expect(prepared({}, withoutMailchimp())).rejects.toMatchObject({
      message: expect.stringContaining("the bucket and in the folder src/templates (Mailchimp is not configured)."),
    });
  });
});
