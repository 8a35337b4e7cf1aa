import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { mailingsOf } from "@email-agent/shared/domain/delivery/orderMailings.ts";
import { programFlags } from "@email-agent/shared/domain/recipients/participant.ts";
import { anEvent, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { actOn, checkCsv, importWorker } from "../../../testing/importCsv.ts";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { exportPeople } from "../people/exportPeople.ts";
import { readImportRows } from "./readImports.ts";
import { startImport } from "./startImport.ts";

let fixture: ManagerFixture;
let worker: AsyncDisposable;
let anna: User;
let people = 0;

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  await putConfig(aws, config, { languages: [...someLanguages().values()] });
  await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item: anEvent({ aid: "E26" }) }));
  anna = await fixture.addUser({ id: "anna", role: "write", people: true, showAddresses: true, exportCsv: true });
  worker = importWorker(fixture.manager);
});
afterAll(async () => {
  await worker?.[Symbol.asyncDispose]();
  await fixture?.[Symbol.asyncDispose]();
});

/** A domain of its own for each test, so that addresses do not meet. */
let domain: string;
beforeEach(() => {
  people += 1;
  domain = `d${people}.example`;
});

const stored = async (id: string) => {
  const { aws, config } = fixture.stack;
  return (await aws.dynamo.send(new GetCommand({ TableName: config.PARTICIPANTS_TABLE, Key: { id } }))).Item;
};
const put = (...items: readonly object[]) => putParticipants(fixture.stack.aws, fixture.stack.config, items as never);
const rows = (id: string, list: string) => readImportRows(fixture.manager, anna, id, list);

