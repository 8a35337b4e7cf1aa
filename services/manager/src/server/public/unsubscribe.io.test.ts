import { PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import {
  type PublicTokenPurpose,
  type PublicTokenSubject,
  signPublicToken,
} from "@email-agent/shared/domain/delivery/publicToken.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { anOrder, aParticipant } from "@email-agent/shared/testing/builders.ts";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../infra/local/testStack.ts";
import { type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import { askToUnsubscribe, unsubscribe } from "./unsubscribe.ts";

const at = "2026-03-01T08:00:00.000Z";
let stack: TestStack;
let over: ManagerUnderTest;
let now = Date.parse(at);

beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  over = managerOver(stack.config as unknown as Record<string, string>, { now: () => now });
});
afterAll(async () => {
  await over[Symbol.asyncDispose]();
  await stack[Symbol.asyncDispose]();
});
afterEach(() => {
  now = Date.parse(at);
  over.complaints.length = 0;
});

const put = (TableName: string, Item: object) =>
  stack.aws.dynamo.send(new PutCommand({ TableName, Item: Item as Record<string, unknown> }));

async function aPerson(fields: Parameters<typeof aParticipant>[0] = {}) {
  const person = aParticipant(fields);
  await put(stack.config.PARTICIPANTS_TABLE, person);
  return person;
}

function tokenOf(subject: Partial<PublicTokenSubject>, purpose: PublicTokenPurpose = "unsubscribe"): string {
  const whole = { participantId: "p-none", mailingKey: "E2026_weekend_reg_EN", ...subject };
  return signPublicToken(over.manager.config.PUBLIC_TOKEN_SECRET, purpose, whole);
}

function request(method: "GET" | "POST", init: RequestInit = {}): Request {
  return new Request("https://mail.example.org/u/x", { method, ...init });
}

const read = async (id: string) => over.manager.participants.get(id);

async function auditLines() {
  const { Items = [] } = await stack.aws.dynamo.send(new ScanCommand({ TableName: stack.config.AUDIT_TABLE }));
  return Items;
}

/** The headers of every public page. */
function expectOwnHeaders(response: Response): void {
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-security-policy":
      "sandbox allow-forms; default-src 'none'; img-src https: data:; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "content-type": "text/html; charset=utf-8",
  });
  expect(response.headers.get("set-cookie")).toBeNull();
}

test("acceptance 26: GET shows the question in the language of the mailing and changes nothing; POST without cookie does it at once", async () => {
  const person = await aPerson();
  const token = tokenOf({ participantId: person.id, mailingKey: "E2026_weekend_reg_DE" });
  const asked = await askToUnsubscribe(over.manager, token, request("GET"));
  expectOwnHeaders(asked);
  const page = await asked.text();
  expect(page).toContain('<html lang="de">');
  expect(page).toContain('<form method="post"><button>Abmelden</button></form>');
  expect(page).not.toContain("<script");
  for (const text of [person.id, person.email as string, "García"]) expect(page).not.toContain(text);
  expect(await read(person.id)).toEqual(person);

  const done = await unsubscribe(over.manager, token, request("POST", { body: "" }));
  expect(done.status).toBe(200);
  expectOwnHeaders(done);
  expect(await done.text()).toContain("Sie sind abgemeldet");
  expect(await read(person.id)).toEqual({
    ...person,
    unsubscribe: true,
    unsubscribedAt: at,
    unsubscribedBy: "E2026_weekend_reg_DE",
  });
  expect(await (await askToUnsubscribe(over.manager, token, request("GET"))).text()).toContain("Sie sind abgemeldet");
});

