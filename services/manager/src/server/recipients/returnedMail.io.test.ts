import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { PersonMailings } from "../../api/people.ts";
import type { OrderReturned, RecipientPage } from "../../api/recipients.ts";
import { GET as PERSON } from "../../app/api/people/[id]/mailings/route.ts";
import { GET as LIST } from "../../app/api/work-orders/[id]/recipients/route.ts";
import { GET as CSV } from "../../app/api/work-orders/[id]/recipients.csv/route.ts";
import { GET as RETURNED } from "../../app/api/work-orders/[id]/returned/route.ts";
import { GET as OF_ORDERS } from "../../app/api/work-orders/returned/route.ts";

let fixture: ManagerFixture;

beforeAll(async () => {
  fixture = await openManagerFixture();
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const at = "2026-03-02T07:30:00.000Z";
const hard = { kind: "hard", code: "5.1.1", reply: "550 5.1.1 <…@example.org>: no such user", at } as const;
const soft = { kind: "soft", code: "4.2.2", reply: "452 4.2.2 mailbox full", at } as const;

/** An order that mailed `mails` people, and what came back. */
async function orderWith(mails: number, returned: Readonly<Record<number, "hard" | "soft" | "complaint">>) {
  const order = await fixture.addOrder({}, { Send: { status: "complete", runId: "run-1" } });
  const partition = mailingKey(order, "EN");
  const ids = Array.from({ length: mails }, (_, n) => `${order.subEvent}-${String(n).padStart(4, "0")}`);
  await fixture.putDeliveries(
    partition,
    ids.map((participantId) => aDelivery({ participantId })),
  );
  for (const [n, kind] of Object.entries(returned)) {
    const delivery = await fixture.manager.deliveries.get(partition, ids[Number(n)] as string);
    if (!delivery) throw new Error(`No delivery ${n}.`);
    const what =
      kind === "complaint" ? { complained: { at, type: "abuse" } } : { bounced: kind === "hard" ? hard : soft };
    expect(await fixture.manager.bounces.write({ partition, delivery, ...what })).toBe(true);
  }
  return { order, ids };
}

async function page(id: string, query: Record<string, string>): Promise<RecipientPage> {
  const asked = new URLSearchParams({ list: "send", language: "EN", ...query });
  return (await fixture.ask({ id: "seer" }, LIST, { id }, { query: `?${asked}` })).json();
}

test("acceptance 193: of a sent mail the pages say that it came back, when and why, in the list, its filters, the CSV, the counts and the page of the person", async () => {
  await fixture.addUser({ id: "seer", showAddresses: true, exportCsv: true, people: true });
  const { order, ids } = await orderWith(40, { 3: "hard", 11: "soft", 20: "complaint", 31: "hard" });
  const filtered = async (status: string) => (await page(order.id, { status })).rows.map((row) => row.participantId);
  expect(await filtered("bounced-hard")).toEqual([ids[3], ids[31]]);
  expect(await filtered("bounced-soft")).toEqual([ids[11]]);
  expect(await filtered("complained")).toEqual([ids[20]]);
  const { rows } = await page(order.id, {});
  expect(rows[3]).toMatchObject({ status: "sent", response: "250 2.0.0 OK", returned: { bounced: hard } });
  expect(rows[20]).toMatchObject({ status: "sent", returned: { complained: { at } } });
  expect(rows[4]).not.toHaveProperty("returned");

  const counts: OrderReturned = await (await fixture.ask({ id: "seer" }, RETURNED, { id: order.id })).json();
  expect(counts.languages).toEqual([{ language: "EN", "bounced-hard": 2, "bounced-soft": 1, complained: 1 }]);

  const query = "?list=send&language=EN&status=bounced-hard";
  const csv = await fixture.ask({ id: "seer" }, CSV, { id: order.id }, { query });
  expect(csv.headers.get("content-disposition")).toContain("-Send-bounced-hard.csv");
  const lines = (await csv.text()).trim().split("\r\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(`"hard 5.1.1","${hard.reply}"`);

  const person = ids[3] as string;
  await putParticipants(fixture.stack.aws, fixture.stack.config, [aParticipant({ id: person })]);
  const shown: PersonMailings = await (await fixture.ask({ id: "seer" }, PERSON, { id: person })).json();
  const mailing = shown.mailings.find(({ orderId }) => orderId === order.id);
  expect(mailing).toMatchObject({ status: "sent", returned: { bounced: { kind: "hard", code: "5.1.1", at } } });
});

test("a filter for returned mail reads those few and not the mailing, page by page, and searches in them", async () => {
  const returned = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [n * 2, "soft" as const]));
  const { order, ids } = await orderWith(300, { ...returned, 299: "hard" });
  const pages: RecipientPage[] = [];
  for (let cursor: string | undefined; ; ) {
    const next = await page(order.id, { status: "bounced-soft", ...(cursor && { cursor }) });
    pages.push(next);
    cursor = next.next;
    if (!cursor) break;
  }
  const rows = pages.flatMap((one) => one.rows);
  expect(rows.map(({ participantId }) => participantId)).toEqual(ids.filter((_, n) => n % 2 === 0 && n < 240));
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 120 }, (_, n) => n + 1));
  // 121 came back of 300: no one else was looked at.
  expect(pages.at(-1)?.read).toBe(121);
  const [last] = (await page(order.id, { status: "bounced-hard" })).rows;
  expect(last?.participantId).toBe(ids[299]);
  const found = await page(order.id, { status: "bounced-soft", q: ids[8] as string });
  expect(found.rows.map(({ participantId }) => participantId)).toEqual([ids[8]]);
  expect((await page(order.id, { status: "bounced-soft", q: ids[9] as string })).rows).toEqual([]);
});