describe("acceptance 108: an import says before it changes anything what is new, changed, unchanged and refused, with row, column and reason", () => {
  test("each kind of row", async () => {
    await put(
      { id: `${people}01`, email: `ana@${domain}`, first: "Ana", last: "Ortiz", writtenLangPref: "Spanish", shoe: 38 },
      { id: `${people}02`, email: `bo@${domain}`, first: "Bo", programs: { E26: { join: true, oath: null } } },
      { id: `${people}03`, email: `cy@${domain}`, unsubscribe: true },
      { id: `${people}04`, email: `twins@${domain}` },
      { id: `${people}05`, email: `twins@${domain}` },
      { id: `${people}06`, email: `odd@${domain}`, unsubscribe: "perhaps" },
      { id: `${people}08`, forgotten: "2026-01-01T00:00:00.000Z" },
    );
    const before = await Promise.all(["01", "02", "03"].map((n) => stored(`${people}${n}`)));
    const file = [
      "Nr;Vorname;Nachname;E-Mail;Sprache;programs.E26.oath;practice.yoga;Abgemeldet;Schuhgröße",
      `${people}01;Ana;Ortíz;ana@${domain};Spanish;;;;38`,
      `${people}02;;;;;ja;yes;;`,
      `;;;cy@${domain};;;;nein;`,
      `;Neu;Mensch;neu@${domain};english;;;;`,
      `;Ohne;Adresse;;;;;;`,
      `;;;no address;;;;;`,
      `;;;dora@${domain};Klingon;;;;`,
      `;;;dora@${domain};;maybe;;;`,
      `${people}01;;;;;;;;`,
      `;Noch;Einer;neu@${domain};;;;;`,
      `${people}07;;;bo@${domain};;;;;`,
      `;;;twins@${domain};;;;;`,
      `${people}06;X;;;;;;;`,
      `${people}08;;;back@${domain};;;;;`,
      "",
    ].join("\r\n");
    const { id, found, reading } = await checkCsv(fixture.manager, anna, file, {
      fields: [
        "id",
        "first",
        "last",
        "email",
        "writtenLangPref",
        "programs.E26.oath",
        "practice.yoga",
        "unsubscribe",
        "",
      ],
    });
    expect(reading).toMatchObject({ encoding: "utf-8", separator: ";" });
    expect(found).toMatchObject({ rows: 14, added: 1, changed: 2, unchanged: 1, refused: 10 });
    const refused = await rows(id, "refused");
    expect(refused.map(({ row, column }) => [row, column])).toEqual([
      [6, "E-Mail"],
      [7, "E-Mail"],
      [8, "Sprache"],
      [9, "programs.E26.oath"],
      [10, "Nr"],
      [11, "E-Mail"],
      [12, "E-Mail"],
      [13, "E-Mail"],
      [14, undefined],
      [15, undefined],
    ]);
    expect(refused.map(({ reason }) => reason)).toEqual([
      "The row has neither an id nor a mail address.",
      "The column is not a mail address: “no address”.",
      expect.stringMatching(
        /^The column names an unknown language: “Klingon”. The languages of the settings are .*Spanish/,
      ),
      "The column is neither yes nor no: “maybe”. Write true or false.",
      `The id ${people}01 is already in row 2.`,
      "The address is already in row 5.",
      `The address belongs to another person: participant ${people}02.`,
      "Several people have this address: give the id of the one who is meant.",
      `The record of participant ${people}06 does not fit (field unsubscribe). Repair it where it is maintained, then import the row.`,
      `Participant ${people}08 was forgotten: name and address were erased, and stay so.`,
    ]);
    expect(await rows(id, "changes")).toMatchObject([
      { row: 2, id: `${people}01`, sets: [{ path: ["last"], from: "Ortiz", to: "Ortíz" }] },
      {
        row: 3,
        id: `${people}02`,
        sets: [
          { path: ["programs", "E26", "oath"], from: null, to: true },
          { path: ["practice"], from: null, to: { yoga: true } },
        ],
      },
    ]);
    expect(await Promise.all(["01", "02", "03"].map((n) => stored(`${people}${n}`)))).toEqual(before);

    const { applied } = await actOn(fixture.manager, anna, id, "apply");
    expect(applied).toMatchObject({ added: 1, changed: 2, left: 0 });
    expect(await stored(`${people}01`)).toEqual({ ...before[0], last: "Ortíz" });
    expect(await stored(`${people}02`)).toEqual({
      ...before[1],
      programs: { E26: { join: true, oath: true } },
      practice: { yoga: true },
    });
  });

  test("what has changed after the dry run is left as it is, and listed", async () => {
    await put(
      { id: `${people}01`, email: `ana@${domain}`, first: "Ana" },
      { id: `${people}02`, email: `bo@${domain}`, first: "Bo" },
    );
    const file = `id,first\n${people}01,Anna\n${people}02,Bob\n`;
    const { id } = await checkCsv(fixture.manager, anna, file);
    await set(`${people}01`, "first", "Annie");
    const { applied } = await actOn(fixture.manager, anna, id, "apply");
    expect(applied).toMatchObject({ changed: 1, left: 1 });
    expect(await stored(`${people}01`)).toMatchObject({ first: "Annie" });
    expect(await stored(`${people}02`)).toMatchObject({ first: "Bob" });
    expect(await rows(id, "left")).toEqual([
      { row: 2, id: `${people}01`, reason: `The record of participant ${people}01 has changed after the dry run.` },
    ]);
  });
});

describe("what DynamoDB takes as one write", () => {
  test("a row that sets more than that writes whole maps, and only over those that were read", async () => {
    const interests = Array.from({ length: 55 }, (_, n) => `practice.interest-${String(n).padStart(6, "0")}`);
    const flags = programFlags.map((flag) => `programs.E26.${flag}`);
    const programs = { E26: { join: false, shoe: 38 } };
    const ids = [1, 2, 3].map((n) => `${people}0${n}`);
    await put(
      ...ids.map((id) => ({ id, email: `${id}@${domain}`, first: "Ana", practice: { chess: true }, programs })),
    );
    const before = await stored(`${people}01`);
    const row = (id: string, first: string, cells: readonly string[]) => [id, first, ...cells].join(",");
    const all = [...interests, ...flags].map(() => "yes");
    const file = [
      row("id", "first", [...interests, ...flags]),
      ...ids.slice(0, 2).map((id) => row(id, "Anna", all)),
      row(ids[2] ?? "", "Anna", ["yes", ...all.slice(1).map(() => "")]),
    ].join("\n");
    const { id } = await checkCsv(fixture.manager, anna, file);
    await set(`${people}02`, "practice", { chess: false });
    const { applied } = await actOn(fixture.manager, anna, id, "apply");
    expect(applied).toMatchObject({ changed: 2, left: 1 });
    const after = await stored(`${people}01`);
    expect(Object.keys(after?.["practice"])).toHaveLength(56);
    expect(after).toMatchObject({ first: "Anna", practice: { chess: true, "interest-000054": true } });
    expect(after?.["programs"].E26).toEqual({
      shoe: 38,
      ...Object.fromEntries(programFlags.map((flag) => [flag, true])),
    });
    expect(await stored(`${people}02`)).toMatchObject({ first: "Ana", practice: { chess: false } });
    expect(await rows(id, "changes")).toMatchObject([
      {},
      {},
      { sets: [{ path: ["first"] }, { path: ["practice", "interest-000000"] }] },
    ]);
    const { undone } = await actOn(fixture.manager, anna, id, "undo");
    expect(undone).toMatchObject({ restored: 2, kept: 0 });
    expect(await stored(`${people}01`)).toEqual(before);
  });
});

