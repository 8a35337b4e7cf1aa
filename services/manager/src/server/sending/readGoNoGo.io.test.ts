import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import {
  anAccount,
  anEvent,
  anOrder,
  aParticipant,
  aPool,
  aStage,
  someLanguages,
} from "@email-agent/shared/testing/builders.ts";
import { aClaim, anOutcome } from "@email-agent/shared/testing/claims.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { putConfig } from "@email-agent/shared/testing/putConfig.ts";
import { putParticipants } from "@email-agent/shared/testing/putParticipants.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "../../../../../infra/local/testStack.ts";
import { aUser, type ManagerUnderTest, managerOver } from "../../../testing/managerOver.ts";
import type { GoNoGo, GoNoGoLine } from "../../api/sending.ts";
import type { Manager } from "../manager.ts";
import { giveCommand } from "../order/giveCommand.ts";
import { resolveDelivery } from "../recipients/resolveDelivery.ts";
import { goNoGoStream } from "./goNoGoStream.ts";
import { readGoNoGo } from "./readGoNoGo.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const hour = 3_600_000;
const anna = aUser();
let stack: TestStack;
let open: ManagerUnderTest;
let manager: Manager;
beforeAll(async () => {
  stack = await startTestStack({ cloud: true });
  open = managerOver({ ...stack.config }, fakeClock(instant(now)));
  manager = open.manager;
  await putConfig(stack.aws, stack.config, {
    settings: { confirmSendAbove: 100 },
    pools: [aPool()],
    stages: [
      aStage({ prefix: { EN: "Retreat: ", SP: "Retiro: " } }),
      aStage({ name: "reminder", parentStages: ["reg"] }),
    ],
    languages: [...someLanguages().values()],
    accounts: [
      anAccount({ ratePerSecond: 2, quotaPer24h: 1000 }),
      anAccount({ name: "small", ratePerSecond: 2, quotaPer24h: 200 }),
      anAccount({ name: "closed", enabled: false }),
      anAccount({ name: "held", paused: { by: "anna", at: "2026-03-01T11:00:00.000Z", reason: "complaints" } }),
    ],
  });
  await putParticipants(stack.aws, stack.config, people);
  await put("tester", "t-ana", { label: "Ana, coordination" });
  await put("tester", "t-bo", { label: "Bo <bo@example.org>" });
  await put("user", "anna", { name: "Anna Writer", role: "write" });
});
afterAll(async () => {
  await open?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const put = (pk: string, sk: string, fields: object) =>
  stack.aws.dynamo.send(new PutCommand({ TableName: stack.config.CONFIG_TABLE, Item: { pk, sk, ...fields } }));

/** Mails: 210 in English, which goes to everyone, 80 in Spanish; three people can get none. */
const people = [
  ...Array.from({ length: 210 }, (_, n) => aParticipant({ writtenLangPref: n < 80 ? "Spanish" : "English" })),
  ...Array.from({ length: 3 }, () => aParticipant({ unsubscribe: true })),
];
const idOf = (n: number) => people[n]?.id ?? "";

const hashes = { EN: "a".repeat(64), SP: "b".repeat(64) };
const ago = (hours: number) => instant(now - hours * hour);
const counted = (sent: number, reasons: Record<string, number>) => ({
  total: sent + (reasons["already-received"] ?? 0),
  sent,
  failed: 0,
  skipped: reasons["already-received"] ?? 0,
  inDoubt: 0,
  reasons,
});
const dryRun: StepRecord = {
  status: "complete",
  startedAt: ago(3),
  endedAt: ago(2.9),
  pinned: hashes,
  languages: {
    EN: counted(210, { unsubscribed: 3 }),
    SP: counted(80, { language: 130, unsubscribed: 3 }),
  },
};
const tested = (runId: string): StepRecord => ({
  status: "complete",
  runId,
  startedAt: ago(2),
  endedAt: ago(1.9),
  pinned: hashes,
});

let codes = 0;
/** An order in EN and SP that was counted, prepared, tried and tested. */
async function anOrderReady(fields: Partial<WorkOrder> = {}, steps: Partial<WorkOrder["steps"]> = {}) {
  codes += 1;
  const eventCode = fields.eventCode ?? `G${codes}`;
  await stack.aws.dynamo.send(
    new PutCommand({ TableName: stack.config.EVENTS_TABLE, Item: anEvent({ aid: eventCode }) }),
  );
  const order = anOrder({
    eventCode,
    languages: ["EN", "SP"],
    testers: ["t-ana", "t-bo"],
    prepared: {
      EN: { s3Key: "en.html", hash: hashes.EN, bytes: 1, preparedAt: ago(4) },
      SP: { s3Key: "sp.html", hash: hashes.SP, bytes: 1, preparedAt: ago(4) },
    },
    ...fields,
  });
  const complete: StepRecord = { status: "complete" };
  return manager.orders.create({
    ...order,
    steps: { ...order.steps, Count: complete, Prepare: complete, "Dry-Run": dryRun, Test: tested(ulid()), ...steps },
  });
}

type Statuses = Record<string, "sent" | "failed" | "in-doubt">;

/** Deliveries of the mailing, begun at `sendingAt`: participant → status. */
const mails = (order: WorkOrder, language: "EN" | "SP", statuses: Statuses, sendingAt: string) =>
  putMails(mailingKey(order, language), language, statuses, sendingAt);

/** Deliveries of the last Test: tester → status. */
const testMails = (order: WorkOrder, language: "EN" | "SP", statuses: Statuses) =>
  putMails(testPartition(mailingKey(order, language), order.steps.Test.runId ?? ""), language, statuses, ago(2));

async function putMails(partition: string, language: "EN" | "SP", statuses: Statuses, sendingAt: string) {
  for (const [participantId, status] of Object.entries(statuses)) {
    const name = participantId === "t-ana" ? "Ana García" : "";
    const claim = aClaim({ participantId, name, contentHash: hashes[language], language, sendingAt });
    const rule = { runId: claim.runId, now: claim.sendingAt, userStarted: true };
    await manager.deliveries.claim(partition, [claim], rule);
    await manager.deliveries.settle(partition, [anOutcome(claim, { status })]);
  }
}

const textOf = ({ words }: GoNoGo["warnings"][number]) =>
  words.map((word) => (typeof word === "string" ? word : `<${word.at}>`)).join("");
const texts = ({ warnings }: GoNoGo, severity?: string) =>
  warnings.filter((one) => severity === undefined || one.severity === severity).map(textOf);

test("shows whom a Send reaches, with what subject and content, who is left out and why", async () => {
  const order = await anOrderReady();
  await mails(order, "EN", { "left-us": "sent", [idOf(0)]: "sent", [idOf(1)]: "sent" }, ago(4));
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts).toMatchObject({
    at: instant(now),
    guard: { verdict: "granted" },
    recipients: 288,
    mustConfirm: true,
    countedBy: "now",
    dryRun: { status: "complete", at: ago(2.9), errors: 0, recipients: 290 },
    test: { status: "complete", at: ago(1.9) },
  });
  expect(facts.languages).toEqual([
    {
      code: "EN",
      name: "English",
      recipients: 208,
      alreadyReceived: 2,
      excluded: [{ reason: "unsubscribed", people: 3 }],
      subject: "Retreat: Registration is open (EN)",
      content: "aaaaaaaa",
      preparedAt: ago(4),
    },
    expect.objectContaining({ code: "SP", recipients: 80, subject: "Retiro: Registration is open (SP)" }),
  ]);
  expect(texts(facts, "note")).toEqual(["EN goes to everyone: people who read SP get two mails."]);
});

test("shows which testers got the last Test in which language, by name and without an address", async () => {
  const order = await anOrderReady();
  await testMails(order, "EN", { "t-ana": "sent", "t-bo": "failed" });
  await testMails(order, "SP", { "t-ana": "sent" });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.test.testers).toEqual([
    {
      id: "t-ana",
      name: "Ana García",
      mails: { EN: { status: "sent", outdated: false }, SP: { status: "sent", outdated: false } },
    },
    { id: "t-bo", name: "Bo <…@example.org>", mails: { EN: { status: "failed", outdated: false } } },
  ]);
  expect(texts(facts, "warning")).toEqual([
    "Bo <…@example.org> did not get the Test in EN.",
    "Bo <…@example.org> did not get the Test in SP.",
  ]);
  expect(JSON.stringify(facts)).not.toContain("bo@example.org");
});

