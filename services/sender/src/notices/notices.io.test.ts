import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { DeleteCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { noticeRequests } from "@email-agent/shared/adapters/noticeRequests.ts";
import { notices } from "@email-agent/shared/adapters/notices.ts";
import type { User } from "@email-agent/shared/domain/configItems.ts";
import { noticeAllowancesRunId, noticeRequestsRunId, noticesRunId } from "@email-agent/shared/domain/notices/notice.ts";
import type { NoticeFacts } from "@email-agent/shared/domain/notices/noticeCases.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { ulid } from "ulid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture } from "../../testing/sendFixture.ts";

let fixture: SendFixture;
beforeEach(async () => {
  fixture = await openSendFixture();
  await aUser();
});
afterEach(() => fixture?.[Symbol.asyncDispose]());

const table = () => fixture.stack.config.RUNS_TABLE;
const put = (pk: string, sk: string, item: object) =>
  fixture.stack.aws.dynamo.send(
    new PutCommand({ TableName: fixture.stack.config.CONFIG_TABLE, Item: { ...item, pk, sk } }),
  );
const aUser = (fields: Partial<User> = {}) =>
  put("user", "anna", {
    ...{ name: "Anna Starter", role: "write", eventAccess: ["E2026"], noticeAddress: "anna@office.example", ...fields },
  });
const setting = (value: object) => put("setting", "notices", { value });
const requests = () => noticeRequests(fixture.stack.aws, fixture.stack.config);

const workOrderId = `wo-${ulid()}`;
const counters = { total: 10, sent: 8, skipped: 0, failed: 1, inDoubt: 1 };
const ended: NoticeFacts = { kind: "ended", status: "complete", message: "Sent: EN 8 of 10.", counters, inDoubt: 1 };

/** As a notifier decides it. */
async function decide(facts: NoticeFacts = ended, sk = `${workOrderId}#${ulid()}#ended`) {
  const about = { sk, workOrderId, eventCode: "E2026", subEvent: "weekend", stage: "reg", account: "office" };
  await notices(fixture.stack.aws, fixture.stack.config).decide({ ...about, facts, users: ["anna"] }, Date.now());
  return sk;
}
const itemsOf = async (runId: string) => (await fixture.itemsOf(table())).filter((item) => item["runId"] === runId);
const outcome = (sk: string) =>
  eventually(
    "the notice ends",
    async () => {
      const found = (await itemsOf(noticesRunId)).find((item) => item["sk"] === sk);
      return found?.["outcome"] === undefined ? undefined : { outcome: found["outcome"], mails: found["mails"] };
    },
    { withinSeconds: 60 },
  );
const recipients = () => fixture.inbox.messages().flatMap(({ to }) => to);

test("acceptance 148: the starter and the addresses of the settings get one mail each, of several senders", async () => {
  await setting({ addresses: ["team@office.example", "Anna@Office.Example"] });
  await using one = await startSender(fixture, quick);
  await using _two = await startSender(fixture, quick);
  const sk = await decide();
  expect(await outcome(sk)).toEqual({ outcome: "sent", mails: 2 });
  expect(recipients().sort()).toEqual(["anna@office.example", "team@office.example"]);
  const [mail] = fixture.inbox.messages({ to: "anna@office.example" });
  const parsed = await fixture.inbox.parsed(mail!.id);
  expect(parsed.subject).toBe("E2026 · weekend · reg: Send complete, 8 sent, 1 in doubt");
  expect(parsed.to).toMatchObject([{ address: "anna@office.example", name: "Anna Starter" }]);
  const headers = Object.fromEntries(parsed.headers.map(({ key, value }) => [key, value]));
  expect(headers).toMatchObject({ "auto-submitted": "auto-generated", "x-email-agent-notice": "ended" });
  expect(headers).not.toHaveProperty("list-unsubscribe");
  for (const part of [parsed.text, parsed.html]) {
    expect(part).toContain("8 sent, 1 failed, 1 in doubt, of 10 people in all.");
    expect(part).toContain(`https://mail.example.org/work-orders/${workOrderId}`);
    expect(part).toContain("you started this Send");
  }
  // Nothing is left to send, and no log line and no item holds an address.
  expect(await itemsOf(noticeRequestsRunId)).toEqual([]);
  expect(JSON.stringify([one.logged, await fixture.itemsOf(table())])).not.toContain("office.example");
});