test("again and at the same time is harmless: the first time stays, and the audit has one line, under the order, without address", async () => {
  const person = await aPerson();
  const order = anOrder();
  const key = mailingKey(order, "EN");
  const claim = {
    ...{
      participantId: person.id,
      runId: "run-1",
      claimId: "c-1",
      attempt: 1,
      contentHash: "x",
      workOrderId: order.id,
    },
    ...{ account: "office", language: "EN", name: "Ana", email: "ana@example.org", sendingAt: at },
  };
  await over.manager.deliveries.claim(key, [claim], { runId: "run-1", now: at, userStarted: true });
  const token = tokenOf({ participantId: person.id, mailingKey: key });
  const press = () => unsubscribe(over.manager, token, request("POST", { body: "List-Unsubscribe=One-Click" }));
  const responses = await Promise.all([press(), press(), press()]);
  now += 60_000;
  responses.push(await press());
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect((await read(person.id))?.unsubscribedAt).toBe(at);
  const lines = (await auditLines()).filter(({ data }) => data?.participantId === person.id);
  expect(lines).toMatchObject([
    {
      workOrderId: order.id,
      sk: expect.stringMatching(`^U#${at}#[0-9A-Z]{26}$`),
      by: `participant ${person.id}`,
      what: "unsubscribed",
      data: { mailingKey: key },
    },
  ]);
  expect(JSON.stringify(lines)).not.toContain("@");
});

test("where no delivery is known, as after a Test long ago, the line belongs to no order", async () => {
  const person = await aPerson();
  const token = tokenOf({ participantId: person.id, runId: "run-of-a-test" });
  expect((await unsubscribe(over.manager, token, request("POST"))).status).toBe(200);
  expect(await auditLines()).toContainEqual(
    expect.objectContaining({
      workOrderId: "-",
      data: expect.objectContaining({ participantId: person.id, runId: "run-of-a-test" }),
    }),
  );
});

test("a token that is forged, cut off, for another purpose, or about no one gets one and the same page", async () => {
  const person = await aPerson();
  const good = tokenOf({ participantId: person.id });
  const tokens = {
    forged: signPublicToken("another-secret-altogether", "unsubscribe", { participantId: person.id, mailingKey: "k" }),
    "cut off": good.slice(0, -3),
    changed: `${Buffer.from(JSON.stringify(["p-2", "E2026_weekend_reg_EN"])).toString("base64url")}.${good.split(".")[1]}`,
    "to view a mail": tokenOf({ participantId: person.id }, "view"),
    "of a preview": "preview",
    empty: "",
    unknown: tokenOf({ participantId: "unknown" }),
  };
  const pages = new Set<string>();
  for (const token of Object.values(tokens)) {
    for (const answer of [
      await askToUnsubscribe(over.manager, token, request("GET")),
      await unsubscribe(over.manager, token, request("POST")),
    ]) {
      expect(answer.status).toBe(404);
      expectOwnHeaders(answer);
      pages.add(await answer.text());
    }
  }
  expect(pages.size).toBe(1);
  expect([...pages][0]).toContain("This link does not work");
  expect(await read(person.id)).toEqual(person);
  expect(await read("unknown")).toBeUndefined();
  expect(over.complaints).toEqual([]);
});

test("a link that names no mailing gets a page in a language of Accept-Language", async () => {
  const headers = { "accept-language": "xx;q=1, ru-RU,ru;q=0.9,en;q=0.5" };
  const page = await askToUnsubscribe(over.manager, "none", request("GET", { headers }));
  expect(await page.text()).toContain("Эта ссылка не работает");
});

test("a body that is too large for a button is refused before anything is done", async () => {
  const person = await aPerson();
  const token = tokenOf({ participantId: person.id });
  const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1024)) });
  const bodies: RequestInit[] = [{ body: "x".repeat(10_000) }, { body: endless, duplex: "half" } as RequestInit];
  for (const init of bodies) {
    expect((await unsubscribe(over.manager, token, request("POST", init))).status).toBe(413);
  }
  expect(await read(person.id)).toEqual(person);
});

test.each([
  ["warn", new AppError("storage", "DynamoDB did not respond.")],
  ["error", new TypeError("x is undefined")],
] as const)("a failure is shown as such, not as done, and logged at level %s if it is %s", async (level, trouble) => {
  const person = await aPerson();
  const participants = { ...over.manager.participants, unsubscribe: () => Promise.reject(trouble) };
  const answer = await unsubscribe(
    { ...over.manager, participants },
    tokenOf({ participantId: person.id }),
    request("POST"),
  );
  expect(answer.status).toBe(503);
  expectOwnHeaders(answer);
  expect(await answer.text()).toContain("Please try again");
  expect(over.complaints).toMatchObject([{ level, fields: { participantId: person.id } }]);
});