test("content published after the Test is a warning, as is a Dry-Run with other content", async () => {
  const order = await anOrderReady();
  await testMails(order, "EN", { "t-ana": "sent", "t-bo": "sent" });
  await testMails(order, "SP", { "t-ana": "sent", "t-bo": "sent" });
  expect(texts(await readGoNoGo(manager, anna, order.id), "warning")).toEqual([]);
  const preparedAt = ago(1);
  const newer = { ...order.prepared["EN"], hash: "c".repeat(64), preparedAt };
  await manager.orders.write(order.id, { set: [[["prepared", "EN"], newer]], remove: [], when: [] });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(texts(facts, "warning")).toEqual([
    "The Dry-Run was made with other content (EN). Run Dry-Run again.",
    "The Test showed other content than what would be sent (EN). Run Test again.",
  ]);
  expect(facts.changes).toEqual([
    { at: preparedAt, what: "Prepare published new content for EN", after: ["Dry-Run", "Test"] },
  ]);
});

test("edits since the Dry-Run and since the Test are listed with who made them", async () => {
  const order = await anOrderReady();
  const edit = (hoursAgo: number, changed: Record<string, unknown>) => {
    const at = now - hoursAgo * hour;
    return manager.audit.put(
      userLine({ workOrderId: order.id, by: "anna", what: "edited", data: { changed } }, ulid(at), at),
    );
  };
  await edit(5, { account: "office" });
  await edit(2.5, { sendUntil: null, sendInterval: 3600 });
  await edit(1, { testers: ["p-1"] });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.changes).toEqual([
    { at: ago(1), by: "Anna Writer", what: "Edited testers", after: ["Dry-Run", "Test"] },
    { at: ago(2.5), by: "Anna Writer", what: "Edited send until, interval", after: ["Dry-Run"] },
  ]);
  expect(texts(facts, "note")).toContain("Something changed since the Test; it is listed under Changes.");
});

