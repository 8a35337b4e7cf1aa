import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import {
  anAccount,
  anEvent,
  aParticipant,
  aPool,
  aStage,
  someLanguages,
} from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture, someCounters } from "../../../testing/managerFixture.ts";
import type { MailCauses } from "../../api/doubts.ts";
import { GET as getCauses } from "../../app/api/work-orders/[id]/causes/route.ts";
import { POST as postCommand } from "../../app/api/work-orders/[id]/commands/route.ts";
import { GET as getGoNoGo } from "../../app/api/work-orders/[id]/go-no-go/route.ts";
import { POST as postSelection } from "../../app/api/work-orders/[id]/selections/route.ts";

let fixture: ManagerFixture;
let writer: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  writer = await fixture.addUser({ id: "writer", role: "write", showAddresses: true });
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, {
    stages: [aStage()],
    pools: [aPool()],
    accounts: [anAccount({ name: "office" })],
    languages: [...someLanguages().values()],
  });
  const subEvents = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`part-${n}`, {}]));
  await aws.dynamo.send(
    new PutCommand({
      TableName: config.EVENTS_TABLE,
      Item: anEvent({ aid: "E2026", subEvents, config: { pool: "everyone", currency: "EUR" } }),
    }),
  );
  await putParticipants(
    aws,
    config,
    Array.from({ length: 40 }, (_, n) => {
      const email = `p-${n}@example.org`;
      const suppression = { address: email, code: "5.1.1", at: "2026-03-01T08:00:00.000Z" };
      return aParticipant({ id: `p-${n}`, email, ...(n === 0 && { suppression }) });
    }),
  );
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** Thirty people of whom twelve failed: ten refused as spam, two unknown. */
async function anOrder(send: Partial<WorkOrder["steps"]["Send"]> = {}): Promise<WorkOrder> {
  const whole = { EN: someCounters({ sent: 30 }) };
  const order = await fixture.addOrder(
    { account: "office", languages: ["EN", "DE"] },
    {
      "Dry-Run": { status: "complete", resultRunId: "dry", runId: "dry", languages: whole, counters: whole.EN },
      Test: { status: "complete" },
      Send: { status: "complete", runId: "run-1", endedAt: "2026-03-01T09:00:00.000Z", ...send },
    },
  );
  const spam = { smtpCode: 550, smtpResponse: "550 5.7.1 This message looks like spam", permanent: true };
  const unknown = { smtpCode: 550, smtpResponse: "550 5.1.1 No such user", permanent: true };
  await fixture.putDeliveries(
    mailingKey(order, "EN"),
    Array.from({ length: 30 }, (_, n) =>
      aDelivery({ participantId: `p-${n}`, ...(n < 12 && { status: "failed", ...(n < 2 ? unknown : spam) }) }),
    ),
  );
  return order;
}

const select = async (order: WorkOrder, body: object) => {
  const response = await fixture.ask(writer, postSelection, { id: order.id }, { body });
  return { status: response.status, ...(await response.json()) };
};
const facts = async (order: WorkOrder, selection: string) => {
  const query = `?selection=${selection}`;
  const text = await (await fixture.ask(writer, getGoNoGo, { id: order.id }, { query })).text();
  return JSON.parse(text.trim().split("\n").at(-1) ?? "").facts;
};
const command = async (order: WorkOrder, fields: object) => {
  const body = { commandId: ulid(), step: "Send", action: "retry", ...fields };
  const response = await fixture.ask(writer, postCommand, { id: order.id }, { body });
  return { status: response.status, body: await response.json() };
};

test("all mails with one cause become a selection, and the go/no-go counts who of them can be mailed", async () => {
  const order = await anOrder();
  const causes: MailCauses = await (
    await fixture.ask(writer, getCauses, { id: order.id }, { query: "?status=failed" })
  ).json();
  expect(causes.causes.map(({ mails, reply }) => [mails, reply])).toEqual([
    [10, "550 5.7.1 This message looks like spam"],
    [2, "550 5.1.1 No such user"],
  ]);
  const spam = await select(order, { filter: { cause: causes.causes[0]?.cause } });
  expect(spam).toMatchObject({ status: 200, mails: 10 });
  expect(await facts(order, spam.selection)).toMatchObject({ recipients: 10 });
  // Of these two one is suppressed.
  const unknown = await select(order, { filter: { cause: causes.causes[1]?.cause } });
  expect(await facts(order, unknown.selection)).toMatchObject({
    recipients: 1,
    languages: [
      { code: "EN", recipients: 1 },
      { code: "DE", recipients: 0 },
    ],
  });
  // A selection need not have all languages.
  expect(JSON.stringify((await facts(order, unknown.selection)).warnings)).not.toContain("No one would get it");
});

test("the command carries the selection and its confirmed number", async () => {
  const order = await anOrder();
  const people = ["p-3", "p-4", "p-20"].map((participantId) => ({ language: "EN", participantId }));
  const { selection, mails } = await select(order, { people });
  // p-20 has the mail.
  expect(mails).toBe(2);
  expect(await command(order, { selection, confirmRecipients: 40 })).toMatchObject({
    status: 409,
    body: { error: { details: { recipients: 2 } } },
  });
  expect((await command(order, { selection, confirmRecipients: 2 })).status).toBe(202);
  expect((await fixture.manager.orders.get(order.id))?.command).toMatchObject({
    action: "retry",
    selection,
    confirmedRecipients: 2,
  });
});

test("what cannot be sent again is refused with the reason", async () => {
  const order = await anOrder();
  const other = await anOrder();
  const people = [{ language: "EN", participantId: "p-3" }];
  const { selection } = await select(other, { people });
  expect((await command(order, { selection, confirmRecipients: 1 })).body.error.message).toBe(
    "This selection is of another mailing. Select the mails again.",
  );
  expect((await command(order, { confirmRecipients: 1 })).status).toBe(409);
  expect((await select(order, { people: [{ language: "EN", participantId: "p-25" }] })).error.message).toContain(
    "None of these mails is failed any more",
  );
  expect((await select(order, { people: [{ language: "XX", participantId: "p-3" }] })).status).toBe(422);
  const asleep = await anOrder({ status: "sleeping" });
  expect((await select(asleep, { people })).error.message).toContain("Stop it first");
});
