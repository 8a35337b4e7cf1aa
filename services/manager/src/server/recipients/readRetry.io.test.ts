import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { anEvent, aParticipant, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { GET } from "../../app/api/work-orders/[id]/retry/route.ts";

let fixture: ManagerFixture;
let reader: User;

beforeAll(async () => {
  fixture = await openManagerFixture();
  reader = await fixture.addUser({ id: "reader" });
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, {
    stages: [aStage()],
    pools: [aPool()],
    languages: [...someLanguages().values()],
  });
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const at = "2026-03-01T12:00:00.000Z";

test("acceptance 60: a retry counts only those it can mail now, and says why the others who failed are not among them", async () => {
  const { aws, config } = fixture.stack;
  const order = await fixture.addOrder({ languages: ["EN", "SP"] }, { Send: { status: "complete", runId: "run-1" } });
  const { eventCode, subEvent } = order;
  await aws.dynamo.send(
    new PutCommand({
      TableName: config.EVENTS_TABLE,
      Item: anEvent({ aid: eventCode, subEvents: { [subEvent]: {} } }),
    }),
  );
  const suppressed = (n: number) => {
    const address = `gone-${n}@example.org`;
    return aParticipant({ id: `gone-${n}`, email: address, suppression: { address, code: "5.1.1", at } });
  };
  const people = [
    ...Array.from({ length: 130 }, (_, n) => suppressed(n)),
    ...Array.from({ length: 3 }, (_, n) => aParticipant({ id: `left-${n}`, unsubscribe: true })),
    aParticipant({
      id: "corrected",
      email: "new@example.org",
      suppression: { address: "old@example.org", code: "5.1.1", at },
    }),
    aParticipant({ id: "refused", writtenLangPref: "Spanish" }),
    aParticipant({ id: "waits" }),
    aParticipant({ id: "has-it" }),
    aParticipant({ id: "moved-on" }),
  ];
  await putParticipants(aws, config, people);
  const failed = (participantId: string) => aDelivery({ participantId, status: "failed" });
  await fixture.putDeliveries(mailingKey(order, "EN"), [
    ...people.slice(0, 133).map(({ id }) => failed(id)),
    ...["corrected", "refused", "deleted"].map(failed),
    aDelivery({ participantId: "waits", status: "deferred" }),
    aDelivery({ participantId: "has-it", status: "sent" }),
  ]);
  await fixture.putDeliveries(mailingKey(order, "SP"), [failed("refused"), failed("moved-on")]);
  expect(await (await fixture.ask(reader, GET, { id: order.id })).json()).toEqual({
    // In English corrected, refused and waits, in Spanish refused.
    mails: 4,
    excluded: [
      { reason: "suppressed", people: 130 },
      { reason: "unsubscribed", people: 3 },
      { reason: "no-record", people: 1 },
      { reason: "language", people: 1 },
    ],
  });
});

test("where all who failed are suppressed there is no one to retry; a reader of other events finds no order", async () => {
  const { aws, config } = fixture.stack;
  const order = await fixture.addOrder({}, { Send: { status: "complete", runId: "run-2" } });
  const { eventCode, subEvent } = order;
  await aws.dynamo.send(
    new PutCommand({
      TableName: config.EVENTS_TABLE,
      Item: anEvent({ aid: eventCode, subEvents: { [subEvent]: {} } }),
    }),
  );
  await fixture.putDeliveries(mailingKey(order, "EN"), [aDelivery({ participantId: "gone-1", status: "failed" })]);
  expect(await (await fixture.ask(reader, GET, { id: order.id })).json()).toEqual({
    mails: 0,
    excluded: [{ reason: "suppressed", people: 1 }],
  });
  const other = await fixture.addUser({ id: "other", eventAccess: ["ELSEWHERE"] });
  expect((await fixture.ask(other, GET, { id: order.id })).status).toBe(404);
});