test("without the right to addresses the reply of a bounce does not show the recipient", async () => {
  await fixture.addUser({ id: "masked" });
  const { order } = await orderWith(0, {});
  const partition = mailingKey(order, "EN");
  await fixture.putDeliveries(partition, [aDelivery({ participantId: "p-1", email: "jane.doe@example.org" })]);
  const delivery = await fixture.manager.deliveries.get(partition, "p-1");
  if (!delivery) throw new Error("No delivery.");
  const bounced = { ...hard, reply: `550 ${delivery.email} unknown` };
  await fixture.manager.bounces.write({ partition, delivery, bounced });
  const query = "?list=send&language=EN&status=bounced-hard";
  const text = await (await fixture.ask({ id: "masked" }, LIST, { id: order.id }, { query })).text();
  expect(text).toContain("550 …@example.org unknown");
  expect(text).not.toContain("jane");
});

test("the list asks for many orders at once how many mails of each came back", async () => {
  await fixture.addUser({ id: "seer", showAddresses: true, exportCsv: true, people: true });
  await fixture.addUser({ id: "elsewhere", eventAccess: ["F2026"] });
  const { order } = await orderWith(9, { 1: "hard", 2: "soft", 5: "complaint" });
  const { order: quiet } = await orderWith(3, {});
  const ask = async (id: string, ids: readonly string[]) => {
    const response = await fixture.ask({ id }, OF_ORDERS, {}, { query: `?orders=${ids.join(",")}` });
    return { status: response.status, ...(await response.json()) };
  };
  const asked = [order.id, quiet.id, "wo-01M0000000000000000000GONE", "settings", ""];
  expect(await ask("seer", asked)).toEqual({ status: 200, orders: { [order.id]: 3 } });
  expect(await ask("elsewhere", asked)).toEqual({ status: 200, orders: {} });
  const many = Array.from({ length: 61 }, (_, n) => `wo-${n}`);
  expect(await ask("seer", many)).toMatchObject({
    status: 422,
    error: { message: "Ask for 60 work orders at most." },
  });
});
