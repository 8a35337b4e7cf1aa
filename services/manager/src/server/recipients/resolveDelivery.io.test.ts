import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { POST } from "../../app/api/work-orders/[id]/deliveries/[participantId]/resolve/route.ts";
import { GET } from "../../app/api/work-orders/[id]/recipients/route.ts";

let fixture: ManagerFixture;
let writer: User;
let reader: User;

const claimedAt = Date.parse("2026-03-01T08:00:00.000Z");
const minutes = (count: number) => claimedAt + count * 60_000;

beforeAll(async () => {
  fixture = await openManagerFixture();
  fixture.setTime(minutes(20));
  writer = await fixture.addUser({ id: "writer", role: "write" });
  reader = await fixture.addUser({ id: "reader", role: "read", showAddresses: true });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** An order with one mail in doubt, to participant p-1. */
async function inDoubt(): Promise<WorkOrder> {
  const order = await fixture.addOrder({}, { Send: { status: "complete", runId: "run-1" } });
  await fixture.putDeliveries(mailingKey(order, "EN"), [
    aDelivery({ participantId: "p-1", email: "jane@example.org", status: "in-doubt", smtpResponse: "socket hang up" }),
  ]);
  return order;
}
const resolve = (
  user: User,
  order: WorkOrder,
  body: object,
  more: { participantId?: string; origin?: string } = {},
) => {
  const { participantId = "p-1", ...options } = more;
  return fixture.ask(user, POST, { id: order.id, participantId }, { body, ...options });
};
const asSeen = { language: "EN", claimId: "claim-p-1", received: true };
const listed = async (order: WorkOrder, status: string) =>
  (
    await (
      await fixture.ask(writer, GET, { id: order.id }, { query: `?list=send&language=EN&status=${status}` })
    ).json()
  ).rows;
const auditOf = async (order: WorkOrder) => {
  const { Items } = await fixture.stack.aws.dynamo.send(
    new QueryCommand({
      TableName: fixture.stack.config.AUDIT_TABLE,
      KeyConditionExpression: "workOrderId = :id",
      ExpressionAttributeValues: { ":id": order.id },
    }),
  );
  return Items ?? [];
};

test("acceptance 68: a resolved mail has its Send recounted, unless Send works or sleeps", async () => {
  const endedAt = "2026-03-01T08:01:00.000Z";
  const order = await fixture.addOrder({}, { Send: { status: "complete", runId: "run-1", endedAt } });
  const doubt = aDelivery({ participantId: "p-1", status: "in-doubt" });
  await fixture.putDeliveries(mailingKey(order, "EN"), [doubt]);
  expect((await resolve(writer, order, asSeen)).status).toBe(200);
  expect(await fixture.manager.orders.get(order.id)).toMatchObject({
    runState: "settling",
    unsettled: {
      "run-1": { step: "Send", status: "complete", partitions: [mailingKey(order, "EN")], keepsLine: true },
    },
  });
  const sleeping = { status: "sleeping", runId: "run-1", endedAt } as const;
  const asleep = await fixture.addOrder({ runState: "sleeping", runCheckAt: endedAt }, { Send: sleeping });
  await fixture.putDeliveries(mailingKey(asleep, "EN"), [doubt]);
  expect((await resolve(writer, asleep, asSeen)).status).toBe(200);
  expect((await fixture.manager.orders.get(asleep.id))?.runState).toBe("sleeping");
});

test.each([
  [true, "sent"],
  [false, "deferred"],
] as const)(
  "a mail in doubt that was received (%s) becomes %s, leaves the list, and is audited",
  async (received, status) => {
    const order = await inDoubt();
    expect(await listed(order, "in-doubt")).toMatchObject([{ participantId: "p-1", claimId: "claim-p-1" }]);
    const response = await resolve(writer, order, { ...asSeen, received });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      ...{ participantId: "p-1", status, email: "j…@example.org", response: "socket hang up" },
      ...{ resolvedBy: "writer", resolvedAt: "2026-03-01T08:20:00.000Z" },
    });
    expect(await listed(order, "in-doubt")).toEqual([]);
    expect(await listed(order, status)).toMatchObject([{ participantId: "p-1" }]);
    const delivery = await fixture.manager.deliveries.get(mailingKey(order, "EN"), "p-1");
    expect(delivery?.claimId).toBeUndefined();

    const audit = await auditOf(order);
    expect(audit).toMatchObject([
      {
        sk: expect.stringMatching(/^U#2026-03-01T08:20:00\.000Z#[0-9A-Z]{26}$/),
        by: "writer",
        what: "resolved",
        data: { participantId: "p-1", language: "EN", status },
      },
    ]);
    expect(JSON.stringify(audit)).not.toContain("@");
  },
);

test("acceptance 32: a read-only user can change nothing through the API: resolving is refused and nothing happens", async () => {
  const order = await inDoubt();
  const before = await fixture.manager.deliveries.get(mailingKey(order, "EN"), "p-1");
  const response = await resolve(reader, order, asSeen);
  expect(response.status).toBe(403);
  expect((await response.json()).error).toMatchObject({
    code: "forbidden",
    message: expect.stringContaining("Read Only"),
  });
  expect(await fixture.manager.deliveries.get(mailingKey(order, "EN"), "p-1")).toEqual(before);
  expect(await auditOf(order)).toEqual([]);
});

test("it is refused until 15 minutes after the claim, and the response says when", async () => {
  const order = await inDoubt();
  fixture.setTime(minutes(15) - 1);
  const early = await resolve(writer, order, asSeen);
  expect(early.status).toBe(409);
  expect((await early.json()).error.details).toEqual({
    reason: "too-early",
    resolvableAt: "2026-03-01T08:15:00.000Z",
  });
  fixture.setTime(minutes(15));
  expect((await resolve(writer, order, asSeen)).status).toBe(200);
  fixture.setTime(minutes(20));
});

test("a second resolution, another claim and a person who was never mailed are refused with the reason", async () => {
  const order = await inDoubt();
  const changed = await resolve(writer, order, { ...asSeen, claimId: "an-older-claim" });
  expect([changed.status, (await changed.json()).error.details]).toEqual([409, { reason: "changed" }]);
  expect((await resolve(writer, order, asSeen)).status).toBe(200);
  const again = await resolve(writer, order, { ...asSeen, received: false });
  expect([again.status, (await again.json()).error.details]).toEqual([409, { reason: "settled" }]);
  for (const participantId of ["p-2", "p".repeat(3000)])
    expect((await resolve(writer, order, asSeen, { participantId })).status).toBe(404);
  expect(await auditOf(order)).toHaveLength(1);
});

test("two users who resolve at the same moment: one succeeds, the other gets a conflict", async () => {
  const order = await inDoubt();
  const other = await fixture.addUser({ id: "other", role: "write" });
  const responses = await Promise.all([
    resolve(writer, order, asSeen),
    resolve(other, order, { ...asSeen, received: false }),
  ]);
  expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect(await auditOf(order)).toHaveLength(1);
});

test("mails of a Test, of other events, from foreign pages and malformed requests are out of reach", async () => {
  const order = await fixture.addOrder({}, { Test: { status: "error", runId: "test-1" } });
  const partition = testPartition(mailingKey(order, "EN"), "test-1");
  await fixture.putDeliveries(partition, [aDelivery({ participantId: "p-1", status: "in-doubt" })]);
  expect((await resolve(writer, order, asSeen)).status).toBe(404);
  expect((await fixture.manager.deliveries.get(partition, "p-1"))?.status).toBe("in-doubt");

  const doubtful = await inDoubt();
  const stranger = await fixture.addUser({ id: "stranger", role: "write", eventAccess: ["F2026"] });
  expect((await resolve(stranger, doubtful, asSeen)).status).toBe(404);
  expect((await resolve(writer, doubtful, asSeen, { origin: "https://evil.example" })).status).toBe(403);
  expect((await resolve(writer, doubtful, { ...asSeen, received: "yes" })).status).toBe(422);
  expect((await resolve(writer, doubtful, { ...asSeen, language: "XX" })).status).toBe(422);
  expect(await listed(doubtful, "in-doubt")).toHaveLength(1);
});