test("acceptance 151: each case arrives as a mail of its own, with what to do", async () => {
  const [since, until] = ["2026-03-01T08:00:00.000Z", "2026-03-01T09:00:00.000Z"];
  const of = (kind: NoticeFacts["kind"], fields: Partial<NoticeFacts> = {}) =>
    decide({ ...ended, ...fields, kind }, `${workOrderId}#run#${kind}#${ulid()}`);
  await using _sender = await startSender(fixture, quick);
  const keys = [
    await of("ended", { status: "error", message: "The mail server refused the sender." }),
    await of("ceiling", { status: "error", ceiling: "confirmed" }),
    await of("in-doubt", { inDoubt: 3 }),
    await of("paused", { since, until, because: "its mail server could not be reached" }),
    await of("quota", { until }),
    await of("stalled"),
    await of("started", { counters: undefined, scheduledFor: since }),
    await of("not-started", { counters: undefined, scheduledFor: since, message: "The system was down." }),
  ];
  await Promise.all(keys.map(outcome));
  const mails = await Promise.all(fixture.inbox.messages().map(({ id }) => fixture.inbox.parsed(id)));
  const texts = new Map(mails.map(({ subject, text }) => [String(subject).replace(/^.*: /, ""), String(text)]));
  const expected: [string, string[]][] = [
    ["Send ended in an error, 8 sent, 1 in doubt", ["refused the sender", "then press Start"]],
    ["Send stopped at the confirmed number", ["the dialog shows the new number"]],
    ["3 mails are in doubt", ["Search the log of the mail server"]],
    ["Send is paused for more than 10 minutes", ["since 1 Mar 2026", "could not be reached", "tried again at"]],
    ["Send sleeps until quota is free", ["It wakes at 1 Mar 2026", "by itself"]],
    ["Send has not moved for 10 minutes", ["Tell an administrator"]],
    ["Send started as scheduled", ["was scheduled for 1 Mar 2026"]],
    ["Send did not start as scheduled", ["The system was down.", "then press Start"]],
  ];
  expect([...texts.keys()].sort()).toEqual(expected.map(([headline]) => headline).sort());
  for (const [headline, parts] of expected) for (const part of parts) expect(texts.get(headline)).toContain(part);
}, 120_000);

test.each([
  ["may no longer see the event", { eventAccess: ["F2026"] }],
  ["switched notices off", { noticesOff: true }],
  ["has no address", { noticeAddress: undefined }],
])("a starter who %s gets none", async (_, fields) => {
  await aUser(fields as Partial<User>);
  await using _sender = await startSender(fixture, quick);
  expect(await outcome(await decide())).toEqual({ outcome: "no one", mails: 0 });
  expect(recipients()).toEqual([]);
});

test("acceptance 148: a used-up quota stops no notice, and a notice takes no place in it", async () => {
  await fixture.addAccount({ name: "office", quotaPer24h: 0 });
  await using _sender = await startSender(fixture, quick);
  expect(await outcome(await decide())).toEqual({ outcome: "sent", mails: 1 });
  expect(await fixture.itemsOf(fixture.stack.config.QUOTA_TABLE)).toEqual([]);
});

test("acceptance 148: where the account of the work order is paused, off or its server away, another one sends", async () => {
  const paused = { by: "ben", at: instant(Date.now()), reason: "for a while" };
  await fixture.addAccount({ name: "office", port: 1 });
  await fixture.addAccount({ name: "a-paused", fromAddress: "paused@example.org", paused });
  await fixture.addAccount({ name: "b-elsewhere", fromAddress: "elsewhere@example.org", events: ["F2026"] });
  await fixture.addAccount({ name: "c-off", fromAddress: "off@example.org", enabled: false });
  await fixture.addAccount({ name: "d-free", fromAddress: "free@example.org" });
  await using sender = await startSender(fixture, quick);
  expect(await outcome(await decide())).toEqual({ outcome: "sent", mails: 1 });
  expect(fixture.inbox.messages().map(({ from }) => from)).toEqual(["free@example.org"]);
  // That the server is away pauses nothing: only Sends say so.
  expect(sender.measured.filter(({ name }) => name === "AccountPaused")).toEqual([]);
  await setting({ addresses: [], account: "b-elsewhere" });
  expect(await outcome(await decide())).toEqual({ outcome: "sent", mails: 1 });
  expect(fixture.inbox.messages().at(-1)?.from).toBe("elsewhere@example.org");
});

test("a server that says nothing holds a notice up for a moment, then another account sends it", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await fixture.addAccount({ name: "office", port });
  await fixture.addAccount({ name: "free", fromAddress: "free@example.org" });
  await using _sender = await startSender(fixture, quick);
  const sk = await decide();
  await eventually("it is sent", () => recipients().length > 0, { withinSeconds: 45 });
  expect(await outcome(sk)).toEqual({ outcome: "sent", mails: 1 });
  expect(fixture.inbox.messages().map(({ from }) => from)).toEqual(["free@example.org"]);
  silent.close();
}, 90_000);

