import { BatchWriteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { RecipientPage } from "../../api/recipients.ts";
import { GET } from "../../app/api/work-orders/[id]/recipients/route.ts";
import { GET as CSV } from "../../app/api/work-orders/[id]/recipients.csv/route.ts";

let fixture: ManagerFixture;
let seer: User;
let ofOneEvent: User;
let order: WorkOrder;

const joined = { E2026: { join: true } };
const people: readonly Record<string, unknown>[] = [
  ...Array.from({ length: 600 }, (_, n) => ({ id: `f-${n}`, email: `f${n}@example.org`, first: "Fay", last: `${n}` })),
  { id: "good", email: "good@example.org", first: "Gil", programs: joined },
  { id: "reached", email: "reached@example.org", first: "Rea", programs: joined },
  { id: "blank", email: " ", first: "Bea", programs: joined },
  { id: "gone", email: "gone@example.org", first: "Guy", unsubscribe: true, programs: joined },
  { id: "broken", email: "broken@example.org", first: "Bo", practice: { "jo@example.org": "yes" } },
];

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  seer = await fixture.addUser({ id: "seer", showAddresses: true, exportCsv: true });
  ofOneEvent = await fixture.addUser({ id: "one-event", showAddresses: true, eventAccess: ["E2026"] });
  await putConfig(aws, config, {
    stages: [aStage()],
    pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    languages: [...someLanguages().values()],
  });
  order = await fixture.addOrder({ subEvent: "weekend" });
  await aws.dynamo.send(
    new PutCommand({ TableName: config.EVENTS_TABLE, Item: anEvent({ config: { pool: "joined", currency: "EUR" } }) }),
  );
  for (let from = 0; from < people.length; from += 25) {
    const puts = people.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [config.PARTICIPANTS_TABLE]: puts } }));
  }
  await fixture.putDeliveries(mailingKey(order, "EN"), [aDelivery({ participantId: "reached" })]);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** The rows of all pages: id → reason, or status where there is none. */
async function listed(user: User, query: Record<string, string> = {}): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (let cursor: string | undefined; ; ) {
    const asked = new URLSearchParams({ list: "left-out", language: "EN", ...query, ...(cursor && { cursor }) });
    const response = await fixture.ask(user, GET, { id: order.id }, { query: `?${asked}` });
    expect(response.status).toBe(200);
    const page: RecipientPage = await response.json();
    for (const { participantId, status, reason } of page.rows) {
      expect(found).not.toHaveProperty(participantId);
      found[participantId] = reason ?? status;
    }
    cursor = page.next;
    if (!cursor) return found;
  }
}

describe("acceptance 66: who is left out is listed and searched, with the reason", () => {
  test("everyone left out is in it once, with the first reason that applies", async () => {
    const all = await listed(seer);
    expect(Object.keys(all)).toHaveLength(604);
    expect(all).toMatchObject({ reached: "already-received", blank: "no-address", gone: "unsubscribed" });
    expect(all).toMatchObject({ broken: "invalid-record", "f-0": "event-pool", "f-599": "event-pool" });
    expect(all).not.toHaveProperty("good");
  });

  test("a reason alone, and a reason that does not exist", async () => {
    expect(await listed(seer, { reason: "no-address" })).toEqual({ blank: "no-address" });
    expect(await listed(seer, { reason: "invalid-record" })).toEqual({ broken: "invalid-record" });
    const refused = await fixture.ask(seer, GET, { id: order.id }, { query: "?list=left-out&language=EN&reason=luck" });
    expect([refused.status, (await refused.json()).error.fields]).toEqual([422, { reason: expect.any(String) }]);
  });

  test.each([
    ["good", { good: "ok" }],
    ["gil", { good: "ok" }],
    ["blank", { blank: "no-address" }],
    ["broken@example.org", { broken: "invalid-record" }],
    ["f-77", { "f-77": "event-pool" }],
    ["f-7777", {}],
  ])("one person by id, name or address: %s", async (q, expected) => {
    expect(await listed(seer, { q })).toEqual(expected);
  });

  test("a user of one event sees only people whom the mailing concerns", async () => {
    expect(await listed(ofOneEvent)).toEqual({
      ...{ reached: "already-received", blank: "no-address", gone: "unsubscribed" },
    });
    expect(await listed(ofOneEvent, { q: "f-77" })).toEqual({});
    const query = "?list=left-out&language=EN&q=unknown";
    const page = await (await fixture.ask(ofOneEvent, GET, { id: order.id }, { query })).json();
    expect(page.read).toBeLessThanOrEqual(4);
  });

  test("as a file", async () => {
    const query = "?list=left-out&language=EN&reason=unsubscribed";
    const response = await fixture.ask(seer, CSV, { id: order.id }, { query });
    expect(response.headers.get("content-disposition")).toContain("-Count-left-out-unsubscribed.csv");
    const lines = (await response.text()).trim().split("\r\n");
    expect(lines.slice(1)).toEqual([
      '"gone","Guy","gone@example.org","EN","skipped","Unsubscribed; gets only service mail of events they booked","","","","","","",""',
    ]);
  });

  test("as a file without addresses: none in the words for a reason either, as where a record is broken", async () => {
    const masked = await fixture.addUser({ id: "masked", exportCsv: true });
    const query = "?list=left-out&language=EN&reason=invalid-record";
    const text = await (await fixture.ask(masked, CSV, { id: order.id }, { query })).text();
    expect(text).toContain('"b…@example.org","EN","skipped","Record cannot be read');
    expect(text).toContain("…@example.org");
    expect(text).not.toMatch(/broken@|jo@/);
    const without = await fixture.addUser({ id: "without-export", showAddresses: true });
    expect((await fixture.ask(without, CSV, { id: order.id }, { query })).status).toBe(403);
  });

  test("a forged place begins nowhere and reads nothing it should not", async () => {
    const query = "?list=left-out&language=EN&cursor=bm9wZQ";
    expect((await fixture.ask(seer, GET, { id: order.id }, { query })).status).toBe(422);
  });
});
