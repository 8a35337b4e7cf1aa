import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { type SkipReason, skipReasons } from "@email-agent/shared/domain/recipients/recipientFilter.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anEvent, aParticipant, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery, type DeliveryFields } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { PersonMailing, PersonMailings } from "../../api/people.ts";
import { GET } from "../../app/api/people/[id]/mailings/route.ts";
import { countRecipients } from "../sending/countRecipients.ts";

const at = "2026-03-01T08:00:01.000Z";
const never = new AbortController().signal;

let fixture: ManagerFixture;
let user: User;
beforeAll(async () => {
  fixture = await openManagerFixture();
  user = await fixture.addUser({ id: "anna", people: true, showAddresses: true });
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, {
    stages: [aStage({ pools: ["no-test-people"] })],
    pools: [
      aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] }),
      aPool({ name: "test-people", attributes: [{ type: "currenteventtest" }] }),
      aPool({ name: "everyone", attributes: [{ type: "true" }] }),
      aPool({
        name: "no-test-people",
        attributes: [{ type: "pooldiff", inpool: "everyone", outpool: "test-people" }],
      }),
    ],
    languages: [...someLanguages().values()],
  });
  for (const aid of ["E2026", "F2026"]) {
    const subEvents = Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`part-${n}`, {}]));
    const Item = anEvent({ aid, subEvents, config: { pool: "joined" } });
    await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item }));
  }
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** Someone the mailing is for. */
const concerned = (id: string, fields: Partial<Participant> = {}): Participant =>
  aParticipant({ id, programs: { E2026: { join: true }, F2026: { join: true } }, ...fields });

const put = (...people: object[]) =>
  putParticipants(fixture.stack.aws, fixture.stack.config, people as readonly Participant[]);
const deliver = (order: WorkOrder, fields: Partial<DeliveryFields> & { participantId: string }, language = "EN") =>
  fixture.putDeliveries(mailingKey(order, language), [aDelivery({ workOrderId: order.id, ...fields })]);

async function mailingsOf(id: string, query = "", as = user): Promise<PersonMailings> {
  const response = await fixture.ask(as, GET as never, { id }, { query });
  expect(response.status).toBe(200);
  return response.json();
}

async function of(order: WorkOrder, id: string, language = "EN"): Promise<PersonMailing | undefined> {
  const { mailings } = await mailingsOf(id);
  return mailings.find((one) => one.orderId === order.id && one.isCurrent && one.language === language);
}

describe("acceptance 100: the person page says of every mailing whether the person got it, and if not, why, by the filter that Send uses", () => {
  test("mailed, failed, in doubt, waiting and being sent: with time, response and Message-ID", async () => {
    const order = await fixture.addOrder({});
    const ids = ["sent", "failed", "doubt", "deferred", "sending"].map((id) => `mailed-${id}`);
    await put(...ids.map((id) => concerned(id)));
    const [sent, failed, doubt, deferred, sending] = ids as [string, string, string, string, string];
    await deliver(order, { participantId: sent, endedAt: at, messageId: "<1@example.org>" });
    const refusal = { smtpCode: 550, smtpResponse: "550 5.1.1 <mailed-failed@example.org>: no such user" };
    await deliver(order, { participantId: failed, status: "failed", permanent: true, endedAt: at, ...refusal });
    await deliver(order, { participantId: doubt, status: "in-doubt", endedAt: at });
    await deliver(order, { participantId: deferred, status: "deferred", nextAttemptAt: "2026-03-01T09:00:00.000Z" });
    await deliver(order, { participantId: sending, status: "sending" });

    expect(await of(order, sent)).toMatchObject({ status: "sent", at, response: "250 2.0.0 OK", account: "office" });
    expect(await of(order, sent)).toMatchObject({ messageId: "<1@example.org>", hasBegun: true, isArchived: false });
    const response = refusal.smtpResponse;
    expect(await of(order, failed)).toMatchObject({ status: "failed", at, permanent: true, response });
    expect(await of(order, doubt)).toMatchObject({ status: "in-doubt", at });
    expect(await of(order, deferred)).toMatchObject({ status: "deferred", nextAttemptAt: "2026-03-01T09:00:00.000Z" });
    expect(await of(order, sending)).toMatchObject({ status: "sending" });
    for (const id of ids) expect((await of(order, id))?.reason).toBeUndefined();
  });

  const leftOut: Partial<Record<SkipReason, object>> = {
    forgotten: concerned("out-forgotten", { forgotten: at }),
    "invalid-record": { ...concerned("out-invalid-record"), unsubscribe: "perhaps" },
    unsubscribed: concerned("out-unsubscribed", { unsubscribe: true }),
    "no-address": concerned("out-no-address", { email: "n/a" }),
    suppressed: concerned("out-suppressed", {
      suppression: { address: "out-suppressed@example.org", code: "5.1.1", at },
    }),
    language: concerned("out-language"),
    "event-pool": aParticipant({ id: "out-event-pool" }),
    "stage-pool": concerned("out-stage-pool", { programs: { E2026: { join: true, test: true } } }),
  };

  test("left out: each reason of the filter, and in the same number as Count finds", async () => {
    const order = await fixture.addOrder({ languages: ["EN", "SP"] });
    await put(...Object.values(leftOut), concerned("spanish", { writtenLangPref: "Spanish" }));
    const elsewhere = { emails: { [mailingKey(order, "EN")]: at } };
    await put(concerned("out-already-received", elsewhere));
    const told: Record<string, number> = {};
    for (const reason of skipReasons.filter((one) => one !== "failed-before")) {
      const id = `out-${reason}`;
      const mailing = await of(order, id, reason === "language" ? "SP" : "EN");
      const expected = reason === "already-received" ? { status: "elsewhere", at } : { status: "left-out", reason };
      expect({ id, ...mailing }).toMatchObject({ id, ...expected });
      if (reason !== "language") told[reason] = 1;
    }
    expect(await of(order, "spanish", "SP")).toMatchObject({ status: "open", hasBegun: true });
    const counted = await countRecipients(fixture.manager, order, { signal: never });
    expect(counted.languages["EN"]?.reasons).toEqual(told);
  });

  test("a failed mail says why a further start would leave the person out", async () => {
    const order = await fixture.addOrder({});
    await put(concerned("gone", { suppression: { address: "gone@example.org", code: "5.1.1", at } }));
    await deliver(order, { participantId: "gone", status: "failed", permanent: true });
    expect(await of(order, "gone")).toMatchObject({ status: "failed", reason: "suppressed" });
  });

  test("what the configuration lacks is said for its mailings; the others are judged", async () => {
    const lacking = await fixture.addOrder({ stage: "unknown" });
    const order = await fixture.addOrder({});
    await put(concerned("asked"));
    expect(await of(lacking, "asked")).toMatchObject({ problem: "The stage unknown of the order is not configured." });
    expect(await of(order, "asked")).toMatchObject({ status: "open" });
  });
});

