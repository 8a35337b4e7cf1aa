import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { Participant } from "@email-agent/shared/domain/recipients/participant.ts";
import { anEvent, aParticipant, aPool, aStage } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import type { Person } from "../../api/people.ts";
import { explainPools } from "./explainPools.ts";
import { readPerson } from "./readPerson.ts";

const at = "2026-03-01T08:00:00.000Z";
const never = new AbortController().signal;
const programs = { E2026: { join: true, accepted: true }, F2026: { join: true }, G2026: { join: false } };

let fixture: ManagerFixture;
let user: User;
let ofE: User;
beforeAll(async () => {
  fixture = await openManagerFixture();
  user = await fixture.addUser({ id: "anna", people: true, showAddresses: true });
  ofE = await fixture.addUser({ id: "of-e", people: true, eventAccess: ["E2026"] });
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, {
    stages: [aStage({ pools: ["not-both"] })],
    pools: [
      aPool({ name: "joined", attributes: [{ type: "eligible" }, { type: "currenteventjoin" }] }),
      aPool({ name: "of-f", attributes: [{ type: "join", aid: "F2026" }] }),
      aPool({ name: "not-both", attributes: [{ type: "pooldiff", inpool: "joined", outpool: "of-f" }] }),
      aPool({ name: "broken", attributes: [{ type: "pool", name: "absent" }] }),
    ],
  });
  for (const aid of ["E2026", "F2026"]) {
    const Item = anEvent({ aid, config: { pool: "joined" } });
    await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item }));
  }
  const order = await fixture.addOrder({});
  await fixture.putDeliveries(
    mailingKey(order, "EN"),
    ["known", "sister"].map((participantId) => aDelivery({ participantId })),
  );
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const put = (...people: object[]) =>
  putParticipants(fixture.stack.aws, fixture.stack.config, people as readonly Participant[]);

/** As the page does: until everyone is read. */
async function read(id: string, as = user): Promise<Person> {
  for (;;) {
    const person = await readPerson(fixture.manager, as, id, never);
    if (!person.sameAddress.reading) return person;
  }
}

describe("a person", () => {
  test("who they are, their events, what keeps mail from them, and who shares the address", async () => {
    await put(
      aParticipant({
        ...{ id: "known", first: "Ana", last: "García", email: "home@example.org", country: "Spain" },
        ...{ practice: { retreats: true, talks: false }, programs, unsubscribe: true, unsubscribedAt: at },
        ...{ unsubscribedBy: "E2026_part-1_reg_EN" },
        suppression: { address: "Home@example.org", code: "5.1.1", at },
      }),
      aParticipant({ id: "sister", first: "Bo", email: " HOME@example.org " }),
      aParticipant({ id: "stranger", first: "Cy", email: "home@example.org" }),
    );
    expect(await read("known")).toEqual({
      ...{ id: "known", name: "Ana García", email: "home@example.org", country: "Spain", language: "English" },
      ...{ unsubscribed: { at }, suppressed: { at, code: "5.1.1" }, unsubscribedBy: "E2026_part-1_reg_EN" },
      suppression: { address: "Home@example.org", code: "5.1.1", at, isInUse: true },
      programs: [
        { event: "E2026", words: ["Registered", "Accepted"] },
        { event: "F2026", words: ["Registered"] },
        { event: "G2026", words: [] },
      ],
      interests: ["retreats"],
      sameAddress: {
        people: [
          { id: "sister", name: "Bo García" },
          { id: "stranger", name: "Cy García" },
        ],
      },
    });
  });

  test("a user of one event sees nothing of other events, no address, and of the others with the address only whom they may see", async () => {
    const person = await read("known", ofE);
    expect(person.programs).toEqual([{ event: "E2026", words: ["Registered", "Accepted"] }]);
    expect(person.sameAddress.people).toEqual([{ id: "sister", name: "Bo García" }]);
    expect(JSON.stringify(person)).not.toMatch(/home@|F2026|stranger/i);
  });

  test("a suppressed address that was corrected since, a record that does not fit, and one that was erased", async () => {
    const suppression = { address: "old@example.org", code: "5.1.1", at };
    await put(aParticipant({ id: "corrected", suppression }));
    const corrected = await read("corrected");
    expect(corrected.suppression).toMatchObject({ address: "old@example.org", isInUse: false });
    expect(corrected.suppressed).toBeUndefined();
    const softBounces = { address: "old@example.org", count: 5, at };
    await put(
      aParticipant({ id: "soft", email: "old@example.org", suppression, softBounces }),
      aParticipant({
        ...{ id: "hard", email: "old@example.org", suppression },
        softBounces: { ...softBounces, at: "2026-02-01T08:00:00.000Z" },
      }),
    );
    expect((await read("soft")).suppression).toMatchObject({ isInUse: true, softBounces: 5 });
    expect((await read("hard")).suppression).not.toHaveProperty("softBounces");
    await put({ ...aParticipant({ id: "broken" }), programs: { E2026: { join: "yes" } } });
    expect((await read("broken")).invalid).toEqual({
      field: "programs.E2026.join",
      problem: "expected boolean, received string",
    });
    await put({ id: "erased", forgotten: at });
    expect(await read("erased")).toMatchObject({ name: "", email: "", forgotten: at, sameAddress: { people: [] } });
  });
});

describe("the pools of an event", () => {
  const ask = (event: string, as = user) => explainPools(fixture.manager, as, "known", { event, subEvent: "weekend" });

  test("that of the event first, each with the attribute that decides, and the stages that ask it", async () => {
    const { pools } = await ask("E2026");
    expect(pools.map(({ pool, accepts, isOfEvent, stages }) => ({ pool, accepts, isOfEvent, stages }))).toEqual([
      { pool: "joined", accepts: true, isOfEvent: true, stages: [] },
      { pool: "broken", accepts: false, isOfEvent: false, stages: [] },
      { pool: "not-both", accepts: false, isOfEvent: false, stages: ["reg"] },
      { pool: "of-f", accepts: true, isOfEvent: false, stages: [] },
    ]);
    expect(pools[0]?.attributes).toMatchObject([
      { attribute: { type: "eligible" }, accepts: false },
      { attribute: { type: "currenteventjoin" }, accepts: true },
    ]);
    expect(pools[1]?.problem).toBe('Pool "broken", attribute 1: pool "absent" does not exist.');
    const [inside, outside] = pools[2]?.attributes[0]?.pools ?? [];
    expect([inside?.accepts, outside?.accepts]).toEqual([true, true]);
  });

  test("what they say of an event that a user may not see is not shown", async () => {
    const { pools } = await ask("E2026", ofE);
    expect(pools.find(({ pool }) => pool === "of-f")?.attributes).toEqual([
      { attribute: { type: "join" }, accepts: false, hidden: true, pools: [] },
    ]);
    expect(JSON.stringify(pools)).not.toContain("F2026");
    await expect(ask("F2026", ofE)).rejects.toThrow("There is no event F2026, or you have no access to it.");
    await expect(ask("X2026")).rejects.toThrow("There is no event X2026, or you have no access to it.");
  });
});
