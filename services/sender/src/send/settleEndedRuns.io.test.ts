import { setTimeout as pause } from "node:timers/promises";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { mailingKey, testPartition } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { resetBy } from "@email-agent/shared/domain/lifecycle/invalidation.ts";
import { archiveWrite, saveWrite } from "@email-agent/shared/domain/lifecycle/orderEdit.ts";
import { recountWrite } from "@email-agent/shared/domain/lifecycle/settlementWrites.ts";
import { progressWrite } from "@email-agent/shared/domain/lifecycle/workerWrites.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { quick, spawnSender, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

const reaping = { heartbeatMilliseconds: 300, pickUpMilliseconds: 1000, takeOverMilliseconds: 2500, lossesSurvived: 2 };

/** The machine may be busy. */
const patience = { withinSeconds: 60 };

/** Ingest's looks at runs and at what ended runs left, as often as tests need them. */
function keepLooking(fixture: SendFixture): AsyncDisposable {
  const stop = new AbortController();
  const looking = (async () => {
    while (!stop.signal.aborted) {
      await fixture.reap(reaping);
      await fixture.settle();
      await pause(200);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await looking;
    },
  };
}

/** A Send whose server is slow, so that there are always messages on the wire; its sender is killed in the middle. */
async function killedWhileSending(fixture: SendFixture): Promise<{ order: WorkOrder; runId: string }> {
  fixture.inbox.script({ phase: "dot", delayMilliseconds: 150, times: "always" });
  await using killed = await spawnSender(fixture, quick);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually("sending has begun", () => fixture.inbox.messages().length > 20, { withinSeconds: 60 });
  killed.kill("SIGKILL");
  await killed.ended;
  expect(await statusesOf(fixture, order)).toContain("sending");
  return { order, runId };
}

async function statusesOf(fixture: SendFixture, order: WorkOrder): Promise<string[]> {
  return (await fixture.ledger(order)).map(({ status }) => status);
}

async function settled(fixture: SendFixture, order: WorkOrder): Promise<WorkOrder> {
  return eventually(
    "the run is settled",
    async () => {
      const now = await fixture.orders.get(order.id);
      return now?.runState === undefined && now?.unsettled === undefined ? now : undefined;
    },
    { withinSeconds: 60 },
  );
}

/** The numbers of the step and of the run's line in the audit are those of the ledger, and nothing is without an end. */
async function expectOneTruth(fixture: SendFixture, order: WorkOrder, runId: string) {
  const now = await settled(fixture, order);
  const statuses = await statusesOf(fixture, order);
  const count = (status: string) => statuses.filter((one) => one === status).length;
  expect(count("sending")).toBe(0);
  const numbers = { sent: count("sent"), failed: count("failed"), inDoubt: count("in-doubt") };
  expect(now.steps.Send.counters).toMatchObject(numbers);
  expect(now.steps.Send.languages?.["EN"]).toMatchObject(numbers);
  for await (const line of audit(fixture.stack.aws, fixture.stack.config).lines(order.id, "E"))
    if (line.sk === `E#${runId}#Send`) expect(line.data?.["counters"]).toEqual(now.steps.Send.counters);
  expect(fixture.inbox.duplicates()).toEqual([]);
  return now;
}

const manyPeople = { people: somePeople(200), account: { ratePerSecond: 100, maxConnections: 2 } };

test("acceptance 56: a sender killed and the order stopped: its claims become in-doubt and are counted, without a start", async () => {
  await using fixture = await openSendFixture(manyPeople);
  const { order, runId } = await killedWhileSending(fixture);
  await fixture.command(order.id, "Send", "stop");
  expect(await fixture.step(order.id, "Send")).toMatchObject({ status: "interrupted" });
  await using _other = await startSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  const now = await expectOneTruth(fixture, order, runId);
  expect(now.steps.Send).toMatchObject({ status: "interrupted", message: "Stopped by a user." });
  expect(now.steps.Send.counters?.inDoubt).toBeGreaterThan(0);
  expect(now.steps.Send.counters?.total).toBe(200);
}, 180_000);

test("acceptance 56: the order is archived and Redis loses its memory meanwhile", async () => {
  await using fixture = await openSendFixture(manyPeople);
  const { order, runId } = await killedWhileSending(fixture);
  await fixture.command(order.id, "Send", "stop");
  expect(await fixture.orders.write(order.id, archiveWrite("anna", Date.now()))).toBeDefined();
  await fixture.settle();
  await fixture.emptyRedis();
  await using killed = await spawnSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  await eventually(
    "a settler is at work",
    async () => (await fixture.orders.get(order.id))?.settler !== undefined,
    patience,
  );
  await fixture.emptyRedis();
  killed.kill("SIGKILL");
  await using _other = await startSender(fixture, quick);
  const now = await expectOneTruth(fixture, order, runId);
  expect(now).toMatchObject({ archived: true, steps: { Send: { status: "interrupted" } } });
}, 180_000);

test("acceptance 56: a sender killed and its account disabled: the run ends in error, and its claims are settled", async () => {
  await using fixture = await openSendFixture(manyPeople);
  const { order, runId } = await killedWhileSending(fixture);
  await fixture.addAccount({ name: "office", enabled: false, ...manyPeople.account });
  await using _other = await startSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({ status: "error", runId });
  const now = await expectOneTruth(fixture, order, runId);
  expect(now.steps.Send).toMatchObject({ status: "error", message: expect.stringMatching(/disabled/) });
  expect(now.steps.Send.counters?.inDoubt).toBeGreaterThan(0);
}, 180_000);

test("acceptance 56: a start behind the stop takes the settling over and mails the rest", async () => {
  await using fixture = await openSendFixture(manyPeople);
  const { order, runId } = await killedWhileSending(fixture);
  await fixture.command(order.id, "Send", "stop");
  await using _other = await startSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  await eventually(
    "a settler is at work",
    async () => (await fixture.orders.get(order.id))?.settler !== undefined,
    patience,
  );
  fixture.inbox.clearScripts();
  const next = await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 60);
  expect(step).toMatchObject({ status: "complete", runId: next });
  const now = await expectOneTruth(fixture, order, next);
  const { sent = 0, inDoubt = 0 } = now.steps.Send.counters ?? {};
  expect(sent + inDoubt).toBe(200);
  const lines = audit(fixture.stack.aws, fixture.stack.config).lines(order.id, "E");
  const first = (await Array.fromAsync(lines)).find(({ sk }) => sk === `E#${runId}#Send`);
  const thisRun = now.steps.Send.languages?.["EN"]?.thisRun?.sent ?? 0;
  expect(first?.data?.["counters"]).toMatchObject({ sent: sent - thisRun, inDoubt });
}, 180_000);

