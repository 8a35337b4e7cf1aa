import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import type { Chunk, Plan } from "@email-agent/shared/domain/delivery/run.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { loadMailing } from "@email-agent/shared/run/loadMailing.ts";
import { aParticipant } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, silent, somePeople } from "../../testing/sendFixture.ts";
import { newPlan, planRun } from "./planRun.ts";
import { sendCeiling } from "./sendCeiling.ts";

const numbered = (prefix: string, count: number) =>
  somePeople(count, (n) => ({ id: `${prefix}-${String(n).padStart(4, "0")}` }));
const mailed = (fixture: SendFixture) =>
  fixture.inbox
    .messages()
    .flatMap(({ to }) => to)
    .sort();
const addresses = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(4, "0")}@example.org`);

/** Every planned person has one outcome. */
function expectWhole({ counters, languages = {} }: StepRecord) {
  for (const { thisRun } of Object.values(languages)) {
    const { total = 0, sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = thisRun ?? {};
    expect(sent + failed + skipped + inDoubt).toBe(total);
  }
  const { total = 0, sent = 0, failed = 0, skipped = 0, inDoubt = 0 } = counters ?? {};
  expect(sent + failed + skipped + inDoubt).toBe(total);
}

test("acceptance 58: more people than confirmed get no mail until they are confirmed, and then everyone has one", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 160) });
  await using _sender = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "20" } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start", 100);
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({
    status: "error",
    message: "100 sent as confirmed. 60 more people are eligible since the Dry-Run: press Start to see them.",
    counters: { total: 100, sent: 100, skipped: 0, failed: 0, inDoubt: 0 },
  });
  expect(step.languages?.["EN"]?.reasons).toMatchObject({ "not-confirmed": 60 });
  expectWhole(step);
  // The first in the order of ids, so that a repeated count leaves out the same people.
  expect(mailed(fixture)).toEqual(addresses("p", 100));

  await fixture.command(order.id, "Send", "start", 60);
  const rest = await fixture.ended(order.id, "Send");
  expect(rest).toMatchObject({ status: "complete", counters: { total: 160, sent: 160 } });
  expect(rest.languages?.["EN"]?.thisRun).toMatchObject({ total: 60, sent: 60 });
  expect(mailed(fixture)).toEqual(addresses("p", 160));
});

test("the confirmed number counts mails over all languages, and the later language is cut", async () => {
  const readers = ["English", "Spanish"];
  const people = numbered("p", 60).map((one, n) => ({ ...one, writtenLangPref: readers[n % 2] as string }));
  await using fixture = await openSendFixture({ people });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ languages: ["EN", "SP"] });
  await fixture.command(order.id, "Send", "start", 70);
  const step = await fixture.ended(order.id, "Send");
  // English goes to everybody.
  expect(step).toMatchObject({
    status: "error",
    message: "70 sent as confirmed. 20 more mails are eligible since the Dry-Run: press Start to see them.",
    counters: { total: 70, sent: 70 },
  });
  expect(step.languages?.["EN"]?.thisRun).toMatchObject({ total: 60 });
  expect(step.languages?.["SP"]).toMatchObject({ thisRun: { total: 10 }, reasons: { "not-confirmed": 20 } });
  expectWhole(step);
});

test("a few more than confirmed are mailed at once; where no one was confirmed, at most five", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 5) });
  await using _sender = await startSender(fixture, quick);
  const few = await fixture.addOrder();
  await fixture.command(few.id, "Send", "start", 0);
  expect(await fixture.ended(few.id, "Send")).toMatchObject({ status: "complete", counters: { total: 5, sent: 5 } });

  await fixture.addPeople(numbered("q", 6));
  await fixture.command(few.id, "Send", "start", 0);
  const none = await fixture.ended(few.id, "Send");
  expect(none).toMatchObject({
    status: "error",
    message: "0 sent as confirmed. 6 more people are eligible since the Dry-Run: press Start to see them.",
    counters: { total: 5, sent: 5 },
  });
  expectWhole(none);
  expect(fixture.inbox.messages()).toHaveLength(5);
});

test("people reached before do not count; those who failed or were deferred before do, and are among the confirmed", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 40) });
  await using _sender = await startSender(fixture, quick);
  fixture.inbox.script({ phase: "rcpt", recipient: "p-0003@example.org", reply: "550 5.7.1 Not today", times: 1 });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start", 40);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ counters: { total: 40, sent: 39, failed: 1 } });
  await fixture.addPeople(numbered("q", 9));
  await fixture.command(order.id, "Send", "start", 10);
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({ status: "complete", counters: { total: 49, sent: 49, failed: 0 } });
  expectWhole(step);
});

/** Wakes a sleeping Send as ingest does when its time has come. */
async function wake(fixture: SendFixture, id: string) {
  const past = instant(Date.now() - 1000);
  const set = [
    [["steps", "Send", "nextRunAt"], past],
    [["runCheckAt"], past],
  ] as const;
  await fixture.orders.write(id, { set, remove: [], when: [] });
  await fixture.reap({
    heartbeatMilliseconds: 300,
    pickUpMilliseconds: 60_000,
    takeOverMilliseconds: 60_000,
    lossesSurvived: 2,
  });
}

test("a Send that sleeps for quota keeps the confirmed number when it wakes", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 90), account: { quotaPer24h: 40 } });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start", 60);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "sleeping", confirmedRecipients: 60 });
  expect(fixture.inbox.messages()).toHaveLength(40);
  await fixture.addAccount({ quotaPer24h: 1000 });
  await wake(fixture, order.id);
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({
    status: "error",
    message: "60 sent as confirmed. 30 more people are eligible since the Dry-Run: press Start to see them.",
    counters: { total: 60, sent: 60 },
  });
  expectWhole(step);
  expect(fixture.inbox.messages()).toHaveLength(60);
});

test("passes of one Send share the tolerance: each wake-up does not bring another few people", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 24), account: { quotaPer24h: 22 } });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start", 20);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "sleeping", counters: { sent: 22 } });
  await fixture.addPeople(numbered("q", 3));
  await fixture.addAccount({ quotaPer24h: 1000 });
  await wake(fixture, order.id);
  const step = await fixture.ended(order.id, "Send");
  expect(step).toMatchObject({
    status: "error",
    message: "22 sent of 20 confirmed. 5 more people are eligible since the Dry-Run: press Start to see them.",
  });
  expectWhole(step);
  expect(fixture.inbox.messages()).toHaveLength(22);
});

test("the pass that wakes mails newcomers however many: the confirmed number limits the first pass only", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 10) });
  await using _sender = await startSender(fixture, quick);
  const sendUntil = new Date(Date.now() + 3_600_000).toISOString();
  const order = await fixture.addOrder({ sendContinuously: true, sendUntil, sendInterval: 60 });
  await fixture.command(order.id, "Send", "start", 10);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({ status: "sleeping", counters: { sent: 10 } });
  await fixture.addPeople(numbered("q", 30));
  await wake(fixture, order.id);
  expect(await fixture.ended(order.id, "Send")).toMatchObject({
    status: "sleeping",
    counters: { total: 40, sent: 40 },
  });
});

/** Plans a run by hand; `until` pages, as a coordinator that dies behind the last of them. */
async function planning(fixture: SendFixture, confirmed: number) {
  const { aws, config } = fixture.stack;
  const order = await fixture.addOrder({ languages: ["EN", "SP"] });
  order.steps.Send = { status: "working", confirmedRecipients: confirmed };
  const sources = { events: events(aws, config), config: configTable(aws, config, { log: silent }) };
  const loaded = await loadMailing(sources, order);
  const mailings = loaded.languages.map((language) => loaded.mailing(language));
  const ports = {
    runs: fixture.runs,
    participants: participants(aws, config),
    deliveries: deliveries(aws, config),
    clock,
  };
  const run = { runId: `run-${order.id}`, order, signal: new AbortController().signal, proveLease: () => {} };
  const ceiling = await sendCeiling(ports, run, mailings);
  const first = { ...newPlan(run.runId, 1, ["EN", "SP"], Date.now()), ...ceiling };
  const options = { pass: "user-started", chunkSize: 100 } as const;
  return {
    first,
    async from(plan: Plan, pages = Number.POSITIVE_INFINITY): Promise<Plan> {
      let seen = 0;
      const die = () => {
        seen += 1;
        if (seen >= pages) throw new Error("the process was lost");
      };
      await planRun(ports, run, mailings, options, plan, die).catch((error: Error) => {
        if (error.message !== "the process was lost") throw error;
      });
      return (await fixture.runs.plan(run.runId)) as Plan;
    },
    async ids(): Promise<string[]> {
      const chunks: Chunk[] = [];
      for await (const page of fixture.runs.list(run.runId)) chunks.push(...page);
      return chunks.flatMap(({ language, ids }) => ids.map((id) => `${language} ${id}`)).sort();
    },
  };
}

test("a run has one ceiling, however often planning is taken over and people register meanwhile", async () => {
  await using fixture = await openSendFixture({ people: numbered("p", 700) });
  const { first, from, ids } = await planning(fixture, 700);
  expect(first).toMatchObject({ ceiling: 714, lastIds: {} });
  const once = await from(first, 1);
  expect(once.complete).toBe(false);
  await fixture.addPeople(numbered("a", 300));
  const twice = await from({ ...once, fence: 2 }, 1);
  const last = await from({ ...twice, fence: 3 });
  expect(last.complete).toBe(true);
  const planned = await ids();
  expect(planned.length).toBe(Object.values(last.planned).reduce((sum, one) => sum + one, 0));
  expect(planned.length).toBeLessThanOrEqual(714);
  expect(new Set(planned).size).toBe(planned.length);
});

test("a run taken over in the middle of planning leaves out the same people", async () => {
  await using fixture = await openSendFixture({ people: [...numbered("p", 600), aParticipant({ unsubscribe: true })] });
  const { first, from, ids } = await planning(fixture, 350);
  expect(first).toMatchObject({ ceiling: 350, lastIds: { EN: "p-0349" } });
  let plan = first;
  for (let takeover = 1; !plan.complete && takeover < 20; takeover += 1)
    plan = await from({ ...plan, fence: takeover }, 1);
  expect(plan.complete).toBe(true);
  expect(plan.skipped["EN"]).toEqual({ "not-confirmed": 250, unsubscribed: 1 });
  expect(await ids()).toEqual(numbered("p", 350).map(({ id }) => `EN ${id}`));
});
