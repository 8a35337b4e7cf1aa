import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { configurationOf, readStored } from "@email-agent/shared/adapters/storedConfiguration.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { configurationFile } from "@email-agent/shared/domain/configuration/configurationFile.ts";
import { anEvent, aParticipant, aPool } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { actOn, checkCsv, importWorker, uploadCsv } from "../../../testing/importCsv.ts";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import * as address from "../../app/api/people/[id]/address/route.ts";
import * as changes from "../../app/api/people/[id]/changes/route.ts";
import * as unsubscribe from "../../app/api/people/[id]/unsubscribe/route.ts";
import * as oneImport from "../../app/api/people/imports/[id]/route.ts";
import * as imports from "../../app/api/people/imports/route.ts";
import * as item from "../../app/api/settings/[kind]/[key]/route.ts";
import * as kind from "../../app/api/settings/[kind]/route.ts";
import * as general from "../../app/api/settings/general/route.ts";
import { compareFile, importFile } from "./importFile.ts";

let fixture: ManagerFixture;
let worker: AsyncDisposable;
let admin: User;
let n = 0;

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  const rights = { people: true, showAddresses: true, exportCsv: true };
  admin = await fixture.addUser({ ...rights, id: "ada", name: "Ada", role: "admin" });
  await putConfig(aws, config, { pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })] });
  worker = importWorker(fixture.manager);
});
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
});

type Route = Parameters<ManagerFixture["ask"]>[1];
const ask = async (
  route: Route,
  params: Record<string, string>,
  options: Parameters<ManagerFixture["ask"]>[3] = {},
) => {
  const response = await fixture.ask(admin, route, params, options);
  return { status: response.status, body: response.status === 204 ? undefined : await response.json() };
};
const refused = (what: "Events" | "People") => ({
  status: 409,
  body: { error: { message: expect.stringMatching(`^${what} are maintained in .*setting “Maintained elsewhere”`) } },
});

/** As an administrator does on the page of the general settings. */
async function setElsewhere(value: { readonly events: boolean; readonly people: boolean }) {
  const { body } = await ask(general.GET, {});
  const settings = { maintainedElsewhere: body.settings.maintainedElsewhere };
  const { version, seen } = settings.maintainedElsewhere;
  const put = { values: { maintainedElsewhere: value }, settings: { maintainedElsewhere: { version, seen } } };
  expect(await ask(general.PUT, {}, { body: put })).toMatchObject({ status: 200, body: { conflicts: [] } });
}

beforeEach(async () => {
  n += 1;
  await setElsewhere({ events: false, people: false });
  const Item = anEvent({ aid: `E${n}`, config: { pool: "joined" } });
  await fixture.stack.aws.dynamo.send(new PutCommand({ TableName: fixture.stack.config.EVENTS_TABLE, Item }));
});

const textOf = async () => configurationFile(configurationOf(await readStored(fixture.manager.configStore)));