test("acceptance 56: a message on the wire when the run is stopped gets its own outcome, however late, and is counted", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(40),
    account: { ratePerSecond: 20, maxConnections: 2 },
  });
  // Within the age of a claim (3 s), and beyond it.
  const within = fixture.inbox.script({ phase: "dot", delayMilliseconds: 2000, times: 1 });
  const beyond = fixture.inbox.script({ phase: "dot", delayMilliseconds: 6000, times: 1 });
  await using _sender = await startSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually("both are on the wire", () => within.hits + beyond.hits === 2, patience);
  await fixture.command(order.id, "Send", "stop");
  const inDoubt = async () => (await statusesOf(fixture, order)).filter((status) => status === "in-doubt").length;
  await eventually("one is beyond the age of a claim", async () => (await inDoubt()) > 0, patience);
  expect(await inDoubt()).toBe(1);
  await eventually("it got its outcome", async () => (await inDoubt()) === 0, { withinSeconds: 40 });
  const now = await eventually(
    "it is counted",
    async () => {
      const { steps } = await settled(fixture, order);
      return steps.Send.counters?.inDoubt === 0 ? steps : undefined;
    },
    patience,
  );
  expect(now.Send.counters?.sent).toBe(fixture.inbox.messages().length);
  await expectOneTruth(fixture, order, runId);
}, 180_000);

/** A claim as a worker makes it that dies behind it. */
async function claimAndDie(fixture: SendFixture, order: WorkOrder, partition: string, runId: string, id: string) {
  const now = new Date().toISOString();
  const claim = {
    ...{ participantId: id, runId, claimId: `claim-${id}`, attempt: 1, contentHash: "x", workOrderId: order.id },
    ...{ account: "office", language: "EN", name: "Ana", email: "a@example.org", sendingAt: now },
  };
  expect(await fixture.deliveries.claim(partition, [claim], { runId, now, userStarted: true })).toEqual(["claimed"]);
}

