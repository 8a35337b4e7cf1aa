import { createHash } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { preparedKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { signPublicToken, verifyPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import { shardKey } from "@email-agent/shared/domain/delivery/shards.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { quick, startSender } from "../../../../sender/testing/senders.ts";
import { openSendFixture, type SendFixture } from "../../../../sender/testing/sendFixture.ts";
import { type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import { viewMail } from "./viewMail.ts";

let fixture: SendFixture;
let over: ManagerUnderTest;
beforeAll(async () => {
  const subEvents = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`part-${n}`, {}]));
  fixture = await openSendFixture({ event: { subEvents } });
  over = managerOver(fixture.environment);
});
afterAll(async () => {
  await over[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

let orders = 0;
/** An order of a part of the event that no other test uses. */
async function anOrderWith(html: string, fields: Partial<WorkOrder> = {}): Promise<WorkOrder> {
  orders += 1;
  return fixture.addOrder({ ...fields, subEvent: `part-${orders}` }, html);
}

const request = () => new Request("https://mail.example.org/view/x");
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const get = (token: string) => viewMail(over.manager, token, request());

function tokenOf(order: WorkOrder, participantId: string, runId?: string): string {
  const subject = { participantId, mailingKey: mailingKey(order, "EN"), ...(runId && { runId }) };
  return signPublicToken(over.manager.config.PUBLIC_TOKEN_SECRET, "view", subject);
}

/** A delivery as the sender leaves it. */
async function putDelivery(order: WorkOrder, participantId: string, fields: Partial<Delivery>, runId?: string) {
  const key = mailingKey(order, "EN");
  const partition = runId ? testPartition(key, runId) : key;
  const Item = {
    ...{ pk: shardKey(partition, participantId), participantId, runId: runId ?? "run-1", attempt: 1, status: "sent" },
    ...{ contentHash: order.prepared["EN"]!.hash, workOrderId: order.id, account: "office", language: "EN" },
    ...{ name: "Ana", email: "ana@example.org", sendingAt: "2026-03-01T08:00:00.000Z" },
    ...fields,
  };
  await fixture.stack.aws.dynamo.send(new PutCommand({ TableName: fixture.stack.config.DELIVERIES_TABLE, Item }));
}

async function aPerson(fields: Parameters<typeof aParticipant>[0] = {}) {
  const person = aParticipant(fields);
  await fixture.addPeople([person]);
  return person;
}

/** A later Prepare: new content lies beside the old, and the order points to it. */
async function prepareAgain(order: WorkOrder, html: string): Promise<void> {
  const hash = hashOf(html);
  const s3Key = preparedKey(order, "EN", hash);
  await over.manager.documents.putNew(s3Key, html, "text/html");
  const json = JSON.stringify({ v: 1, template: "later", findings: [] });
  await over.manager.documents.putNew(s3Key.replace(/html$/, "json"), json, "application/json");
  const prepared = { EN: { s3Key, hash, bytes: html.length, preparedAt: new Date().toISOString() } };
  await fixture.orders.write(
    order.id,
    { set: [[["prepared"], prepared]], remove: [], when: [] },
    { updatedBy: "test" },
  );
}

test("acceptance 36: the link in a mail shows what was mailed, also after a later Prepare, and no script runs there", async () => {
  const person = await aPerson({ first: "Zoë <b>" });
  const html = `<html><head><title>*|MC:SUBJECT|*</title></head><body><script>document.title = "it ran"</script>
<p>Dear ||name||, news of *|DATE:Y|*</p>*|IF:ARCHIVE_PAGE|*<p>shown in the browser</p>*|ELSE:|*<p><a href="*|ARCHIVE|*">View in browser</a></p>*|END:IF|*
<p><a href="*|UNSUB|*">Unsubscribe</a></p></body></html>`;
  const order = await anOrderWith(html, { subjects: { EN: "First news" } });
  {
    await using _sender = await startSender(fixture, quick);
    await fixture.command(order.id, "Send", "start");
    await fixture.ended(order.id, "Send");
  }
  const mail = fixture.inbox.messages().find(({ to }) => to.includes(person.email as string))!;
  const mailed = (await fixture.inbox.parsed(mail.id)).html ?? "";
  const [link = ""] = /https:\/\/mail\.example\.org\/view\/[^"]+/.exec(mailed) ?? [];
  expect(mailed).not.toContain("shown in the browser");

  await prepareAgain(order, "<p>Something else, ||name||</p>");
  expect((await fixture.orders.get(order.id))?.prepared["EN"]?.hash).not.toBe(hashOf(html));
  const answer = await get(new URL(link).pathname.replace("/view/", ""));
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    // Without `allow-scripts` in the sandbox, and without a source for scripts, none runs.
    "content-security-policy":
      "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
  });
  const page = await answer.text();
  expect(page).toContain("<title>First news</title>");
  expect(page).toContain("Dear Zoë &lt;b&gt; García,");
  expect(page).toContain("shown in the browser");
  const [unsubscribe = ""] = /https:\/\/mail\.example\.org\/u\/[^"]+/.exec(page) ?? [];
  const token = new URL(unsubscribe).pathname.replace("/u/", "");
  expect(verifyPublicToken(over.manager.config.PUBLIC_TOKEN_SECRET, "unsubscribe", token)).toMatchObject({
    participantId: person.id,
  });
  expect(over.complaints).toEqual([]);
});

test("dates are those of the mailing", async () => {
  const person = await aPerson();
  const order = await anOrderWith("<p>News of *|DATE:d.m.Y|*</p>", { revision: 2 });
  await putDelivery(order, person.id, { sendingAt: "2021-12-31T08:00:00.000Z" });
  expect(await (await get(tokenOf(order, person.id))).text()).toBe("<p>News of 31.12.2021</p>");
});

test("the link in a test mail shows the content of that Test", async () => {
  const person = await aPerson();
  const html = "<title>*|MC:SUBJECT|*</title><p>Only tested</p>";
  const order = await anOrderWith(html, { subjects: { EN: "News" } });
  await putDelivery(order, person.id, {}, "run-of-the-test");
  const answer = await get(tokenOf(order, person.id, "run-of-the-test"));
  expect(await answer.text()).toBe("<title>TEST: News</title><p>Only tested</p>");
  // The mailing itself has not reached anyone.
  expect((await get(tokenOf(order, person.id))).status).toBe(404);
});

test.each([
  ["sending", 200],
  ["in-doubt", 200],
  ["deferred", 404],
  ["failed", 404],
] as const)("a delivery that is %s gives %i", async (status, expected) => {
  const person = await aPerson();
  const order = await anOrderWith("<p>Perhaps it arrived</p>");
  await putDelivery(order, person.id, { status });
  const answer = await get(tokenOf(order, person.id));
  expect(answer.status).toBe(expected);
  expect((await answer.text()).includes("Perhaps it arrived")).toBe(expected === 200);
});

test("nothing mailed, an unknown person, a forged token and one to unsubscribe get one page, and it names no one", async () => {
  const person = await aPerson({ first: "Secretia" });
  const order = await anOrderWith("<p>Never sent</p>");
  const subject = { participantId: person.id, mailingKey: mailingKey(order, "EN") };
  const secret = over.manager.config.PUBLIC_TOKEN_SECRET;
  const tokens = [
    tokenOf(order, person.id),
    tokenOf(order, "unknown"),
    signPublicToken("another-secret-altogether", "view", subject),
    signPublicToken(secret, "unsubscribe", subject),
    signPublicToken(secret, "view", { ...subject, mailingKey: "not a mailing key" }),
    "preview",
  ];
  const pages = new Set<string>();
  for (const token of tokens) {
    const answer = await get(token);
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-security-policy")).toMatch(/^sandbox/);
    pages.add(await answer.text());
  }
  expect(pages.size).toBe(1);
  expect([...pages][0]).not.toMatch(/Secretia|example\.org/);
});

test("a mail that can no longer be made says so, and the log says why", async () => {
  const person = await aPerson();
  const order = await anOrderWith("<p>#reglink</p>");
  await putDelivery(order, person.id, {});
  const answer = await get(tokenOf(order, person.id));
  expect(answer.status).toBe(503);
  expect(over.complaints.at(-1)).toMatchObject({
    message: "a mail could not be shown in the browser",
    fields: { error: expect.objectContaining({ message: expect.stringContaining("reglink") }) },
  });
});

test("the mail of an order that is gone can still be read", async () => {
  const person = await aPerson();
  const order = await anOrderWith("<title>*|MC:SUBJECT|*</title><p>Still here</p>");
  await putDelivery(order, person.id, { workOrderId: "wo-01JD0000000000000000000000" });
  expect(await (await get(tokenOf(order, person.id))).text()).toBe("<title></title><p>Still here</p>");
});