test("the quota used is read from the durable record, and a Send that it does not let through says until when it pauses", async () => {
  const order = await anOrderReady({ account: "small" });
  await manager.quota.add("small", "2026-02-28T20:00:00.000Z", 50, 1000);
  await manager.quota.add("small", "2026-02-28T11:00:00.000Z", 150, 1000);
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.account).toMatchObject({ name: "small", used: 50, remaining: 150, quotaPer24h: 200, otherSends: 0 });
  expect(facts.forecast).toMatchObject({
    // 150 mails at 2 a second; the next 20 places, a tenth of the quota, free with those of 20:00.
    sleeps: [{ until: "2026-03-01T20:05:00.000Z", mailed: 150 }, expect.anything()],
  });
  expectNear(now + 75_000, facts.forecast?.sleeps[0]?.from);
  expect(texts(facts, "warning")).toContain(
    "The account's quota is not enough for everyone: after 150 mails sending pauses until <2026-03-01T20:05:00.000Z> and goes on by itself.",
  );
});

test("a sending window that is closed, or closes before the last mail, is a note with the time at which sending goes on", async () => {
  // `now` is a Sunday, 12:00 UTC.
  const office = { zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] };
  const closed = await readGoNoGo(manager, anna, (await anOrderReady({ sendingWindow: office })).id);
  expect(texts(closed, "note")).toContain(
    "The sending window is Mon–Fri, 08:00–20:00 (Europe/Berlin): the first mail leaves at <2026-03-02T07:00:00.000Z>.",
  );
  expect(closed.forecast?.sleeps[0]).toMatchObject({ cause: "window", mailed: 0 });
  const ending = { ...office, from: "12:00", to: "13:01", weekdays: [7] };
  const cut = await readGoNoGo(manager, anna, (await anOrderReady({ account: "small", sendingWindow: ending })).id);
  expect(texts(cut, "note").find((text) => text.startsWith("The sending window is Sun, 12:00–13:01"))).toMatch(
    /: after 1\d\d mails sending pauses until <2026-03-08T11:00:00.000Z> and goes on by itself\.$/,
  );
});

/** The limiter keeps to at least 95 % of the rate; `expected` (epoch ms) is all of it. */
function expectNear(expected: number, at: string | undefined) {
  const seconds = (Date.parse(at ?? "") - now) / 1000;
  expect(seconds).toBeGreaterThanOrEqual((expected - now) / 1000);
  expect(seconds).toBeLessThanOrEqual((expected - now) / 1000 / 0.95);
}