describe("what changes while the file is checked", () => {
  test("refuses a row whose person has another address by then, or is gone", async () => {
    const [moved, gone, same] = [1, 2, 3].map((n) => `${people}0${n}`) as [string, string, string];
    await put(...[moved, gone, same].map((id) => ({ id, email: `${id}@${domain}`, first: "Ana" })));
    const { aws, config } = fixture.stack;
    const { participants } = fixture.manager;
    const { getMany } = participants;
    participants.getMany = async (ids) => {
      participants.getMany = getMany;
      await set(moved, "email", `other@${domain}`);
      await aws.dynamo.send(new DeleteCommand({ TableName: config.PARTICIPANTS_TABLE, Key: { id: gone } }));
      return getMany(ids);
    };
    const file = ["email,first", ...[moved, gone, same].map((id) => `${id}@${domain.toUpperCase()},Anna`)].join("\n");
    const { id, found } = await checkCsv(fixture.manager, anna, file);
    expect(found).toMatchObject({ changed: 1, added: 0, refused: 2 });
    expect((await rows(id, "refused")).map(({ reason }) => reason)).toEqual([
      `The address of participant ${moved} changed during the check. Check the file again.`,
      `Participant ${gone} was removed during the check. Check the file again.`,
    ]);
    expect(await actOn(fixture.manager, anna, id, "apply")).toMatchObject({ applied: { changed: 1, left: 0 } });
    expect(await stored(moved)).toMatchObject({ first: "Ana" });
    expect(await stored(same)).toMatchObject({ first: "Anna", email: `${same}@${domain}` });
  });
});

describe("acceptance 111: undo sets back what still has the imported value, removes added people whom no mailing reached, and lists the rest", () => {
  test("each kind of row", async () => {
    const id = (n: number) => `${people}0${n}`;
    await put(
      { id: id(1), email: `ana@${domain}`, first: "Ana", last: "Ortiz", shoe: 38 },
      { id: id(2), email: `bo@${domain}`, first: "Bo", last: "Berg" },
      { id: id(3), email: `cy@${domain}`, first: "Cy" },
    );
    const before = await Promise.all([1, 2, 3].map((n) => stored(id(n))));
    const file = [
      "id,email,first,last,practice.yoga,unsubscribe",
      `${id(1)},ana@${domain},Anna,Ortega,true,`,
      `${id(2)},bo@${domain},Bob,Borg,,`,
      `${id(3)},cy@${domain},,,,yes`,
      `${id(4)},added@${domain},Added,,,`,
      `${id(5)},mailed@${domain},Mailed,,,`,
      `${id(6)},left@${domain},Left,,,`,
    ].join("\n");
    const checked = await checkCsv(fixture.manager, anna, file);
    expect(checked.found).toMatchObject({ added: 3, changed: 3, refused: 0 });
    await actOn(fixture.manager, anna, checked.id, "apply");
    expect(await stored(id(3))).toMatchObject({ unsubscribe: true, unsubscribedBy: "user" });

    const order = await fixture.addOrder(
      {},
      { Send: { status: "complete", runId: "run", endedAt: "2099-01-01T00:00:00.000Z" } },
    );
    const [mailing] = mailingsOf(order);
    await fixture.putDeliveries(mailingKey(mailing, "EN"), [aDelivery({ participantId: id(5) })]);
    await set(id(2), "last", "Bergman");
    await set(id(6), "unsubscribe", true);

    const { undone } = await actOn(fixture.manager, anna, checked.id, "undo");
    expect(undone).toMatchObject({ removed: 1, restored: 2, kept: 4 });
    expect(await stored(id(1))).toEqual({ ...before[0], practice: null });
    expect(await stored(id(2))).toEqual({ ...before[1], last: "Bergman" });
    expect(await stored(id(3))).toMatchObject({ unsubscribe: true });
    expect(await stored(id(4))).toBeUndefined();
    expect(await stored(id(5))).toMatchObject({ first: "Mailed" });
    expect(await stored(id(6))).toMatchObject({ first: "Left", unsubscribe: true });
    expect(await rows(checked.id, "kept")).toEqual([
      { row: 6, id: id(5), reason: `A mailing has reached participant ${id(5)}, so the record stays for the ledger.` },
      { row: 7, id: id(6), reason: `The record of participant ${id(6)} has changed since the import.` },
      { row: 3, id: id(2), reason: "The field last has changed since the import." },
      expect.objectContaining({ row: 4, id: id(3), reason: expect.stringContaining("stays unsubscribed") }),
    ]);
    const lines = [];
    for await (const { by, what, data } of fixture.manager.audit.lines("-", "U"))
      if (data?.["importId"] === checked.id) lines.push([by, what]);
    expect(lines).toEqual([
      ["anna", "imported people"],
      ["anna", "undid an import"],
    ]);
    await expect(startImport(fixture.manager, anna, checked.id, { act: "undo" })).rejects.toThrow(/it was undone/);
  });
});

