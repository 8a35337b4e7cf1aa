import { BatchWriteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { type User, userSchema } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { findParticipants } from "./findParticipants.ts";

let fixture: ManagerFixture;
let order: WorkOrder;
let users = 0;
const at = "2026-03-01T08:00:00.000Z";

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  const crowd = [
    aParticipant({ id: "p-zoe", first: "Zoë", last: "Müller-Ünal", email: "zoe@example.org" }),
    aParticipant({ id: "zo-2", first: "Zoran", last: "Petrov", email: "zoran@example.org" }),
    ...Array.from({ length: 200 }, (_, n) => aParticipant({ id: `m-${n}`, first: "Max", last: `Muster ${n}` })),
  ];
  for (let from = 0; from < crowd.length; from += 25) {
    const puts = crowd.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await aws.dynamo.send(new BatchWriteCommand({ RequestItems: { [config.PARTICIPANTS_TABLE]: puts } }));
  }
  await aws.dynamo.send(
    new PutCommand({ TableName: config.CONFIG_TABLE, Item: { pk: "tester", sk: "zo-2", label: "Zoran" } }),
  );
  order = await fixture.addOrder({});
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** Each a user of its own, so that none has searched before. */
function aUser(fields: Partial<User> = {}): User {
  users += 1;
  const id = `user-${users}`;
  return userSchema.parse({ id, name: id, role: "read", eventAccess: ["*"], showAddresses: true, ...fields });
}

const search = (text: string, user = aUser(), of = order) => findParticipants(fixture.manager, user, of, text);
const ids = async (text: string, user?: User, of?: WorkOrder) =>
  (await search(text, user, of)).participants.map(({ id }) => id).sort();

describe("users with access to every event find everyone", () => {
  test.each([
    ["zo", ["p-zoe", "zo-2"]],
    ["ÜNAL", ["p-zoe"]],
    ["zoe mull", ["p-zoe"]],
    ["petrov", ["zo-2"]],
    ["zoran@example.org", ["zo-2"]],
    ["zo-2", ["zo-2"]],
    ["no one like that", []],
    ["  ", []],
    ["z", []],
  ])("%j finds %j", async (text, expected) => {
    expect(await ids(text)).toEqual(expected);
  });

  test("an address is masked, and found only as a whole, for those who may see none", async () => {
    const masked = () => aUser({ showAddresses: false });
    expect((await search("ünal", masked())).participants).toEqual([
      { id: "p-zoe", name: "Zoë Müller-Ünal", email: "z…@example.org" },
    ]);
    expect(await ids("zoe@example.org", masked())).toEqual(["p-zoe"]);
    expect(await ids("zoe@", masked())).toEqual([]);
  });

  test("of many the first ten are shown, and that there are more is said", async () => {
    const found = await search("muster");
    expect(found.participants).toHaveLength(10);
    expect(found.note).toMatch(/first 10/);
  });
});

describe("users of some events find testers and the people on the lists of their orders, and no others", () => {
  const ofOneEvent = (fields: Partial<User> = {}) => aUser({ eventAccess: ["E2026"], ...fields });

  test("without a list only testers", async () => {
    expect(await ids("zo", ofOneEvent())).toEqual(["zo-2"]);
    expect(await ids("p-zoe", ofOneEvent())).toEqual([]);
    expect(await ids("zoe@example.org", ofOneEvent())).toEqual([]);
  });

  test("by the ledger, an earlier mailing, the Test and the Dry-Run, of this and of other orders of the event", async () => {
    const listed = await fixture.addOrder(
      { eventCode: "G2026", revision: 2, mailingKeys: ["G2026_part_reg_EN"] },
      {
        "Dry-Run": { status: "complete", runId: "dry-g", resultRunId: "dry-g" },
        Test: { status: "ready", runId: "test-g" },
      },
    );
    const delivery = (n: number) => aDelivery({ participantId: `m-${n}`, name: `Max Muster ${n}` });
    await fixture.putDeliveries(mailingKey(listed, "EN"), [delivery(1)]);
    await fixture.putDeliveries("G2026_part_reg_EN", [delivery(2)]);
    await fixture.putDeliveries(`${mailingKey(listed, "EN")}~test-g`, [delivery(3)]);
    await fixture.manager.dryRunRecipients.put("dry-g", "EN", [
      { participantId: "m-4", name: "Max Muster 4", email: "m4@example.org", subject: "News", status: "ok", at },
    ]);
    const user = () => aUser({ eventAccess: ["G2026"] });
    expect(await ids("muster", user(), listed)).toEqual(["m-1", "m-2", "m-3", "m-4"]);
    expect(await ids("m-3", user(), listed)).toEqual(["m-3"]);
    expect(await ids("m-5", user(), listed)).toEqual([]);
    const unsent = await fixture.addOrder({ eventCode: "G2026" });
    expect(await ids("muster", user(), unsent)).toEqual(["m-1", "m-2", "m-3", "m-4"]);
    expect(await ids("muster", aUser({ eventAccess: ["E2026"] }))).toEqual([]);
  });

  test("whose record is gone is not found, and addresses are masked", async () => {
    const listed = await fixture.addOrder({ eventCode: "H2026" });
    await fixture.putDeliveries(mailingKey(listed, "EN"), [
      aDelivery({ participantId: "gone", name: "Gone Person" }),
      aDelivery({ participantId: "p-zoe", name: "Zoë Müller-Ünal" }),
    ]);
    const masked = () => aUser({ eventAccess: ["H2026"], showAddresses: false });
    expect(await ids("gone", masked(), listed)).toEqual([]);
    expect((await search("ünal", masked(), listed)).participants).toEqual([
      { id: "p-zoe", name: "Zoë Müller-Ünal", email: "z…@example.org" },
    ]);
  });
});

describe("acceptance 70: reading everyone by search is not possible, and searches do not slow the pages down", () => {
  test("after some searches a user is refused until time has passed, and others are not", async () => {
    let now = Date.UTC(2026, 2, 1);
    fixture.setTime(now);
    const user = aUser();
    for (let n = 0; n < 20; n += 1) await search("no one like that", user);
    await expect(search("muster", user)).rejects.toMatchObject({
      code: "too-many-requests",
      details: { retryAfterSeconds: 10 },
    });
    expect(await ids("petrov")).toEqual(["zo-2"]);
    now += 10_000;
    fixture.setTime(now);
    expect(await ids("petrov", user)).toEqual(["zo-2"]);
    await expect(search("muster", user)).rejects.toMatchObject({ code: "too-many-requests" });
  });

  test("two searches run at once, ten wait, further ones are refused with Retry-After", async () => {
    const gate = Promise.withResolvers<void>();
    let running = 0;
    const { participants } = fixture.manager;
    const pages: typeof participants.pages = async function* () {
      running += 1;
      await gate.promise;
      yield [];
    };
    const slow = { ...fixture.manager, participants: { ...participants, pages } };
    const searches = Array.from({ length: 13 }, () => findParticipants(slow, aUser(), order, "muster"));
    await expect(searches[12]).rejects.toMatchObject({ code: "busy", details: { retryAfterSeconds: 5 } });
    await expect.poll(() => running).toBe(2);
    gate.resolve();
    expect((await Promise.all(searches.slice(0, 12))).map((found) => found.participants.length)).toEqual(
      Array.from({ length: 12 }, () => 0),
    );
  });
});

test("when the time is over what was found is shown, and that the search ended is said", async () => {
  const { participants } = fixture.manager;
  const pages: typeof participants.pages = async function* ({ signal } = {}) {
    yield [aParticipant({ id: "early", first: "Zora" }) as Participant];
    await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  };
  const slow = { ...fixture.manager, participants: { ...participants, pages } };
  const found = await findParticipants(slow, aUser(), order, "zor", undefined, 50);
  expect(found.participants.map(({ id }) => id)).toEqual(["early"]);
  expect(found.note).toMatch(/ended before it had read everyone/);
});

test("a browser that goes away ends it", async () => {
  const gone = new Error("gone");
  const left = findParticipants(fixture.manager, aUser(), order, "no one", AbortSignal.abort(gone));
  await expect(left).rejects.toBe(gone);
});