test("a Send the quota lets through is forecast from the account's rate", async () => {
  const order = await anOrderReady();
  const { forecast, account } = await readGoNoGo(manager, anna, order.id);
  expect(forecast).toMatchObject({ sleeps: [], sleepCount: 0 });
  expectNear(now + 145_000, forecast?.finishAt);
  expect(account).toMatchObject({ fromName: "The Office", fromAddress: "office@example.org", remaining: 1000 });
  expect(JSON.stringify(account)).not.toContain("not-a-secret");
});

test("an end of sending that comes too early shows how many will have their mail", async () => {
  const sendUntil = instant(now + 30_000);
  const order = await anOrderReady({ sendUntil, sendContinuously: true, sendInterval: 600 });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.continuous).toEqual({ intervalSeconds: 600, until: sendUntil });
  expect(texts(facts, "warning")).toContainEqual(
    expect.stringMatching(
      new RegExp(`^Only (60|5[789]) of 290 will have their mail when sending ends at <${sendUntil}>`),
    ),
  );
});

test("what makes a Send impossible comes first", async () => {
  const order = await anOrderReady(
    { account: "closed" },
    { Test: { status: "ready" }, "Dry-Run": { status: "error" } },
  );
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.recipients).toBeUndefined();
  expect(facts.mustConfirm).toBe(false);
  expect(facts.guard.verdict).toBe("predecessor");
  expect(facts.warnings.slice(0, 3).map(textOf)).toEqual([
    "Send needs Test to be complete, but Test is ready. Run Test first.",
    "The last Dry-Run is not complete. Run Dry-Run first.",
    'The account "closed" is disabled. Choose another one in the form.',
  ]);
  const without = await anOrderReady({ account: "gone", stage: "unknown" });
  expect(texts(await readGoNoGo(manager, anna, without.id), "stop")).toEqual([
    'There is no account "gone". Choose another one in the form.',
    'The stage "unknown" no longer exists. Ask an administrator to restore it.',
  ]);
});

test("an old Dry-Run and a language that has no recipients are warnings", async () => {
  const old: StepRecord = { ...dryRun, startedAt: ago(30) };
  const order = await anOrderReady({ languages: ["EN", "FR"] }, { "Dry-Run": old });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts).toMatchObject({ recipients: 210, languages: [{ recipients: 210 }, { recipients: 0 }] });
  expect(texts(facts, "warning")).toEqual(
    expect.arrayContaining([
      "No one would get it in FR.",
      expect.stringContaining(`The Dry-Run is more than a day old (<${ago(30)}>)`),
    ]),
  );
});

test("acceptance 59: who is mailed now is counted when the dialog opens, however old the Dry-Run and whatever the last run said", async () => {
  // A continuous order, its pass stopped: its counters know nothing of the people who were added since.
  const counters = { total: 4, sent: 2, failed: 1, skipped: 0, inDoubt: 1 };
  const found: StepRecord = { ...dryRun, languages: { EN: counted(4, {}), SP: counted(0, {}) } };
  const continuous = { sendContinuously: true, sendUntil: instant(now + 24 * hour), sendInterval: 600 };
  const order = await anOrderReady(continuous, {
    "Dry-Run": found,
    Send: { status: "interrupted", runId: ulid(), startedAt: ago(1), counters },
  });
  await mails(
    order,
    "EN",
    { [idOf(0)]: "sent", [idOf(1)]: "sent", [idOf(2)]: "failed", [idOf(3)]: "in-doubt" },
    ago(1),
  );
  const facts = await readGoNoGo(manager, anna, order.id);
  // Who failed is tried again, who is in doubt is not.
  expect(facts).toMatchObject({ recipients: 207 + 80, mustConfirm: true });
  expect(texts(facts, "warning")).toContainEqual(
    `286 more mails are to be sent than at the Dry-Run (<${ago(3)}>): their mails were not rendered. Run Dry-Run again.`,
  );
  expect(texts(facts, "note")).toContainEqual(expect.stringContaining("1 mail of an earlier run is in doubt"));

  const { claimId = "" } = (await manager.deliveries.get(mailingKey(order, "EN"), idOf(3))) ?? {};
  await resolveDelivery(manager, anna, order, idOf(3), { language: "EN", claimId, received: false });
  const resolved = await readGoNoGo(manager, anna, order.id);
  expect(resolved.recipients).toBe(288);
  expect(texts(resolved, "note")).not.toContainEqual(expect.stringContaining("in doubt"));
});

