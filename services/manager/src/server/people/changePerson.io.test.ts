import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { anEvent, aParticipant, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { PersonState } from "../../api/personChanges.ts";
import { POST as postAddress } from "../../app/api/people/[id]/address/route.ts";
import { GET as getChanges } from "../../app/api/people/[id]/changes/route.ts";
import { GET as getExport } from "../../app/api/people/[id]/export/route.ts";
import { POST as postForget } from "../../app/api/people/[id]/forget/route.ts";
import { POST as postLift } from "../../app/api/people/[id]/lift-suppression/route.ts";
import { POST as postResubscribe } from "../../app/api/people/[id]/resubscribe/route.ts";
import { POST as postUnsubscribe } from "../../app/api/people/[id]/unsubscribe/route.ts";
import { GET as getOrderChanges } from "../../app/api/work-orders/[id]/people/[participantId]/changes/route.ts";
import { POST as postOrderLift } from "../../app/api/work-orders/[id]/people/[participantId]/lift-suppression/route.ts";
import { POST as postOrderResubscribe } from "../../app/api/work-orders/[id]/people/[participantId]/resubscribe/route.ts";

let fixture: ManagerFixture;
let editor: User;
let masked: User;
let reader: User;
let outsider: User;
let writer: User;
const refusedAt = "2026-02-01T00:00:00.000Z";

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  const rights = { people: true, role: "write" as const, showAddresses: true, exportCsv: true };
  editor = await fixture.addUser({ ...rights, id: "editor", name: "Eda Editor" });
  masked = await fixture.addUser({ ...rights, id: "masked", showAddresses: false });
  reader = await fixture.addUser({ ...rights, id: "reader", role: "read" });
  outsider = await fixture.addUser({ ...rights, id: "outsider", eventAccess: ["F2026"] });
  writer = await fixture.addUser({ id: "writer", role: "write", eventAccess: ["E2026"] });
  await putConfig(aws, config, {
    stages: [aStage()],
    pools: [aPool({ attributes: [{ type: "currenteventjoin" }] })],
    languages: [...someLanguages().values()],
  });
  const subEvents = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`part-${n}`, {}]));
  await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item: anEvent({ subEvents }) }));
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

async function aPerson(fields: Partial<Participant> = {}): Promise<Participant> {
  const person = { ...aParticipant(), ...fields };
  await fixture.stack.aws.dynamo.send(
    new PutCommand({ TableName: fixture.stack.config.PARTICIPANTS_TABLE, Item: person }),
  );
  return person;
}

const suppressed = (id: string) => ({ address: `${id}@example.org`, code: "5.1.1", at: refusedAt });

type Route = Parameters<ManagerFixture["ask"]>[1];
async function post(user: User, route: Route, params: Record<string, string>, body: object) {
  const response = await fixture.ask(user, route, params, { body: { reason: "asked by phone", ...body } });
  return { status: response.status, error: response.ok ? undefined : (await response.json()).error };
}
async function stateOf(id: string, user = editor): Promise<PersonState> {
  return (await fixture.ask(user, getChanges, { id })).json();
}
const record = (id: string) => fixture.manager.participants.get(id);