describe("acceptance 137: what is maintained elsewhere cannot be changed here, by page, import or API, and the page says so", () => {
  test("an event: not added, saved, removed or imported; its pages show it with the sentence; other items change", async () => {
    const key = { kind: "event", key: `E${n}` };
    const { body: shown } = await ask(item.GET, key);
    expect(shown).not.toHaveProperty("elsewhere");
    const text = await textOf();
    await setElsewhere({ events: true, people: false });
    const before = await fixture.manager.events.get(key.key);

    const { version = 0, seen, values } = shown;
    const save = { values: { ...values, name: "Other" }, version, seen };
    expect(await ask(item.PUT, key, { body: save })).toMatchObject(refused("Events"));
    const added = { values: { ...values, aid: "NEW" }, version: null };
    expect(await ask(kind.POST, { kind: "event" }, { body: added })).toMatchObject(refused("Events"));
    expect(await ask(item.DELETE, key, { query: `?version=${version}` })).toMatchObject(refused("Events"));
    expect(await fixture.manager.events.get(key.key)).toEqual(before);
    expect(await fixture.manager.events.get("NEW")).toBeUndefined();

    const elsewhere = refused("Events").body.error.message;
    expect((await ask(item.GET, key)).body).toMatchObject({ elsewhere, values: { aid: key.key } });
    expect((await ask(kind.GET, { kind: "event" })).body).toMatchObject({ elsewhere });
    expect((await ask(kind.GET, { kind: "event" }, { query: "?form" })).body).toMatchObject({ elsewhere });
    expect((await ask(kind.GET, { kind: "pool" })).body).not.toHaveProperty("elsewhere");

    // The file also ends the refusal: what holds before the import counts.
    const changed = text.replace(new RegExp(`(E${n}:\\n {4}name: ).*`), "$1Spring");
    expect(changed).not.toBe(text);
    const comparison = await compareFile(fixture.manager, admin, { text: changed, remove: false });
    expect(comparison.faults).toEqual([
      { what: `events.E${n}`, line: expect.any(Number), column: expect.any(Number), sentence: elsewhere },
    ]);
    const { fingerprint } = comparison;
    await expect(importFile(fixture.manager, admin, { text: changed, remove: false, fingerprint })).rejects.toThrow(
      "Events are maintained in another application",
    );
    const without = "emailAgentConfiguration: 1\ncomplete: true\nevents: {}\n";
    const removing = await compareFile(fixture.manager, admin, { text: without, remove: true });
    expect(removing.faults).toContainEqual({ what: `event E${n}, which would be removed`, sentence: elsewhere });
    expect(await fixture.manager.events.get(key.key)).toEqual(before);
    // A file with the events as they are changes no event.
    const same = await compareFile(fixture.manager, admin, { text: await textOf(), remove: false });
    expect(same.faults).toEqual([]);

    const pool = { kind: "pool", key: "joined" };
    const { body: joined } = await ask(item.GET, pool);
    const unchanged = { values: joined.values, version: joined.version, seen: joined.seen };
    expect((await ask(item.PUT, pool, { body: unchanged })).status).toBe(200);
    await setElsewhere({ events: false, people: false });
    const { body: now } = await ask(item.GET, key);
    expect((await ask(item.PUT, key, { body: { ...save, seen: now.seen } })).status).toBe(200);
  });

  test("people: no import, no undo, no other address; unsubscribing stays possible", async () => {
    const id = `${n}001`;
    const person = aParticipant({ id, email: "ann@example.org" });
    const { aws, config } = fixture.stack;
    await aws.dynamo.send(new PutCommand({ TableName: config.PARTICIPANTS_TABLE, Item: person }));
    const done = await checkCsv(fixture.manager, admin, `id,first\n${id},Anna\n`);
    await actOn(fixture.manager, admin, done.id, "apply");
    const checked = await checkCsv(fixture.manager, admin, `id,first\n${id},Anne\n`);
    const uploaded = await uploadCsv(fixture.manager, admin, `id,first\n${id},Anja\n`);
    await setElsewhere({ events: false, people: true });
    const elsewhere = refused("People").body.error.message;

    const file = { fileName: "people.csv", bytes: 10 };
    expect(await ask(imports.POST, {}, { body: file })).toMatchObject(refused("People"));
    const { encoding, separator, fields } = uploaded.reading;
    const reading = { encoding, separator, fields, sharedAddresses: false };
    for (const [of, act] of [
      [uploaded.id, { act: "check", reading }],
      [checked.id, { act: "apply" }],
      [done.id, { act: "undo" }],
    ] as const)
      expect(await ask(oneImport.POST, { id: of }, { body: act })).toMatchObject(refused("People"));
    expect((await ask(oneImport.GET, { id: done.id })).body).toMatchObject({ elsewhere, state: "applied" });
    expect((await ask(imports.GET, {})).body).toMatchObject({ elsewhere });

    const { body: state } = await ask(changes.GET, { id });
    expect(state).toMatchObject({ elsewhere });
    const other = { address: "new@example.org", seen: state.addressSeen, reason: "asked" };
    expect(await ask(address.POST, { id }, { body: other })).toMatchObject(refused("People"));
    expect(await fixture.manager.participants.get(id)).toMatchObject({ first: "Anna", email: "ann@example.org" });
    expect((await ask(unsubscribe.POST, { id }, { body: { reason: "asked" } })).status).toBe(204);
    expect(await fixture.manager.participants.get(id)).toMatchObject({ unsubscribe: true });

    await setElsewhere({ events: true, people: false });
    expect((await ask(address.POST, { id }, { body: other })).status).toBe(204);
    await actOn(fixture.manager, admin, checked.id, "apply");
    expect(await fixture.manager.participants.get(id)).toMatchObject({ first: "Anne", email: "new@example.org" });
  });
});