test("recipients that cannot be counted, because the configuration lacks something, are not shown as zero", async () => {
  const order = await anOrderReady({ subEvent: "elsewhere" });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.recipients).toBeUndefined();
  expect(texts(facts, "stop")).toEqual([`The event ${order.eventCode} has no sub-event elsewhere.`]);
});

test("so many broken records that Send would end in an error are shown before it", async () => {
  const order = await anOrderReady();
  const withBroken = (broken: number): Manager => ({
    ...manager,
    participants: {
      ...manager.participants,
      async *pages(options) {
        let read = 0;
        for await (const page of manager.participants.pages(options))
          yield page.map((person) => {
            read += 1;
            return read > broken
              ? person
              : { ...person, invalidRecord: { field: "programs", problem: "expected record" } };
          });
      },
    },
  });
  expect(texts(await readGoNoGo(withBroken(19), anna, order.id), "stop")).toEqual([]);
  expect(texts(await readGoNoGo(withBroken(20), anna, order.id), "stop")).toEqual([
    "20 of 213 participant records have a field that does not fit, which is more than 1 %. Repair the application that writes them, then start again.",
  ]);
});

/** The facts as the browser gets them. */
async function linesOf(order: WorkOrder, signal = new AbortController().signal): Promise<GoNoGoLine[]> {
  const response = await goNoGoStream(manager, anna, { id: order.id }, signal);
  return (await response.text())
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("the last line holds the facts, and what fails first is an error of its own", async () => {
  const order = await anOrderReady();
  expect((await linesOf(order)).at(-1)).toEqual({ facts: await readGoNoGo(manager, anna, order.id) });
  await expect(goNoGoStream(manager, anna, { id: "wo-none" }, new AbortController().signal)).rejects.toMatchObject({
    code: "not-found",
  });
});

/** The manager over a table of which each page comes slowly; `pages` counts them. */
function slowManager(milliseconds: number) {
  const read = { pages: 0 };
  const participants: Manager["participants"] = {
    ...manager.participants,
    async *pages(options) {
      for await (const page of manager.participants.pages(options))
        for (const person of page) {
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
          options?.signal?.throwIfAborted();
          read.pages += 1;
          yield [person];
        }
    },
  };
  return { read, slow: { ...manager, participants } };
}

test("a long count reports its progress, and ends with its reader", async () => {
  const order = await anOrderReady();
  const { read, slow } = slowManager(5);
  const whole = await goNoGoStream(slow, anna, { id: order.id }, new AbortController().signal);
  const lines = (await whole.text())
    .trim()
    .split("\n")
    .map((line): GoNoGoLine => JSON.parse(line));
  const steps = lines.flatMap((line) => ("read" in line ? [line.read] : []));
  expect(steps.length).toBeGreaterThan(1);
  expect(steps).toEqual(steps.toSorted((one, other) => one - other));
  expect(lines[0]).toMatchObject({ of: 213 });
  expect(lines.at(-1)).toMatchObject({ facts: { recipients: 290 } });

  read.pages = 0;
  const leave = new AbortController();
  const reader = (await goNoGoStream(slow, anna, { id: order.id }, leave.signal)).body?.getReader();
  await reader?.read();
  leave.abort();
  await reader?.cancel();
  const looked = read.pages;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(read.pages - looked).toBeLessThanOrEqual(1);
  // Its permit is free again.
  expect((await linesOf(order)).at(-1)).toHaveProperty("facts");
});

test("acceptance 59: a start with another number than is counted now is refused with the new number", async () => {
  const order = await anOrderReady();
  const start = { step: "Send", action: "start" } as const;
  const give = (confirmRecipients: number) =>
    giveCommand(manager, anna, order.id, { ...start, commandId: ulid(), confirmRecipients });
  for (const wrong of [0, 284, 296, 1471])
    await expect(give(wrong)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("290 mails would be sent now"),
      details: { recipients: 290 },
    });
  expect((await manager.orders.get(order.id))?.command).toBeUndefined();
  expect(await give(287)).toMatchObject({ version: 2 });
  expect((await manager.orders.get(order.id))?.command).toMatchObject({ confirmedRecipients: 287 });
});

