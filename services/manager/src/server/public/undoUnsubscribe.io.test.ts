import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { signPublicToken } from "@email-agent/shared/domain/delivery/publicToken.ts";
import { aParticipant, aStage } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../infra/local/testStack.ts";
import { type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import { askToUnsubscribe, unsubscribe } from "./unsubscribe.ts";

let stack: TestStack;
let over: ManagerUnderTest;
let now = Date.parse("2026-03-01T08:00:00.000Z");

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  over = managerOver(stack.config as unknown as Record<string, string>, { now: () => now });
  await putConfig(stack.aws, stack.config, {
    stages: [
      aStage(),
      aStage({ name: "zoom", description: "How to log in <live>", order: 5, serviceMail: true }),
      aStage({ name: "confirmation", description: "The confirmation of a booking", order: 4, serviceMail: true }),
    ],
  });
  const organisation = { pk: "setting", sk: "organisation", value: { name: "Friends & Co" } };
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.CONFIG_TABLE, Item: organisation }));
});
afterAll(async () => {
  await over?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

async function aPerson(fields: object = {}) {
  const person = { ...aParticipant(), ...fields };
  await stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.PARTICIPANTS_TABLE, Item: person }));
  return person;
}

function linkOf(participantId: string, language = "EN", stage = "reg") {
  const mailingKey = `E2026_weekend_${stage}_${language}`;
  const token = signPublicToken(over.manager.config.PUBLIC_TOKEN_SECRET, "unsubscribe", { participantId, mailingKey });
  const url = "https://mail.example.org/u/x";
  const text = async (response: Promise<Response>) => (await response).text();
  return {
    open: () => text(askToUnsubscribe(over.manager, token, new Request(url))),
    post: (fields: Record<string, string>) =>
      text(unsubscribe(over.manager, token, new Request(url, { method: "POST", body: new URLSearchParams(fields) }))),
  };
}

/** The value of the hidden field by which the page undoes the unsubscription it shows. */
function undoIn(page: string): string {
  const value = /<input type="hidden" name="undo" value="([^"]*)">/.exec(page)?.[1];
  if (value === undefined) throw new Error("The page offers no undo.");
  return value;
}

const isOut = async (id: string) => (await over.manager.participants.get(id))?.unsubscribe === true;

async function auditOf(participantId: string) {
  const { Items = [] } = await stack.aws.dynamo.send(new ScanCommand({ TableName: stack.config.AUDIT_TABLE }));
  return Items.filter(({ data }) => data?.participantId === participantId)
    .sort((one, other) => one["sk"].localeCompare(other["sk"]))
    .map(({ what, by }) => ({ what, by }));
}

test("acceptance 104: the page names the organisation, what ends, and which kinds of mail a person with a booking still gets", async () => {
  const person = await aPerson();
  const asked = await linkOf(person.id, "DE").open();
  expect(asked).toContain("Möchten Sie keine E-Mails mehr von Friends &amp; Co erhalten?");
  expect(asked).toContain("keine Neuigkeiten");
  expect(asked).toContain("<ul><li>The confirmation of a booking</li><li>How to log in &lt;live&gt;</li></ul>");
  const done = await linkOf(person.id).post({});
  expect(done).toContain("Friends &amp; Co");
  expect(done).toContain("You still get e-mails about an event that you have booked:");
  expect(done).not.toContain("no more e-mails");
});

describe("acceptance 104: unsubscribing can be undone by its recipient, and by no scanner, mail program or old form", () => {
  test("the button of the page undoes it at once, and again later; each is audited without an address", async () => {
    const person = await aPerson();
    const link = linkOf(person.id);
    const undo = undoIn(await link.post({}));
    expect(await isOut(person.id)).toBe(true);
    now += 1000;
    expect(await link.post({ undo })).toContain("You are subscribed again");
    expect(await over.manager.participants.get(person.id)).toEqual(person);
    // The button pressed twice.
    expect(await link.post({ undo })).toContain("You are subscribed again");
    expect(await link.open()).toContain("Do you want to stop receiving");
    const by = `participant ${person.id}`;
    expect(await auditOf(person.id)).toEqual([
      { what: "unsubscribed", by },
      { what: "resubscribed", by },
    ]);
  });

  test("an unsubscription of another mail, or by another application, is undone by the page that shows it", async () => {
    const person = await aPerson();
    await linkOf(person.id, "EN", "reminder").post({ "List-Unsubscribe": "One-Click" });
    const other = linkOf(person.id);
    expect(await other.post({ undo: undoIn(await other.open()) })).toContain("You are subscribed again");
    const elsewhere = await aPerson({ unsubscribe: true });
    const link = linkOf(elsewhere.id);
    expect(await link.post({ undo: undoIn(await link.open()) })).toContain("You are subscribed again");
    expect(await isOut(elsewhere.id)).toBe(false);
  });

  test("opening the link, a guessed value, the form of an earlier unsubscription and RFC 8058 never subscribe again", async () => {
    const person = await aPerson();
    const link = linkOf(person.id);
    const first = undoIn(await link.post({}));
    await link.post({ undo: first });
    now += 5000;
    await link.post({});
    expect(await isOut(person.id)).toBe(true);
    const undo = undoIn(await link.open());
    expect(undo).not.toBe(first);
    const bodies: Record<string, string>[] = [
      { undo: first },
      { undo: "" },
      { undo: "1" },
      { undo: "unknown" },
      { "List-Unsubscribe": "One-Click" },
      { "List-Unsubscribe": "One-Click", undo },
    ];
    for (const body of bodies) expect(await link.post(body)).toContain("You are unsubscribed");
    expect(await isOut(person.id)).toBe(true);
  });

  test("a person who was forgotten stays out, and the page offers no undo", async () => {
    const { id } = await aPerson();
    await over.manager.participants.forget(id, new Date(now).toISOString());
    const link = linkOf(id);
    for (const page of [await link.open(), await link.post({}), await link.post({ undo: "unknown" })]) {
      expect(page).toContain("You are unsubscribed");
      expect(page).not.toContain('name="undo"');
    }
    expect(await over.manager.participants.get(id)).toEqual({ id, forgotten: new Date(now).toISOString() });
  });
});

test("where Config cannot be read the link works all the same", async () => {
  const person = await aPerson();
  const configTable = { ...over.manager.configTable, settings: () => Promise.reject(new Error("no database")) };
  const token = signPublicToken(over.manager.config.PUBLIC_TOKEN_SECRET, "unsubscribe", {
    ...{ participantId: person.id, mailingKey: "E2026_weekend_reg_EN" },
  });
  const request = new Request("https://mail.example.org/u/x", { method: "POST" });
  const done = await unsubscribe({ ...over.manager, configTable }, token, request);
  expect(await done.text()).toContain("You are unsubscribed");
  expect(await isOut(person.id)).toBe(true);
  expect(over.complaints).toMatchObject([{ level: "warn" }]);
});