test("archived orders and earlier mailings of an order are included, and Tests are apart from Sends", async () => {
  await put(concerned("loyal"));
  const order = await fixture.addOrder(
    {
      revision: 2,
      archived: true,
      mailingKeys: ["E2026_early_reg_EN", "E2026_part-98_reg_1_EN"],
    },
    { Test: { runId: "test-1", status: "complete" } },
  );
  const earlier = { participantId: "loyal", workOrderId: order.id };
  await fixture.putDeliveries("E2026_part-98_reg_1_EN", [aDelivery(earlier)]);
  await fixture.putDeliveries(testPartition(mailingKey(order, "EN"), "test-1"), [aDelivery(earlier)]);
  const { mailings, tests } = await mailingsOf("loyal");
  const own = mailings.filter(({ orderId }) => orderId === order.id);
  expect(own.map(({ subEvent, revision, status, isCurrent }) => ({ subEvent, revision, status, isCurrent }))).toEqual([
    { subEvent: order.subEvent, revision: 2, status: "open", isCurrent: true },
    { subEvent: "part-98", revision: 1, status: "sent", isCurrent: false },
    // The event has no such part any more.
    { subEvent: "early", revision: undefined, status: "left-out", isCurrent: false },
  ]);
  expect(own.every(({ isArchived }) => isArchived)).toBe(true);
  expect(tests).toMatchObject([{ orderId: order.id, language: "EN", status: "sent" }]);
});

test("pages: newest orders first, each once; or only what was mailed", async () => {
  await put(concerned("paged"));
  const orders: WorkOrder[] = [];
  for (let n = 0; n < 45; n += 1) orders.push(await fixture.addOrder({ eventCode: "F2026" }));
  for (const order of [orders[3], orders[40]] as WorkOrder[]) await deliver(order, { participantId: "paged" });
  const ofF = await fixture.addUser({ id: "of-f", people: true, eventAccess: ["F2026"] });
  const seen: PersonMailing[] = [];
  let after: string | undefined;
  do {
    const page = await mailingsOf("paged", after ? `?after=${after}` : "", ofF);
    seen.push(...page.mailings);
    after = page.next;
  } while (after);
  const newestFirst = orders
    .map(({ id }) => id)
    .sort()
    .reverse();
  expect(seen.map(({ orderId }) => orderId)).toEqual(newestFirst);
  const mails = await mailingsOf("paged", "?only=mailed", ofF);
  expect(mails.mailings.map(({ orderId }) => orderId)).toEqual([orders[40]?.id, orders[3]?.id]);
  expect(mails.next).toBeUndefined();
});

test("a user of one event reads mailings of that event, addresses masked if they may see none, and of no stranger", async () => {
  await put(concerned("shared"), concerned("stranger"));
  const ours = await fixture.addOrder({ eventCode: "E2026", mailingKeys: ["F2026_part-97_reg_EN"] });
  const theirs = await fixture.addOrder({ eventCode: "F2026" });
  const refusal = {
    status: "failed" as const,
    smtpResponse: "550 shared@example.org unknown",
    participantId: "shared",
  };
  await deliver(ours, refusal);
  await deliver(theirs, refusal);
  await fixture.putDeliveries("F2026_part-97_reg_EN", [aDelivery(refusal)]);
  const masked = await fixture.addUser({ id: "masked-of-e", people: true, eventAccess: ["E2026"] });
  const page = await mailingsOf("shared", "?only=mailed", masked);
  expect(page.mailings).toMatchObject([
    { orderId: ours.id, eventCode: "E2026", response: "550 …@example.org unknown" },
  ]);
  for (const id of ["stranger", "no-such-person"]) {
    const response = await fixture.ask(masked, GET as never, { id });
    expect({ status: response.status, text: (await response.text()).replaceAll(id, "?") }).toEqual({
      status: 404,
      text: expect.stringContaining("There is no participant ? on a list of your events."),
    });
  }
  const without = await fixture.addUser({ id: "without" });
  expect((await fixture.ask(without, GET as never, { id: "shared" })).status).toBe(403);
});