test("acceptance 56: a new revision behind the stop changes neither what is settled nor the order", async () => {
  await using fixture = await openSendFixture({ people: somePeople(3, (n) => ({ id: `p-${n}` })) });
  const order = await fixture.addOrder();
  const key = mailingKey(order, "EN");
  const runId = await fixture.command(order.id, "Send", "start");
  await claimAndDie(fixture, order, key, runId, "p-0");
  await fixture.command(order.id, "Send", "stop");
  const before = (await fixture.orders.get(order.id)) as WorkOrder;
  const patch = { revision: 2 };
  const write = saveWrite(before, patch, resetBy(before, patch), "no lease");
  const saved = await fixture.orders.write(order.id, {
    ...write,
    when: write.when.filter(({ path }) => path[0] !== "editLease"),
  });
  expect(saved).toMatchObject({ revision: 2, steps: { Send: { status: "ready" } } });
  await using _sender = await startSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  const now = await settled(fixture, order);
  expect(await fixture.deliveries.get(key, "p-0")).toMatchObject({ status: "in-doubt" });
  expect(now.steps.Send).toEqual(saved?.steps.Send);
  const lines = await Array.fromAsync(audit(fixture.stack.aws, fixture.stack.config).lines(order.id, "E"));
  expect(lines).toMatchObject([{ sk: `E#${runId}#Send`, data: { counters: { total: 1, sent: 0, inDoubt: 1 } } }]);
}, 180_000);

test("acceptance 56: what a stopped Test left is settled and counted as well", async () => {
  await using fixture = await openSendFixture({ people: somePeople(2, (n) => ({ id: `p-${n}` })) });
  const order = await fixture.addOrder({ testers: ["p-0", "p-1"] });
  const runId = await fixture.command(order.id, "Test", "start");
  const counters = { total: 2, sent: 0, skipped: 0, failed: 0, inDoubt: 0 };
  const told = { counters, languages: { EN: counters } };
  const token = (await fixture.orders.get(order.id))?.fence ?? 0;
  await fixture.orders.write(order.id, progressWrite({ step: "Test", runId, token }, told));
  const partition = testPartition(mailingKey(order, "EN"), runId);
  await claimAndDie(fixture, order, partition, runId, "p-1");
  await fixture.command(order.id, "Test", "stop");
  await using _sender = await startSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  const now = await settled(fixture, order);
  expect(await fixture.deliveries.get(partition, "p-1")).toMatchObject({ status: "in-doubt" });
  const numbers = { ...counters, inDoubt: 1 };
  expect(now.steps.Test).toMatchObject({ status: "interrupted", counters: numbers, languages: { EN: numbers } });
}, 180_000);

test("a run that completes is not settled: it keeps no clock and costs no look", async () => {
  await using fixture = await openSendFixture({ people: somePeople(3) });
  await using sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({ status: "complete" });
  const now = await fixture.orders.get(order.id);
  for (const field of ["unsettled", "runState", "runCheckAt", "settler"]) expect(now).not.toHaveProperty(field);
  await fixture.settle();
  expect(sender.logged.filter(({ message }) => message.includes("settle"))).toEqual([]);
}, 60_000);

test("acceptance 68: after a doubt is resolved the numbers of a complete Send are the ledger's, and its audit line stays", async () => {
  await using fixture = await openSendFixture({ people: somePeople(3, (n) => ({ id: `p-${n}` })) });
  fixture.inbox.script({ phase: "dot", cut: "close", keep: true });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({
    status: "complete",
    counters: { sent: 2, inDoubt: 1 },
  });
  const doubtful = (await fixture.ledger(order)).find(({ status }) => status === "in-doubt");
  const { participantId = "", claimId = "" } = doubtful ?? {};
  const at = new Date().toISOString();
  const resolution = { participantId, claimId, status: "sent", by: "anna", at } as const;
  expect(await fixture.deliveries.resolve(mailingKey(order, "EN"), resolution)).toBeDefined();
  const ended = await fixture.orders.get(order.id);
  const write = ended && recountWrite(ended, Date.now());
  expect(write && (await fixture.orders.write(order.id, write))).toBeDefined();
  await using _looking = keepLooking(fixture);
  const { steps } = await settled(fixture, order);
  expect(steps.Send).toMatchObject({ status: "complete", counters: { sent: 3, inDoubt: 0 } });
  expect(steps.Send.languages?.["EN"]).toMatchObject({ sent: 3, inDoubt: 0 });
  const lines = await Array.fromAsync(audit(fixture.stack.aws, fixture.stack.config).lines(order.id, "E"));
  expect(lines).toMatchObject([{ data: { counters: { sent: 2, inDoubt: 1 } } }]);
}, 180_000);

