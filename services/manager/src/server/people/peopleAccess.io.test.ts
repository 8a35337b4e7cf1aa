import { globSync } from "node:fs";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { preparedKey } from "@email-agent/shared/domain/content/preparedContent.ts";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import type { UserAct } from "@email-agent/shared/domain/lifecycle/auditActs.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import type { StepName } from "@email-agent/shared/domain/steps.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anAccount, anEvent, aPool, aStage, someLanguages } from "@email-agent/shared/testing/builders.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkCsv, importWorker } from "../../../testing/importCsv.ts";
import { type ManagerFixture, openManagerFixture } from "../../../testing/managerFixture.ts";
import { importLists } from "../../api/imports.ts";
import { sessions } from "../signIn/session.ts";

/*
 * An attack: a user of the event E2026, with every other right, calls every route with everything known about the people
 * of the event F2026, and collects what comes back.
 */

const app = join(import.meta.dirname, "../../app");
const at = "2026-03-01T08:00:00.000Z";
const html = "<html><body><p>||name|| *|EMAIL|*</p></body></html>";
const ours = Array.from({ length: 60 }, (_, n) =>
  person(`op-${n}`, `Olga${n}`, `Ownname${n}`, "ours.example", "E2026"),
);
const theirs = Array.from({ length: 60 }, (_, n) =>
  person(`fp-${n}`, `Xaviera${n}`, `Quillfeather${n}`, "theirs.example", "F2026"),
);
const broken = {
  ...person("fp-broken", "Xaviera", "Quillfeather", "theirs.example", "F2026"),
  unsubscribe: "zanzibar",
};
/** What only the people of the other event have. */
const marks = /\bfp-(?:\d+|broken)\b|xaviera|quillfeather|theirs\.example|zanzibar/gi;

function person(id: string, first: string, last: string, domain: string, event: string) {
  return { id, first, last, email: `${last.toLowerCase()}@${domain}`, programs: { [event]: { join: true } } };
}

let fixture: ManagerFixture;
let spy: User;
let admin: User;
let importId: string;
let own: WorkOrder;
let foreign: WorkOrder;
/** It was the other event's, and was moved to the one of the user. */
let moved: WorkOrder;
let now = Date.parse(at);
/** Ids of the records that were read one by one. */
const recordsRead: string[] = [];
/** Cursors of the other event's lists, as its own user gets them. */
const cursors: string[] = [];

beforeAll(async () => {
  fixture = await openManagerFixture();
  const { aws, config } = fixture.stack;
  spy = await fixture.addUser({
    id: "spy",
    role: "write",
    eventAccess: ["E2026"],
    showAddresses: true,
    exportCsv: true,
    people: true,
  });
  admin = await fixture.addUser({ id: "admin", role: "write", showAddresses: true, exportCsv: true, people: true });
  await putConfig(aws, config, {
    stages: [aStage()],
    pools: [aPool({ name: "joined", attributes: [{ type: "currenteventjoin" }] })],
    accounts: [anAccount({ name: "office" })],
    languages: [...someLanguages().values()],
  });
  for (const aid of ["E2026", "F2026"]) {
    const subEvents = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`part-${n}`, {}]));
    const Item = anEvent({ aid, subEvents, config: { pool: "joined", currency: "EUR" } });
    await aws.dynamo.send(new PutCommand({ TableName: config.EVENTS_TABLE, Item }));
  }
  await putParticipants(aws, config, [...ours, ...theirs, broken] as never);
  importId = await importOfTheirs();
  own = await order("E2026", "own", ours);
  foreign = await order("F2026", "foreign", theirs);
  moved = await order("E2026", "moved", theirs, "F2026");
  const { participants } = fixture.manager;
  const { get } = participants;
  participants.get = (id) => {
    recordsRead.push(id);
    return get(id);
  };
  for (const list of ["send", "dry-run", "test", "skipped"]) {
    const response = await call(admin, "api/work-orders/[id]/recipients", "GET", {
      params: { id: foreign.id },
      query: { list, language: "EN" },
    });
    const { next } = JSON.parse(response.body);
    if (next) cursors.push(next);
  }
  recordsRead.length = 0;
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** An import that changes and refuses people of the other event, checked and not applied. */
async function importOfTheirs(): Promise<string> {
  await using _ = importWorker(fixture.manager);
  const rows = theirs.map(({ id, email, last }, n) => `${id},${n % 2 ? email : `no ${last}`},${last}`);
  const { id, found } = await checkCsv(fixture.manager, admin, ["id,email,first", ...rows].join("\n"));
  expect(found).toMatchObject({ changed: 30, refused: 30 });
  return id;
}