describe("a user changes a person with a reason, and the history of the person shows it", () => {
  test("address, unsubscription, subscription and suppression", async () => {
    const { id } = await aPerson();
    await fixture.manager.participants.suppress(id, suppressed(id));
    const before = await stateOf(id);
    expect(before).toMatchObject({ suppressed: { code: "5.1.1", at: refusedAt, counts: true }, history: [] });
    expect((await post(editor, postLift, { id }, { seen: refusedAt })).status).toBe(204);
    const corrected = { address: " new@example.org ", seen: before.addressSeen };
    expect((await post(editor, postAddress, { id }, corrected)).status).toBe(204);
    expect((await post(editor, postUnsubscribe, { id }, {})).status).toBe(204);
    const out = await stateOf(id);
    expect(out).toMatchObject({ email: "new@example.org", unsubscribed: { by: "user" } });
    expect((await post(editor, postResubscribe, { id }, { seen: out.unsubscribed?.at })).status).toBe(204);
    const after = await stateOf(id);
    expect(after.history.map(({ what, by, reason }) => [what, by, reason])).toEqual([
      ["Subscribed the person again", "Eda Editor", "asked by phone"],
      ["Unsubscribed the person", "Eda Editor", "asked by phone"],
      ["Corrected the address", "Eda Editor", "asked by phone"],
      ["Lifted the suppression", "Eda Editor", "asked by phone"],
    ]);
    expect(await record(id)).toEqual({ ...aParticipant({ id, email: "new@example.org" }) });
    const lines = await Array.fromAsync(fixture.manager.audit.lines(`person-${id}`));
    expect(JSON.stringify(lines)).not.toContain("@");
  });

  test("of two users at once one is refused, told so, and changes nothing; also where both see the same masked address", async () => {
    const { id } = await aPerson({ email: "anna@example.org" });
    const seen = (await stateOf(id, masked)).addressSeen;
    const results = await Promise.all(
      ["alma@example.org", "alba@example.org", "aida@example.org"].map((address) =>
        post(masked, postAddress, { id }, { address, seen }),
      ),
    );
    expect(results.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    expect(results.find(({ status }) => status === 409)?.error).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("changed this person meanwhile"),
    });
    expect((await stateOf(id)).history).toHaveLength(1);
    // The mask is the same, the address is not.
    expect((await stateOf(id, masked)).email).toBe("a…@example.org");
    const late = await post(masked, postAddress, { id }, { address: "late@example.org", seen });
    expect(late.status).toBe(409);
  });

  test("what was seen must still be so: another refusal of the address, another unsubscription, a person forgotten", async () => {
    const { id } = await aPerson();
    await fixture.manager.participants.suppress(id, { ...suppressed(id), at: "2026-02-02T00:00:00.000Z" });
    expect((await post(editor, postLift, { id }, { seen: refusedAt })).status).toBe(409);
    await fixture.manager.participants.unsubscribe(id, refusedAt, "E2026_weekend_reg_EN");
    expect((await post(editor, postUnsubscribe, { id }, {})).status).toBe(409);
    expect((await post(editor, postResubscribe, { id }, { seen: "2020-01-01T00:00:00.000Z" })).status).toBe(409);
    const { addressSeen } = await stateOf(id);
    expect((await post(editor, postForget, { id }, { confirm: id })).status).toBe(200);
    for (const [route, body] of [
      [postAddress, { address: "x@example.org", seen: addressSeen }],
      [postUnsubscribe, {}],
      [postResubscribe, { seen: refusedAt }],
    ] as const)
      expect((await post(editor, route as Route, { id }, body)).error).toMatchObject({
        details: { reason: "forgotten" },
      });
    expect(await stateOf(id)).toMatchObject({ forgotten: { hasData: false }, name: "", email: "" });
  });

  test("a wrong address, a missing reason and an id that was not typed are named, and change nothing", async () => {
    const person = await aPerson();
    const { id } = person;
    const seen = (await stateOf(id)).addressSeen;
    const wrong = await post(editor, postAddress, { id }, { address: "ana@", seen });
    expect(wrong.error).toMatchObject({ fields: { address: expect.stringContaining("not a mail address") } });
    const silent = await post(editor, postUnsubscribe, { id }, { reason: "  " });
    expect(silent.error.fields).toEqual({ reason: "Say why: it is kept in the history of the person" });
    const unsure = await post(editor, postForget, { id }, { confirm: "p-0" });
    expect(unsure.error.fields.confirm).toContain(id);
    expect(await record(id)).toEqual(person);
  });
});

describe("who may do it", () => {
  test("a user who only reads changes nothing, and one of another event finds no such person", async () => {
    const person = await aPerson();
    const { id } = person;
    for (const [user, status] of [
      [reader, 403],
      [writer, 403],
      [outsider, 404],
    ] as const) {
      expect((await post(user, postUnsubscribe, { id }, {})).status).toBe(status);
      expect((await post(user, postForget, { id }, { confirm: id })).status).toBe(status);
    }
    expect((await fixture.ask(masked, getExport, { id })).status).toBe(403);
    const file = await fixture.ask(editor, getExport, { id });
    expect(file.headers.get("content-disposition")).toBe(`attachment; filename="person-${id}.json"`);
    expect(await file.json()).toMatchObject({ participant: person, deliveries: [] });
    expect(await record(id)).toEqual(person);
  });

  test("from the recipients window users of the event lift for people on a list and people left out, and for no others", async () => {
    const order = await fixture.addOrder({ subEvent: "part-1" });
    const joined = { programs: { E2026: { join: true } } };
    const leftOut = await aPerson({ ...joined, unsubscribe: true, unsubscribedAt: refusedAt });
    const mailed = await aPerson();
    const other = await aPerson({ unsubscribe: true, unsubscribedAt: refusedAt });
    for (const { id } of [mailed, other]) await fixture.manager.participants.suppress(id, suppressed(id));
    await fixture.putDeliveries(mailingKey(order, "EN"), [aDelivery({ participantId: mailed.id, status: "failed" })]);

    const of = ({ id }: Participant) => ({ id: order.id, participantId: id });
    const shown = await fixture.ask(writer, getOrderChanges, of(mailed));
    expect(await shown.json()).toMatchObject({ suppressed: { code: "5.1.1" }, email: expect.stringContaining("…@") });
    expect((await post(writer, postOrderLift, of(mailed), { seen: refusedAt })).status).toBe(204);
    expect((await post(writer, postOrderResubscribe, of(leftOut), { seen: refusedAt })).status).toBe(204);
    expect((await record(leftOut.id))?.unsubscribe).toBeUndefined();
    expect((await record(mailed.id))?.suppression).toBeUndefined();
    for (const [route, params] of [
      [postOrderLift, of(other)],
      [postOrderResubscribe, of(other)],
      [postOrderLift, { id: order.id, participantId: "p-none" }],
    ] as const)
      expect((await post(writer, route as Route, params, { seen: refusedAt })).status).toBe(404);
    expect(await record(other.id)).toMatchObject({ unsubscribe: true, suppression: suppressed(other.id) });
  });
});