test("acceptance 56: a sender that was frozen until its Send was complete leaves no one without an end", async () => {
  const account = { ratePerSecond: 20, maxConnections: 1 };
  await using fixture = await openSendFixture({ people: somePeople(60), account });
  fixture.inbox.script({ phase: "dot", delayMilliseconds: 150, times: "always" });
  await using frozen = await spawnSender(fixture, quick);
  await using _looking = keepLooking(fixture);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  const claimed = async () => (await statusesOf(fixture, order)).filter((status) => status === "sending").length;
  await eventually("mails are claimed whose turn has not come", async () => (await claimed()) > 4, {
    withinSeconds: 60,
    everyMilliseconds: 20,
  });
  frozen.kill("SIGSTOP");
  await using _other = await startSender(fixture, quick);
  const complete = await fixture.ended(order.id, "Send", 90);
  expect(complete).toMatchObject({ status: "complete", runId });
  const { inDoubt = 0 } = complete.counters ?? {};
  expect(inDoubt).toBeGreaterThan(1);
  frozen.kill("SIGCONT");
  // What it never began is known now.
  await eventually(
    "it has said what became of its claims, and that is counted",
    async () => {
      const { steps, unsettled } = (await fixture.orders.get(order.id)) ?? {};
      return unsettled === undefined && (steps?.Send.counters?.inDoubt ?? inDoubt) < inDoubt;
    },
    patience,
  );
  const { steps } = await expectOneTruth(fixture, order, runId);
  const { sent = 0, failed = 0, inDoubt: left = 0 } = steps.Send.counters ?? {};
  expect(sent + failed + left).toBe(60);
  const given = (await fixture.ledger(order)).filter(({ status }) => status === "failed");
  expect(given.length).toBeGreaterThan(0);
  for (const one of given)
    expect(one).toMatchObject({ permanent: false, smtpResponse: expect.stringMatching(/^Not mailed: its sender/) });
  expect(await statusesOf(fixture, order)).not.toContain("deferred");
  // They are mailed by the next start, and no one twice.
  const next = await fixture.command(order.id, "Send", "start");
  await eventually("the retry has ended", async () => (await fixture.step(order.id, "Send")).runId === next, patience);
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({ status: "complete", counters: { failed: 0 } });
  await expectOneTruth(fixture, order, next);
}, 240_000);

test("a start right behind a resolved doubt leaves the audit line of the run before as that ended", async () => {
  await using fixture = await openSendFixture({ people: somePeople(3, (n) => ({ id: `p-${n}` })) });
  fixture.inbox.script({ phase: "dot", cut: "close", keep: true });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await fixture.ended(order.id, "Send", 60);
  const { participantId = "", claimId = "" } =
    (await fixture.ledger(order)).find(({ status }) => status === "in-doubt") ?? {};
  const resolution = { participantId, claimId, status: "sent", by: "anna", at: new Date().toISOString() } as const;
  await fixture.deliveries.resolve(mailingKey(order, "EN"), resolution);
  const ended = await fixture.orders.get(order.id);
  const write = ended && recountWrite(ended, Date.now());
  expect(write && (await fixture.orders.write(order.id, write))).toBeDefined();
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send", 60)).toMatchObject({
    status: "complete",
    counters: { sent: 3, inDoubt: 0 },
  });
  expect((await fixture.orders.get(order.id))?.unsettled).toBeUndefined();
  const lines = await Array.fromAsync(audit(fixture.stack.aws, fixture.stack.config).lines(order.id, "E"));
  const first = lines.find(({ sk }) => sk === `E#${runId}#Send`);
  expect(first?.data?.["counters"]).toMatchObject({ sent: 2, inDoubt: 1 });
}, 180_000);