/** An order with content, a Dry-Run, a Test and a Send, all of these people; `sentFor`: the event it was of when they ran. */
async function order(eventCode: string, name: string, people: typeof ours, sentFor = eventCode): Promise<WorkOrder> {
  const isMoved = sentFor !== eventCode;
  const runs = { dry: `dry-${name}`, test: `test-${name}`, send: `send-${name}` };
  const status = isMoved ? ("ready" as const) : ("complete" as const);
  const counted = { sent: people.length, failed: 0, skipped: 1, inDoubt: 0, total: people.length };
  const invalid = {
    ...{ language: "all", rule: "invalid-record", severity: "warning" as const },
    text: "Participant fp-broken is not mailed: the field unsubscribe of the record does not fit (zanzibar).",
  };
  const steps: Partial<Record<StepName, Partial<StepRecord>>> = {
    Count: { status: "complete", details: [invalid] },
    Prepare: { status: "complete" },
    "Dry-Run": { status, resultRunId: runs.dry, ...(!isMoved && { runId: runs.dry, languages: { EN: counted } }) },
    Test: { status, runId: runs.test },
    Send: { status, runId: runs.send, ...(!isMoved && { languages: { EN: counted } }) },
  };
  const made = await fixture.addOrder({ eventCode, account: "office", testers: [] }, steps);
  const parts = { ...made, eventCode: sentFor };
  const hash = "c".repeat(64);
  const s3Key = preparedKey(made, "EN", hash);
  const { documents } = fixture.manager;
  await documents.putNew(s3Key, html, "text/html");
  const json = JSON.stringify({ v: 1, template: "test", findings: [] });
  await documents.putNew(s3Key.replace(/html$/, "json"), json, "application/json");
  const stored = {
    ...made,
    prepared: { EN: { s3Key, hash, bytes: html.length, preparedAt: at } },
    mailingKeys: [mailingKey(parts, "EN")],
  };
  const { aws, config } = fixture.stack;
  await aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item: stored }));

  const entries = people.map(({ id, first, last, email }, n) => ({
    ...{ participantId: id, name: `${first} ${last}`, email },
    ...(n % 3 === 0 && { status: "failed" as const, smtpResponse: `550 5.1.1 <${email}>: no ${last} here` }),
    ...(n % 3 === 1 && { status: "in-doubt" as const }),
    ...{ claimId: `claim-${id}`, workOrderId: made.id },
  }));
  await fixture.putDeliveries(mailingKey(parts, "EN"), entries.map(aDelivery));
  await fixture.putDeliveries(`${mailingKey(parts, "EN")}~${runs.test}`, entries.map(aDelivery));
  await fixture.manager.dryRunRecipients.put(
    runs.dry,
    "EN",
    entries.map(({ participantId, name: full, email }) => ({
      ...{ participantId, name: full, email, subject: `For ${full}`, status: "ok" as const, at },
    })),
  );
  const chunk = { runId: runs.send, sk: "chunk#EN#000000", language: "EN", status: "planned" as const };
  const skipped = Object.fromEntries(people.map(({ id }) => [id, "unsubscribed"]));
  const counts = { fence: 1, token: 0, losses: 0, retry: {}, ttl: 4_000_000_000 };
  await fixture.manager.runs.putChunks([{ ...chunk, ids: Object.keys(skipped), skipped, ...counts }]);

  const line = (act: UserAct & { readonly by: string }) =>
    fixture.manager.audit.put(userLine({ workOrderId: made.id, ...act }, ulid(now), now));
  const participantId = people[0]?.id ?? "";
  const unsubscribed = { participantId, mailingKey: mailingKey(parts, "EN") };
  await line({ by: `participant ${participantId}`, what: "unsubscribed", data: unsubscribed });
  const resolved = { participantId, language: "EN", status: "sent", claimId: "claim" } as const;
  await line({ by: "admin", what: "resolved", data: resolved });
  if (isMoved) await line({ by: "admin", what: "edited", data: { changed: { eventCode } } });
  return stored as WorkOrder;
}

