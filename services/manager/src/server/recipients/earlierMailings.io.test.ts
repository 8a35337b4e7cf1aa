import type { User } from "@email-agent/shared/domain/configItems.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture, someCounters } from "../../../testing/managerFixture.ts";
import type { OrderReconciliation, RecipientPage } from "../../api/recipients.ts";
import { POST as RESOLVE } from "../../app/api/work-orders/[id]/deliveries/[participantId]/resolve/route.ts";
import { GET } from "../../app/api/work-orders/[id]/recipients/route.ts";
import { GET as CSV } from "../../app/api/work-orders/[id]/recipients.csv/route.ts";
import { GET as RECONCILIATION } from "../../app/api/work-orders/[id]/reconciliation/route.ts";

let fixture: ManagerFixture;
let writer: User;
let ofOneEvent: User;
let order: WorkOrder;

beforeAll(async () => {
  fixture = await openManagerFixture();
  writer = await fixture.addUser({ id: "writer", role: "write", showAddresses: true, exportCsv: true });
  ofOneEvent = await fixture.addUser({ id: "one-event", eventAccess: ["E2026"] });
  const send = { status: "complete", runId: "run-2", languages: { EN: someCounters({ sent: 1 }) } } as const;
  const mailingKeys = [
    "E2025_weekend_reg_EN",
    "E2026_weekend_reg_EN",
    "E2026_weekend_reg_SP",
    "E2026_weekend_reg_1_EN",
  ];
  order = await fixture.addOrder({ subEvent: "weekend", revision: 1, mailingKeys }, { Send: send });
  await fixture.putDeliveries("E2026_weekend_reg_EN", [
    aDelivery({ participantId: "first-1", email: "first@example.org" }),
    aDelivery({ participantId: "first-2", status: "failed" }),
    aDelivery({
      ...{ participantId: "doubt", status: "in-doubt", claimId: "claim-1" },
      sendingAt: "2026-03-01T08:00:00.000Z",
    }),
  ]);
  await fixture.putDeliveries("E2026_weekend_reg_1_EN", [aDelivery({ participantId: "second-1" })]);
  await fixture.putDeliveries("E2025_weekend_reg_EN", [aDelivery({ participantId: "other-event" })]);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const rows = async (user: User, query: string): Promise<string[]> => {
  const response = await fixture.ask(user, GET, { id: order.id }, { query });
  if (!response.ok) return [`${response.status}`];
  const page: RecipientPage = await response.json();
  return page.rows.map(({ participantId }) => participantId);
};
const reconciled = async (query = ""): Promise<OrderReconciliation> =>
  (await fixture.ask(writer, RECONCILIATION, { id: order.id }, { query })).json();

describe("acceptance 67: after a new revision the mailings before it are still listed, exported and counted", () => {
  test("the list of each", async () => {
    expect(await rows(writer, "?list=send&language=EN")).toEqual(["second-1"]);
    expect(await rows(writer, "?list=send&language=EN&mailing=E2026_weekend_reg_1")).toEqual(["second-1"]);
    const first = await rows(writer, "?list=send&language=EN&mailing=E2026_weekend_reg");
    expect(first.sort()).toEqual(["doubt", "first-1", "first-2"]);
    expect(await rows(writer, "?list=send&language=SP&mailing=E2026_weekend_reg")).toEqual([]);
    expect(await rows(writer, "?list=send&language=SP&mailing=E2025_weekend_reg")).toEqual(["422"]);
    expect(await rows(writer, "?list=send&language=EN&mailing=E2026_other_reg")).toEqual(["422"]);
  });

  test("a mailing of an event without access stays hidden", async () => {
    expect(await rows(writer, "?list=send&language=EN&mailing=E2025_weekend_reg")).toEqual(["other-event"]);
    expect(await rows(ofOneEvent, "?list=send&language=EN&mailing=E2025_weekend_reg")).toEqual(["422"]);
  });

  test("the file of each, named by its mailing key", async () => {
    const query = "?list=send&language=EN&mailing=E2026_weekend_reg&status=sent";
    const response = await fixture.ask(writer, CSV, { id: order.id }, { query });
    expect(response.headers.get("content-disposition")).toContain('"E2026_weekend_reg_EN-Send-sent.csv"');
    expect(await response.text()).toContain("first@example.org");
  });

  test("the reconciliation of each, and a mail of an earlier one resolved", async () => {
    expect((await reconciled()).languages).toMatchObject([{ language: "EN", sent: 1, agrees: true }]);
    const query = "?mailing=E2026_weekend_reg";
    const counts = { sent: 1, failed: 1, skipped: 0, waiting: 0, agrees: true };
    expect((await reconciled(query)).languages).toMatchObject([
      { language: "EN", eligible: 3, ...counts, inDoubt: 1 },
      { language: "SP", eligible: 0, sent: 0 },
    ]);
    const body = { language: "EN", claimId: "claim-1", received: true };
    const ids = { id: order.id, participantId: "doubt" };
    expect((await fixture.ask(writer, RESOLVE, ids, { body })).status).toBe(404);
    const resolved = await fixture.ask(writer, RESOLVE, ids, { body: { ...body, mailing: "E2026_weekend_reg" } });
    expect(await resolved.json()).toMatchObject({ participantId: "doubt", status: "sent" });
    expect((await reconciled(query)).languages[0]).toMatchObject({ sent: 2, inDoubt: 0 });
  });
});