test("a start is not kept waiting by a count that takes long: its run keeps to the number", async () => {
  const order = await anOrderReady();
  const { slow } = slowManager(20);
  const asked = { commandId: ulid(), step: "Send", action: "start", confirmRecipients: 12 } as const;
  expect(await giveCommand(slow, anna, order.id, asked, 100)).toMatchObject({ version: 2 });
});

test("a parent order that is gone, or was moved to another event, is a warning, which does not reveal what it holds there", async () => {
  const parent = await anOrderReady();
  const { eventCode, prepared } = parent;
  const subjects = parent.subjects;
  const child = await anOrderReady({ eventCode, stage: "reminder", parentOrderId: parent.id, prepared, subjects });
  const about = (facts: GoNoGo) => texts(facts, "warning").filter((text) => text.includes("parent order"));
  expect(about(await readGoNoGo(manager, anna, child.id))).toEqual([]);
  const subject = { ...parent.subjects, EN: "Another subject" };
  await manager.orders.write(parent.id, { set: [[["subjects"], subject]], remove: [], when: [] });
  expect(about(await readGoNoGo(manager, anna, child.id))).toEqual([
    expect.stringContaining("has another subject now"),
  ]);
  await manager.orders.rekey(parent, { set: [[["eventCode"], "ELSEWHERE"]], remove: [], when: [] });
  const gone = [expect.stringContaining("is gone: it was deleted, or moved to another event")];
  expect(about(await readGoNoGo(manager, anna, child.id))).toEqual(gone);
  await manager.orders.remove((await manager.orders.get(parent.id)) as WorkOrder);
  expect(about(await readGoNoGo(manager, anna, child.id))).toEqual(gone);
});

test("an account that was paused by hand is a warning with its reason", async () => {
  const order = await anOrderReady({ account: "held" });
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(texts(facts, "warning")).toContainEqual(
    'The account "held" is paused by hand: \u2068complaints\u2069. Sending begins once an administrator resumes it in the settings.',
  );
});

test("acceptance 158: an account of whose last mails too much came back is a warning with the figures", async () => {
  const put = (account: string, fields: Record<string, unknown>) =>
    new PutCommand({
      TableName: stack.config.QUOTA_TABLE,
      Item: { account, bucket: instant(now - 86_400_000), ttl: 2_000_000_000, ...fields },
    });
  await stack.aws.dynamo.send(put("returning", { used: 200 }));
  await stack.aws.dynamo.send(put("bounces#returning", { hard: 12 }));
  await putConfig(stack.aws, stack.config, { accounts: [anAccount({ name: "returning" })] });
  const order = await anOrderReady({ account: "returning" });
  expect(texts(await readGoNoGo(manager, anna, order.id), "warning")).toContainEqual(
    expect.stringContaining(
      "of its last 200 mails 12 came back because the mailbox does not exist. It is paused by itself",
    ),
  );
});

test("other orders that send with the same account right now are a warning", async () => {
  const sending = { runState: "working", runCheckAt: instant(now) } as const;
  const busy = await anOrderReady(sending, { Send: { status: "working", runId: ulid() } });
  const order = await anOrderReady();
  const facts = await readGoNoGo(manager, anna, order.id);
  expect(facts.account?.otherSends).toBe(1);
  await manager.orders.write(busy.id, { set: [], remove: [["runState"], ["runCheckAt"]], when: [] });
});

test("an order of an event the user may not see is not found", async () => {
  const order = await anOrderReady();
  const reader = { ...anna, eventAccess: ["E-other"] };
  await expect(readGoNoGo(manager, reader, order.id)).rejects.toMatchObject({ code: "not-found" });
});

test("acceptance 65: addresses on more than one record are shown before Send", async () => {
  const text = "3 addresses are on more than one record (7 people): each of them gets a mail.";
  const details = [{ language: "all", rule: "shared-address", severity: "warning" as const, text }];
  const order = await anOrderReady({}, { "Dry-Run": { ...dryRun, details } });
  const { warnings } = await readGoNoGo(manager, anna, order.id);
  expect(warnings).toContainEqual({ severity: "warning", words: [`${text} The Dry-Run lists them.`] });
});