interface Asked {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

interface Received {
  readonly status: number;
  readonly body: string;
  /** Headers and body. */
  readonly text: string;
}

async function call(user: Pick<User, "id">, route: string, method: string, asked: Asked): Promise<Received> {
  // Long enough that no limit of searches, and no claim that may not be resolved yet, is in the way.
  now += 20 * 60_000;
  fixture.setTime(now);
  const { manager } = fixture;
  const cookie = (await sessions(manager.config, manager.clock).begin(user.id)).split(";")[0] as string;
  const { params = {}, query = {}, body } = asked;
  const path = route.replaceAll(/\[(\w+)\]/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const handlers = await import(join(app, route, "route.ts"));
  const request = new Request(`${manager.config.MANAGER_URL}/${path}?${new URLSearchParams(query)}`, {
    method,
    headers: { cookie, origin: new URL(manager.config.MANAGER_URL).origin, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response: Response = await handlers[method](request, { params: Promise.resolve(params) });
  const answered = await response.text();
  const heads = [...response.headers].map((header) => header.join(": "));
  return { status: response.status, body: answered, text: [...heads, answered].join("\n") };
}

const ids = () => [own.id, foreign.id, moved.id];
const lists = ["dry-run", "test", "send", "skipped", "left-out"];
const theirNames = ["Quillfeather7", "Xaviera7 Quillfeather7", "quillfeather7@theirs.example", "fp-7", "fp-broken"];
const knownIds = ["fp-7", "fp-broken", "op-7", "no-7"];
const searches = [...theirNames, "xa", "qu", "quill", "xaviera", "theirs", "quillfeather7@", "fp", "fp-", "zanzibar"];
const eachOrder = (asked: (id: string) => readonly Asked[]) => () => ids().flatMap(asked);
const onlyId = eachOrder((id) => [{ params: { id } }]);
const patches = () => [
  { testers: ["fp-7"] },
  { testers: ["fp-7", "quillfeather7@theirs.example"] },
  { eventCode: "F2026", subEvent: foreign.subEvent },
];

const listFilters = (): Record<string, string>[] => [
  {},
  ...["sent", "failed", "in-doubt", "ok"].map((status) => ({ status })),
  ...searches.map((q) => ({ q })),
  ...cursors.map((cursor) => ({ cursor })),
  ...[foreign, moved].flatMap((other) =>
    ["F2026", "E2026"].map((event) => ({ mailing: `${event}_${other.subEvent}_reg` })),
  ),
  ...["invalid-record", "event-pool"].map((reason) => ({ reason })),
];
const listQueries = eachOrder((id) =>
  lists.flatMap((list) =>
    listFilters().map((filter) => ({ params: { id }, query: { list, language: "EN", ...filter } })),
  ),
);
const previews = eachOrder((id) =>
  [undefined, "fp-7", "fp-59", "fp-broken", "Quillfeather7", "op-7"].flatMap((participant) =>
    ["prepared", "draft"].map((source) => ({
      params: { id },
      query: { source, language: "EN", ...(participant && { participant }) },
    })),
  ),
);
/** A link to the page of a person, signed with another secret, or not at all. */
const tokens = () =>
  ["fp-7", "fp-8"].map((id) => {
    const payload = Buffer.from(JSON.stringify([id, mailingKey(foreign, "EN")])).toString("base64url");
    return { params: { token: `${payload}.${"A".repeat(43)}` } };
  });

const settingKinds = ["tester", "user", "event"];

const foreignIds = ["fp-7", "fp-8", "fp-broken"];
const personIds = () => foreignIds.map((id) => ({ params: { id } }));
/** What the routes that change a person take, together. */
const changeOf = (id: string) => ({ address: "spy@spy.example", seen: at, confirm: id, reason: "spying" });
const personChanges = () => foreignIds.map((id) => ({ params: { id }, body: changeOf(id) }));
const listsOfPeople = () =>
  ["unsubscribed", "suppressed"].flatMap((list) =>
    [{}, { q: "quillfeather" }, { domain: "theirs.example" }, { cursor: cursors[0] ?? "" }].map((query) => ({
      params: { list },
      query: query as Record<string, string>,
    })),
  );
const orderPeople = eachOrder((id) =>
  foreignIds.map((participantId) => ({ params: { id, participantId }, body: changeOf(participantId) })),
);
const place = (eventCode: string) => ({ eventCode, subEvent: "part-1", stage: "reg", language: "EN" });
const templateNames = () => ["E2026", "F2026"].map((event) => ({ params: { name: `${event}-part-1-reg-EN` } }));
const drafts = () =>
  ["E2026", "F2026"].flatMap((event) =>
    [undefined, "fp-7", "fp-broken", "op-7"].map((participant) => ({
      body: { ...place(event), html, ...(participant && { participant }) },
    })),
  );

/** Route → method → the requests of the attacker. */
const accountNames = ["office", "fp-7"];
const askedPool = (event: string) => ({
  pool: { name: "all", attributes: [{ type: "true" }] },
  ...{ event, subEvent: "part-0" },
});
const text = "*|FNAME|* *|EMAIL|*";
const askedPrompt = { prompt: { event: "default", key: "salutation", language: "EN", text }, language: "EN" };

const walks: Readonly<Record<string, Readonly<Record<string, () => readonly Asked[]>>>> = {
  "api/options": { GET: () => [{}] },
  "api/first-steps": { GET: () => [{}], POST: () => [{}] },
  "api/configuration": {
    GET: () => [{}],
    POST: () => [{ body: { text: "emailAgentConfiguration: 1", remove: true } }],
    PUT: () => [{ body: { text: "emailAgentConfiguration: 1", remove: true, fingerprint: "x" } }],
  },
  "api/settings/[kind]": {
    GET: () => settingKinds.flatMap((kind) => [{ params: { kind } }, { params: { kind }, query: { form: "" } }]),
    POST: () => settingKinds.map((kind) => ({ params: { kind }, body: { values: { id: "fp-7" }, version: null } })),
  },
  "api/settings/[kind]/[key]": {
    GET: () => settingKinds.flatMap((kind) => ["fp-7", "admin"].map((key) => ({ params: { kind, key } }))),
    PUT: () => settingKinds.map((kind) => ({ params: { kind, key: "fp-7" }, body: { values: {}, version: 0 } })),
    DELETE: () => settingKinds.map((kind) => ({ params: { kind, key: "fp-7" }, query: { version: "0" } })),
  },
  "api/settings/accounts/[name]/state": { GET: () => accountNames.map((name) => ({ params: { name } })) },
  "api/settings/accounts/[name]/requests": {
    POST: () => accountNames.map((name) => ({ params: { name }, body: { kind: "trial", to: "x@ours.example" } })),
  },
  "api/settings/accounts/[name]/requests/[id]": {
    GET: () => accountNames.map((name) => ({ params: { name, id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" } })),
  },
  "api/settings/accounts/[name]/pause": {
    PUT: () => accountNames.map((name) => ({ params: { name }, body: { reason: "a test" } })),
    DELETE: () => accountNames.map((name) => ({ params: { name } })),
  },
  "api/settings/accounts/[name]/dkim": {
    POST: () => accountNames.map((name) => ({ params: { name }, body: { domain: "ours.example", selector: "s" } })),
    PUT: () => accountNames.map((name) => ({ params: { name }, body: { force: true } })),
    DELETE: () => accountNames.map((name) => ({ params: { name } })),
  },
  "api/settings/general": { GET: () => [{}], PUT: () => [{ body: { values: {}, settings: {} } }] },
  "api/settings/check/[kind]": {
    POST: () => settingKinds.map((kind) => ({ params: { kind }, body: { values: { id: "fp-7" }, isNew: true } })),
  },
  "api/settings/pool-effect": { POST: () => ["E2026", "F2026"].map((event) => ({ body: askedPool(event) })) },
  "api/settings/pool-person": {
    POST: () => ["E2026", "F2026"].map((event) => ({ body: { ...askedPool(event), person: "fp-7" } })),
  },
  "api/settings/people": { GET: () => [...searches, "own"].map((search) => ({ query: { search } })) },
  "api/settings/prompt-preview": {
    POST: () => [{ body: { ...askedPrompt, event: "F2026", subEvent: "part-0", participant: "fp-7" } }],
  },
  "api/realtime/ticket": { POST: () => [{}] },
  "api/templates": {
    GET: () => [{}],
    POST: () =>
      ["E2026", "F2026"].map((eventCode) => ({
        body: { ...place(eventCode), from: { orderId: foreign.id, language: "EN" } },
      })),
  },
  "api/templates/upload": { POST: () => [{ body: "<p>x</p>" }] },
  "api/templates/preview": { POST: drafts },
  "api/templates/preview/html": { POST: drafts },
  "api/templates/participants": {
    GET: () =>
      ["E2026", "F2026"].flatMap((event) =>
        [...searches, "own"].map((search) => ({ query: { ...place(event), search } })),
      ),
  },
  "api/templates/[name]": {
    GET: templateNames,
    PUT: () => templateNames().map((asked) => ({ ...asked, body: { version: 1, html: "x" } })),
    DELETE: () => templateNames().map((asked) => ({ ...asked, body: { version: 1 } })),
  },
  "api/templates/[name]/restore": {
    POST: () => templateNames().map((asked) => ({ ...asked, body: { version: 1, from: 1 } })),
  },
  "api/templates/[name]/versions/[version]": {
    GET: () => templateNames().map(({ params }) => ({ params: { ...params, version: "1" } })),
  },
  "media/[file]": { GET: () => [{ params: { file: `${"a".repeat(64)}.png` } }] },
  "api/work-orders": {
    GET: () => [{}],
    POST: () => patches().map((fields) => ({ body: { fields: { eventCode: "E2026", ...fields } } })),
  },
  "api/work-orders/check": {
    POST: () => patches().flatMap((fields) => [...ids().map((id) => ({ body: { id, fields } })), { body: { fields } }]),
  },
  "api/work-orders/[id]": {
    GET: onlyId,
    PATCH: eachOrder((id) =>
      patches().map((fields) => ({ params: { id }, body: { leaseToken: "x", fields, confirmReset: true } })),
    ),
    // The moved order never mailed anyone, so that it would be deleted.
    DELETE: () => [own, foreign].map(({ id }) => ({ params: { id } })),
  },
  "api/work-orders/[id]/edit-lease": {
    POST: eachOrder((id) => [{ params: { id }, body: { takeOver: true } }]),
    PUT: eachOrder((id) => [{ params: { id }, body: { token: "x" } }]),
    DELETE: eachOrder((id) => [{ params: { id }, body: { token: "x" } }]),
  },
  "api/work-orders/[id]/sending": { GET: onlyId },
  "api/work-orders/[id]/go-no-go": { GET: onlyId },
  "api/work-orders/[id]/history": {
    GET: eachOrder((id) => {
      const after = Buffer.from(JSON.stringify({ U: `U#${at}#0`, C: null, E: null })).toString("base64url");
      return [{ params: { id } }, { params: { id }, query: { after } }];
    }),
  },
  "api/work-orders/[id]/deliveries/[participantId]/resolve": {
    POST: eachOrder((id) =>
      ["fp-7", "fp-8"].flatMap((participantId) =>
        [undefined, `F2026_${foreign.subEvent}_reg`, `F2026_${moved.subEvent}_reg`].map((mailing) => ({
          params: { id, participantId },
          body: { language: "EN", claimId: `claim-${participantId}`, received: true, ...(mailing && { mailing }) },
        })),
      ),
    ),
  },
  "api/work-orders/[id]/retry": { GET: onlyId },
  "api/work-orders/[id]/reconciliation": {
    GET: eachOrder((id) => [{ params: { id } }, { params: { id }, query: { mailing: `F2026_${moved.subEvent}_reg` } }]),
  },
  "api/work-orders/[id]/participants": {
    GET: eachOrder((id) => [...searches, "own", "op-7"].map((search) => ({ params: { id }, query: { search } }))),
  },
  "api/work-orders/[id]/recipients": { GET: listQueries },
  "api/work-orders/[id]/recipients.csv": { GET: listQueries },
  "api/work-orders/[id]/preview": { GET: previews },
  "api/work-orders/[id]/preview/html": { GET: previews },
  "api/work-orders/[id]/commands": {
    POST: eachOrder((id) => [{ params: { id }, body: { commandId: ulid(), step: "Test", action: "stop" } }]),
  },
  "api/work-orders/[id]/archive": { POST: onlyId, DELETE: onlyId },
  "api/event-copies": {
    POST: () =>
      ["E2026", "F2026"].map((from) => ({
        body: { from, to: from === "E2026" ? "F2026" : "E2026", parts: { "part-0": "part-0" }, isPreview: true },
      })),
  },
  "api/testers": {
    POST: () => [
      { body: { eventCode: "F2026", email: "x@y.example" } },
      { body: { eventCode: "E2026", email: "x@y.example" } },
    ],
  },
  "api/people": {
    GET: () => [
      {},
      ...[...searches, "own", "op-7"].map((q) => ({ query: { q } })),
      { query: { cursor: cursors[0] ?? "" } },
    ],
  },
  "api/people/export.csv": { GET: () => [{}] },
  "api/people/imports": { GET: () => [{}], POST: () => [{ body: { fileName: "people.csv", bytes: 10 } }] },
  "api/people/imports/[id]": {
    GET: () => [{ params: { id: importId } }],
    POST: () => ["apply", "undo", "continue"].map((act) => ({ params: { id: importId }, body: { act } })),
  },
  "api/people/imports/[id]/parts/[number]": { PUT: () => [{ params: { id: importId, number: "0" }, body: {} }] },
  "api/people/imports/[id]/reading": { POST: () => [{ params: { id: importId }, body: {} }] },
  "api/people/imports/[id]/rows": { GET: () => importQueries() },
  "api/people/imports/[id]/rows.csv": { GET: () => importQueries() },
  "api/people/[id]": { GET: () => knownIds.map((id) => ({ params: { id } })) },
  "api/people/[id]/mailings": {
    GET: () =>
      knownIds.flatMap((id): Asked[] => [
        { params: { id } },
        { params: { id }, query: { only: "mailed" } },
        { params: { id }, query: { after: foreign.id } },
      ]),
  },
  "api/people/[id]/pools": {
    GET: () =>
      knownIds.flatMap((id) =>
        ["E2026", "F2026", "G2026"].map((event) => ({ params: { id }, query: { event, subEvent: "part-1" } })),
      ),
  },
  "api/people/[id]/changes": { GET: personIds },
  "api/people/[id]/export": { GET: personIds },
  "api/people/[id]/address": { POST: personChanges },
  "api/people/[id]/unsubscribe": { POST: personChanges },
  "api/people/[id]/resubscribe": { POST: personChanges },
  "api/people/[id]/lift-suppression": { POST: personChanges },
  "api/people/[id]/forget": { POST: personChanges },
  "api/work-orders/[id]/people/[participantId]/changes": {
    GET: () => orderPeople().map(({ params }) => ({ params })),
  },
  "api/work-orders/[id]/people/[participantId]/resubscribe": { POST: orderPeople },
  "api/work-orders/[id]/people/[participantId]/lift-suppression": { POST: orderPeople },
  "api/people-lists/[list]": { GET: listsOfPeople },
  "api/people-lists/[list]/count": { GET: listsOfPeople },
  "api/people-lists/[list]/csv": { GET: listsOfPeople },
  "api/people-lists/[list]/lift": {
    POST: () =>
      ["unsubscribed", "suppressed"].flatMap((list) => [
        { params: { list }, body: { reason: "spying", ids: foreignIds } },
        { params: { list }, body: { reason: "spying", filter: { domain: "theirs.example" }, most: 9 } },
      ]),
  },
  "u/[token]": { GET: tokens, POST: tokens },
  "view/[token]": { GET: tokens },
};

function importQueries(): readonly Asked[] {
  return importLists.map((list) => ({ params: { id: importId }, query: { list } }));
}

const callsAtOnce = 6;

/** Routes without people: signing in knows users only, and the last two know nothing. */
const withoutPeople = ["api/auth/callback", "api/auth/sign-in", "api/auth/sign-out", "api/[[...path]]", "healthz"];

/** What a response reveals beyond the request; texts in base64url are read as well. */
function revealed({ text }: Received, asked: Asked): string {
  const known = strings(asked).sort((one, other) => other.length - one.length);
  const decoded = [...text.matchAll(/[\w-]{16,}/g)].map(([word]) => Buffer.from(word, "base64url").toString("latin1"));
  return known.reduce((rest, word) => rest.replaceAll(word, "?"), [text, ...decoded].join("\n"));
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value, encodeURIComponent(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(strings) : [];
}

describe("acceptance 69: a user of one event sees no person of another, by any route", () => {
  test("every route is walked", () => {
    const routes = globSync("**/route.ts", { cwd: app }).map((file) => file.slice(0, -"/route.ts".length));
    expect([...Object.keys(walks), ...withoutPeople].sort()).toEqual(routes.sort());
  });

  test.each(Object.entries(walks).flatMap(([route, methods]) => Object.keys(methods).map((method) => [method, route])))(
    "%s %s",
    { timeout: 120_000 },
    async (method, route) => {
      const all = walks[route as string]?.[method as string]?.() ?? [];
      expect(all.length).toBeGreaterThan(0);
      for (let from = 0; from < all.length; from += callsAtOnce) {
        await Promise.all(
          all.slice(from, from + callsAtOnce).map(async (asked) => {
            const answered = await call(spy, route as string, method as string, asked);
            expect({ asked, status: answered.status < 500 }).toEqual({ asked, status: true });
            expect({ asked, leaks: revealed(answered, asked).match(marks) ?? [] }).toEqual({ asked, leaks: [] });
          }),
        );
      }
      expect(recordsRead.filter((id) => id.startsWith("fp-"))).toEqual([]);
    },
  );

  test("the walk reads what it may: people of the own event, by search, list, file and preview", async () => {
    const see = async (route: string, query: Record<string, string>) =>
      (await call(spy, `api/work-orders/[id]/${route}`, "GET", { params: { id: own.id }, query })).text;
    expect(await see("participants", { search: "ownname7" })).toContain("op-7");
    expect(await see("recipients", { list: "send", language: "EN" })).toContain("ownname0@ours.example");
    expect(await see("recipients", { list: "skipped", language: "EN" })).toContain("op-0");
    expect(await see("recipients.csv", { list: "dry-run", language: "EN" })).toContain("ownname7@ours.example");
    expect(await see("preview/html", { participant: "op-7" })).toContain("ownname7@ours.example");
    expect(await see("history", {})).toContain("participant op-0");
    const people = await call(spy, "api/people", "GET", { query: { q: "ownname7" } });
    expect(people.text).toContain("ownname7@ours.example");
    const mailings = await call(spy, "api/people/[id]/mailings", "GET", { params: { id: "op-7" } });
    expect(mailings.text).toContain(own.id);
  });

  test("and a user who may see every event reads the same lists of the other one, and of the moved order", async () => {
    const see = async (route: string, id: string, query: Record<string, string> = {}) =>
      (await call(admin, `api/work-orders/[id]/${route}`, "GET", { params: { id }, query })).text;
    expect(await see("participants", own.id, { search: "fp-7" })).toContain("quillfeather7@theirs.example");
    for (const list of ["dry-run", "skipped"])
      expect(await see("recipients", moved.id, { list, language: "EN" })).toContain("fp-0");
    expect(await see("preview/html", moved.id, { participant: "fp-7" })).toContain("quillfeather7@theirs.example");
    expect(await see("history", moved.id)).toContain("participant fp-0");
    const people = await call(admin, "api/people", "GET", { query: { q: "quillfeather7" } });
    expect(people.text).toContain("quillfeather7@theirs.example");
    const whole = await call(admin, "api/work-orders/[id]", "GET", { params: { id: own.id } });
    expect(whole.text).toContain("fp-broken");
  });

  test.each([
    ["preview", "GET", (participant: string) => ({ query: { participant } })],
    ["preview/html", "GET", (participant: string) => ({ query: { participant } })],
    ["participants", "GET", (search: string) => ({ query: { search } })],
    ["recipients", "GET", (q: string) => ({ query: { list: "left-out", language: "EN", q } })],
    [
      "deliveries/[participantId]/resolve",
      "POST",
      (participantId: string) => ({
        params: { participantId },
        body: { language: "EN", claimId: "x", received: true },
      }),
    ],
    ["recipients.csv", "GET", (cursor: string) => ({ query: { list: "send", language: "EN", cursor } })],
  ] as const)("%s says the same of a person of another event and of an unknown id", async (route, method, make) => {
    const [one, other] = await Promise.all(
      ["fp-7", "no-7"].map(async (id) => {
        const asked = make(id) as Asked;
        const params = { ...asked.params, id: own.id };
        const { status, text } = await call(spy, `api/work-orders/[id]/${route}`, method, { ...asked, params });
        return { status, text: text.replaceAll(id, "?") };
      }),
    );
    expect(one).toEqual(other);
  });

  test.each(["", "/mailings", "/pools"])(
    "people/[id]%s says the same of a person of another event and of an unknown id",
    async (part) => {
      const [one, other] = await Promise.all(
        ["fp-7", "no-7"].map(async (id) => {
          const asked = { params: { id }, query: { event: "E2026", subEvent: "part-1" } };
          const { status, text } = await call(spy, `api/people/[id]${part}`, "GET", asked);
          return { status, text: text.replaceAll(id, "?") };
        }),
      );
      expect(one).toEqual(other);
      expect(one?.status).toBe(404);
    },
  );
});
