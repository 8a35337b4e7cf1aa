import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { personLines } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { resolveInProcess } from "../../../testing/startResolveProcess.ts";
import { GET as getHistory } from "../../app/api/work-orders/[id]/history/route.ts";
import { endAbandonedResolutions } from "./endResolution.ts";
import { resolveMany } from "./resolveMany.ts";
import { readResolutions } from "./undoResolution.ts";

let fixture: ManagerFixture;
let writer: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  writer = await fixture.addUser({ id: "writer", role: "write", showAddresses: true });
});
beforeEach(() => fixture.setTime(Date.now()));
afterAll(() => fixture?.[Symbol.asyncDispose]());

const [english, german] = [60, 10];
const body = { received: false, reason: "ticket 9", filter: {}, most: 1000 };

async function anOrderInDoubt(): Promise<WorkOrder> {
  const order = await fixture.addOrder(
    { languages: ["EN", "DE"] },
    { Send: { status: "complete", runId: "run-1", endedAt: "2026-03-01T08:00:00.000Z" } },
  );
  const doubts = (many: number) =>
    Array.from({ length: many }, (_, n) => aDelivery({ participantId: `${order.id}-${n}`, status: "in-doubt" }));
  await fixture.putDeliveries(mailingKey(order, "EN"), doubts(english));
  await fixture.putDeliveries(mailingKey(order, "DE"), doubts(german));
  return order;
}

const sweepAfter = async (minutes: number) => {
  fixture.setTime(Date.now() + minutes * 60_000);
  await endAbandonedResolutions(fixture.manager, new AbortController().signal);
};
const historyOf = async (order: WorkOrder) =>
  (await (await fixture.ask(writer, getHistory, { id: order.id })).json()).lines;
const openOnes = () => Array.fromAsync(fixture.manager.bulkResolutions.open());
async function inDoubt(order: WorkOrder): Promise<number> {
  const counts = order.languages.map((code) => fixture.manager.deliveries.count(mailingKey(order, code)));
  return (await Promise.all(counts)).reduce((sum, one) => sum + one.inDoubt, 0);
}
async function linesOfPeople(order: WorkOrder): Promise<number> {
  const ids = Array.from({ length: english }, (_, n) => personLines(`${order.id}-${n}`));
  const lines = await Promise.all(ids.map((id) => Array.fromAsync(fixture.manager.audit.lines(id))));
  return lines.flat().filter(({ what }) => what === "resolved").length;
}

// English mails are batches 1 to 3, their lines 4 to 6; the German mails are batch 7, their lines 8.
test.each([
  ["before the lines of its first part", 4, english],
  ["before the mails of its second part", 7, english],
  ["before the lines of its last part", 8, english + german],
])(
  "a process that is killed %s: another one puts its lines and counts Send again, once",
  {
    timeout: 60_000,
  },
  async (_, diesAtBatch, resolved) => {
    const order = await anOrderInDoubt();
    const options = { user: writer, orderId: order.id, body, diesAtBatch };
    expect(await resolveInProcess(fixture.stack.config, options)).toBe("SIGKILL");
    expect(await inDoubt(order)).toBe(english + german - resolved);
    await sweepAfter(4);
    expect(await historyOf(order)).toEqual([]);

    await Promise.all([sweepAfter(6), sweepAfter(6)]);
    await sweepAfter(7);
    expect(await historyOf(order)).toMatchObject([
      { by: "writer", what: `Resolved ${resolved} mails in doubt: not received`, details: ["ticket 9"] },
    ]);
    expect(await linesOfPeople(order)).toBe(resolved);
    expect(await fixture.manager.orders.get(order.id)).toMatchObject({ runState: "settling" });
    const { resolutions } = await readResolutions(fixture.manager, writer, order, null);
    expect(resolutions).toMatchObject([{ resolved }]);
    expect(await openOnes()).toEqual([]);
  },
);

test("one that was taken for gone takes no more mails, and what it had in hand is in the history as well", async () => {
  const order = await anOrderInDoubt();
  let parts = 0;
  const deliveries = {
    ...fixture.manager.deliveries,
    async resolveMany(...given: Parameters<typeof fixture.manager.deliveries.resolveMany>) {
      parts += 1;
      if (parts === 1) await sweepAfter(6);
      return fixture.manager.deliveries.resolveMany(...given);
    },
  };
  const response = await resolveMany(
    { ...fixture.manager, deliveries },
    writer,
    order,
    body,
    new AbortController().signal,
  );
  expect(await response.text()).toContain("made no progress for minutes");
  expect(await inDoubt(order)).toBe(german);
  expect((await historyOf(order)).map(({ what }: { what: string }) => what)).toEqual([
    `Resolved ${english} mails in doubt: not received`,
  ]);
  expect(await openOnes()).toEqual([]);
});

test("where its end cannot be recorded, the sweep does it", async () => {
  const order = await anOrderInDoubt();
  const audit = { ...fixture.manager.audit, put: () => Promise.reject(new Error("the table is away")) };
  const response = await resolveMany({ ...fixture.manager, audit }, writer, order, body, new AbortController().signal);
  expect(await response.text()).toContain(`"resolved":${english + german}`);
  expect(await historyOf(order)).toEqual([]);
  await sweepAfter(6);
  expect(await historyOf(order)).toHaveLength(1);
  expect(await openOnes()).toEqual([]);
});