test("acceptance 148: a mail that may have begun is not sent again, the others are", async () => {
  await setting({ addresses: ["team@office.example"] });
  const sk = await decide();
  const [open] = await requests().open(Date.now());
  const past = Date.now() - 60_000;
  await requests().claim(open!, "a sender that died", past);
  expect(await requests().begin(sk, "a sender that died", "user:anna")).toBe(true);
  expect(await requests().begin(sk, "a sender that died", "user:anna")).toBe(false);
  await using _sender = await startSender(fixture, quick);
  await outcome(sk);
  expect(recipients()).toEqual(["team@office.example"]);
});

test("a refused recipient is a metric and a line, a busy server is tried again, and neither is a notice", async () => {
  await setting({ addresses: ["gone@office.example"] });
  fixture.inbox.script({ phase: "rcpt", recipient: "gone@*", reply: "550 5.1.1 No such user", times: "always" });
  fixture.inbox.script({ phase: "rcpt", recipient: "anna@*", reply: "450 4.2.1 Greylisted" });
  const sk = await decide();
  await using sender = await startSender(fixture, quick);
  const [waiting] = await eventually("it is put off", async () => {
    const open = await itemsOf(noticeRequestsRunId);
    return open[0]?.["notBefore"] ? open : undefined;
  });
  expect(waiting?.["begun"]).toEqual(new Set([expect.stringMatching(/^address:/)]));
  await dueNow(sk);
  expect(await outcome(sk)).toMatchObject({ outcome: "sent" });
  expect(recipients()).toEqual(["anna@office.example"]);
  expect(sender.measured.filter(({ name }) => name === "NoticeFailures")).toHaveLength(1);
  expect(await itemsOf(noticesRunId)).toHaveLength(1);
}, 60_000);

const dueNow = (sk: string) =>
  fixture.stack.aws.dynamo.send(
    new UpdateCommand({
      TableName: table(),
      Key: { runId: noticeRequestsRunId, sk },
      UpdateExpression: "SET notBefore = :past",
      ExpressionAttributeValues: { ":past": instant(Date.now() - 1000) },
    }),
  );

test("acceptance 148: of one work order twenty notices leave in an hour, the others come in one mail in the next", async () => {
  // The hour must not end in the middle.
  const untilHour = 3_600_000 - (Date.now() % 3_600_000);
  if (untilHour < 30_000) await new Promise((resolve) => setTimeout(resolve, untilHour));
  for (let n = 0; n < 19; n += 1) expect(await requests().allow(`order ${workOrderId}`, 1, 20, Date.now())).toBe(true);
  const keys = [];
  for (let n = 0; n < 4; n += 1)
    keys.push(await decide({ ...ended, kind: "stalled" }, `${workOrderId}#run#stalled#${n}`));
  await using _sender = await startSender(fixture, quick);
  await eventually("three wait", async () => {
    const open = await itemsOf(noticeRequestsRunId);
    return open.length === 3 && open.every((item) => item["summed"] === true && item["worker"] === undefined);
  });
  expect(recipients()).toHaveLength(1);
  const [allowance] = (await itemsOf(noticeAllowancesRunId)).filter(({ sk }) => String(sk).startsWith("order"));
  const Key = { runId: noticeAllowancesRunId, sk: allowance?.["sk"] };
  await fixture.stack.aws.dynamo.send(new DeleteCommand({ TableName: table(), Key }));
  for (const { sk } of await itemsOf(noticeRequestsRunId)) await dueNow(String(sk));
  await Promise.all(keys.map(outcome));
  expect(fixture.inbox.messages().map(({ subject }) => subject)).toEqual([
    "E2026 · weekend · reg: Send has not moved for 10 minutes",
    "E2026 · weekend · reg: 3 notices",
  ]);
}, 60_000);

test("acceptance 148: a notice that one recipient has got already is not joined with others that came later", async () => {
  const untilHour = 3_600_000 - (Date.now() % 3_600_000);
  if (untilHour < 30_000) await new Promise((resolve) => setTimeout(resolve, untilHour));
  await setting({ addresses: ["team@office.example"] });
  const [first, second] = [
    await decide({ ...ended, kind: "stalled" }, `${workOrderId}#run#stalled#1`),
    await decide({ ...ended, kind: "stalled" }, `${workOrderId}#run#stalled#2`),
  ];
  const open = await requests().open(Date.now());
  const held = open.find(({ sk }) => sk === first);
  await requests().claim(held!, "another sender", Date.now());
  expect(await requests().begin(first, "another sender", "user:anna")).toBe(true);
  for (const [sk, worker] of [
    [first, "another sender"],
    [second, "the same"],
  ] as const) {
    if (sk === second) await requests().claim(open.find((one) => one.sk === sk)!, worker, Date.now());
    expect(await requests().putOff(sk, worker, Date.now() - 1000, { summed: true })).toBe(true);
  }
  await using _sender = await startSender(fixture, quick);
  await Promise.all([first, second].map(outcome));
  expect(recipients().sort()).toEqual(["anna@office.example", "team@office.example", "team@office.example"]);
}, 60_000);
