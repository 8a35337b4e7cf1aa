import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aDelivery, type DeliveryFields } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture, someCounters } from "../../../testing/managerFixture.ts";
import type { OrderReconciliation } from "../../api/recipients.ts";
import { GET } from "../../app/api/work-orders/[id]/reconciliation/route.ts";

let fixture: ManagerFixture;
let reader: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  reader = await fixture.addUser({ id: "reader" });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const ask = async (order: WorkOrder): Promise<OrderReconciliation> =>
  (await fixture.ask(reader, GET, { id: order.id })).json();
const some = (count: number, status: DeliveryFields["status"]) =>
  Array.from({ length: count }, (_, n) => aDelivery({ participantId: `${status}-${n}`, status }));

test("the ledger is counted now, beside what the last run found, per language", async () => {
  const languages = {
    EN: someCounters({ sent: 30, failed: 4, inDoubt: 2, skipped: 3 }),
    SP: someCounters({ sent: 1, total: 6 }),
  };
  const order = await fixture.addOrder(
    { languages: ["EN", "SP"] },
    { Send: { status: "interrupted", runId: "run-1", languages } },
  );
  // Since the run ended, one in doubt was resolved as received and one as not received.
  await fixture.putDeliveries(mailingKey(order, "EN"), [
    ...some(31, "sent"),
    ...some(4, "failed"),
    ...some(1, "deferred"),
  ]);
  await fixture.putDeliveries(mailingKey(order, "SP"), some(1, "sent"));
  const {
    languages: [en, sp],
  } = await ask(order);
  expect(en).toEqual({
    ...{ language: "EN", eligible: 39, sent: 31, failed: 4, skipped: 3, inDoubt: 0, waiting: 1, sending: 0 },
    ...{ leftOut: 0, notBegun: 0, agrees: true },
  });
  expect(sp).toMatchObject({ language: "SP", eligible: 6, sent: 1, notBegun: 5, agrees: false });
  expect(sp?.explanation).toContain("5 people were not reached before the last run ended");
});

test("people who wait and were skipped at the end of sending count once, as skipped", async () => {
  const Send = {
    ...{ status: "complete" as const, runId: "run-over" },
    languages: { EN: someCounters({ sent: 2, skipped: 3 }) },
  };
  const order = await fixture.addOrder({}, { Send });
  await fixture.putDeliveries(mailingKey(order, "EN"), [...some(2, "sent"), ...some(2, "deferred")]);
  const chunk = (sk: string, ids: readonly string[]) => ({
    ...{ runId: "run-over", sk, language: "EN", ids: [...ids], status: "planned" as const },
    ...{ fence: 1, token: 0, losses: 0, retry: {}, ttl: 4_000_000_000 },
    skipped: Object.fromEntries(ids.map((id) => [id, "send-until"])),
  });
  await fixture.manager.runs.putChunks([
    chunk("chunk#EN#000000", ["never-tried", "deferred-0"]),
    chunk("retry#EN#000000", ["deferred-1"]),
  ]);
  const {
    languages: [en],
  } = await ask(order);
  expect(en).toMatchObject({ eligible: 5, sent: 2, skipped: 3, waiting: 0, agrees: true });
});

test("an order whose Send was reset by an edit keeps what its ledger holds", async () => {
  const order = await fixture.addOrder({}, { Send: { status: "ready", runId: "run-1" } });
  await fixture.putDeliveries(mailingKey(order, "EN"), some(3, "sent"));
  const {
    languages: [en],
  } = await ask(order);
  expect(en).toMatchObject({ sent: 3, agrees: false, explanation: expect.stringContaining("was changed") });
  expect(en?.eligible).toBeUndefined();
});