describe("acceptance 112: an export imported again changes nothing", () => {
  test("whatever the records hold", async () => {
    const odd = [
      "=1+1",
      "'=1",
      "-x;=y",
      "\t=z",
      "a\r\nb",
      'say "hi"',
      "  blanks  ",
      "\u00a0",
      "﹢1",
      "'",
      "+49 170",
      "@x\n-y",
    ];
    await put(
      ...odd.map((text, n) => ({
        id: `${people}-${n}`,
        email: `p${n}@${domain}`,
        first: text,
        last: text,
        country: text,
      })),
      {
        id: `${people}-a`,
        email: `SHARED@${domain}`,
        writtenLangPref: "Klingon",
        unsubscribe: true,
        unsubscribedAt: "x",
      },
      {
        id: `${people}-b`,
        email: `shared@${domain} `,
        programs: { E26: { join: true, test: false }, F26: null },
        practice: { "tai chi": true, sit: null },
      },
      { id: `${people}-c`, email: "not an address", programs: { E26: { whichRetreats: { a: true }, accepted: true } } },
      { id: `=${people}-d` },
      { id: `${people}-e`, forgotten: "2026-01-01T00:00:00.000Z" },
    );
    const everyone = async () => {
      const all = [];
      for await (const page of fixture.manager.participants.pages()) all.push(...page.map(({ id }) => id));
      return Promise.all(all.sort().map(stored));
    };
    const before = await everyone();
    const response = await exportPeople(fixture.manager, anna, new AbortController().signal);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(new TextDecoder().decode(bytes).split("\r\n")[0]).toContain('"id","email","first","last"');
    const { id, found } = await checkCsv(fixture.manager, anna, bytes);
    expect(await rows(id, "changes")).toEqual([]);
    expect(found).toMatchObject({
      added: 0,
      changed: 0,
      refused: 0,
      unchanged: before.filter((one) => !one?.["forgotten"]).length,
    });
    await expect(startImport(fixture.manager, anna, id, { act: "apply" })).rejects.toThrow(/nothing to import/);
    expect(await everyone()).toEqual(before);
  });
});

const set = (id: string, name: string, value: unknown) => {
  const { aws, config } = fixture.stack;
  return aws.dynamo.send(
    new UpdateCommand({
      ...{ TableName: config.PARTICIPANTS_TABLE, Key: { id }, UpdateExpression: "SET #name = :value" },
      ...{ ExpressionAttributeNames: { "#name": name }, ExpressionAttributeValues: { ":value": value } },
    }),
  );
};
