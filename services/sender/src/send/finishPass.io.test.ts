import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { StepRecord, WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { aClaim, anOutcome } from "@email-agent/shared/testing/claims.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { keepReaping, quick, spawnSender, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

/** The machine may be busy. */
const patience = { withinSeconds: 120 };

/** Planned = sent + failed + skipped + in doubt, with the ledger's own numbers, and no message is on the way. */
async function expectEquation(fixture: SendFixture, order: WorkOrder, step: StepRecord, planned: number) {
  const { sent, failed, skipped, inDoubt, total } = step.languages?.["EN"]?.thisRun ?? {};
  const ofRun = (await fixture.ledger(order)).filter(({ runId }) => runId === step.runId);
  const count = (status: string) => ofRun.filter((delivery) => delivery.status === status).length;
  expect({ sent, failed, inDoubt }).toEqual({
    sent: count("sent"),
    failed: count("failed"),
    inDoubt: count("in-doubt"),
  });
  expect(count("sending")).toBe(0);
  expect(total).toBe(planned);
  expect((sent ?? 0) + (failed ?? 0) + (skipped ?? 0) + (inDoubt ?? 0)).toBe(planned);
}

/** A sender is killed behind its first chunk; `lose` spoils what it left in the tables, and another one goes on. */
async function takenOver(fixture: SendFixture, lose: (runId: string) => Promise<void>) {
  await using _reaper = keepReaping(fixture);
  const chunks = { ...quick, environment: { CHUNK_SIZE: "10" } };
  await using killed = await spawnSender(fixture, chunks);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually(
    "a chunk is done",
    async () => (await Array.fromAsync(fixture.runs.list(runId))).flat().some(({ status }) => status === "done"),
    patience,
  );
  killed.kill("SIGKILL");
  await killed.ended;
  await lose(runId);
  await using _other = await startSender(fixture, chunks);
  return { order, runId, step: await fixture.ended(order.id, "Send", 120) };
}

const update = (fixture: SendFixture, runId: string, sk: string, UpdateExpression: string, values: object) =>
  fixture.stack.aws.dynamo.send(
    new UpdateCommand({
      TableName: fixture.stack.config.RUNS_TABLE,
      Key: { runId, sk },
      UpdateExpression,
      ExpressionAttributeValues: values as Record<string, unknown>,
    }),
  );

test("acceptance 57: people a done chunk says nothing of are found by the sums and mailed before the run is complete", async () => {
  await using fixture = await openSendFixture({ people: somePeople(60), account: { ratePerSecond: 20 } });
  const lost = somePeople(5);
  const { order, step } = await takenOver(fixture, async (runId) => {
    await fixture.addPeople(lost);
    const done = (await Array.fromAsync(fixture.runs.list(runId))).flat().find(({ status }) => status === "done");
    const ids = { ":ids": lost.map(({ id }) => id) };
    await update(fixture, runId, done?.sk ?? "", "SET ids = list_append(ids, :ids)", ids);
    await update(fixture, runId, "plan", "SET planned.EN = planned.EN + :n", { ":n": 5 });
  });
  expect(step).toMatchObject({ status: "complete", counters: { total: 65 } });
  await expectEquation(fixture, order, step, 65);
  for (const { email } of lost) expect(fixture.inbox.messages({ to: email as string })).toHaveLength(1);
  expect(fixture.inbox.duplicates()).toEqual([]);
}, 300_000);

test("acceptance 57: a run whose numbers never add up ends in an error that gives them", async () => {
  await using fixture = await openSendFixture({ people: somePeople(60), account: { ratePerSecond: 20 } });
  const { step } = await takenOver(fixture, async (runId) => {
    await update(fixture, runId, "plan", "SET planned.EN = planned.EN + :n", { ":n": 3 });
  });
  expect(step.status).toBe("error");
  expect(step.message).toMatch(
    /The numbers of EN do not add up: 63 planned, \d+ sent, 0 failed, 0 skipped, \d+ in doubt, so 3 people are without an outcome/,
  );
  expect(fixture.inbox.duplicates()).toEqual([]);
}, 300_000);

test("acceptance 57: at sendUntil everyone left is skipped for that reason, deferred people too, and counted", async () => {
  const people = somePeople(120, (n) => ({ email: `person-${n}@example.org` }));
  await using fixture = await openSendFixture({ people, account: { ratePerSecond: 10 } });
  fixture.inbox.script({ phase: "rcpt", reply: "450 4.2.0 Greylisted, try again later", times: 3 });
  await using _sender = await startSender(fixture, {
    ...quick,
    limits: { ...quick.limits, retryMilliseconds: [3_600_000] },
  });
  const sendUntil = new Date(Date.now() + 4000).toISOString();
  const order = await fixture.addOrder({ sendContinuously: true, sendUntil });
  await fixture.command(order.id, "Send", "start");
  const step = await fixture.ended(order.id, "Send", 120);
  expect(step.status).toBe("complete");
  await expectEquation(fixture, order, step, 120);
  const deferred = (await fixture.ledger(order)).filter(({ status }) => status === "deferred");
  expect(deferred.length).toBeGreaterThanOrEqual(3);
  const skipped = new Set<string>();
  for await (const { chunks } of fixture.runs.skipped(step.runId ?? "", "EN", { limit: 10 }))
    for (const chunk of chunks)
      for (const [id, reason] of Object.entries(chunk.skipped)) if (reason === "send-until") skipped.add(id);
  expect(deferred.filter(({ participantId }) => !skipped.has(participantId))).toEqual([]);
  expect(step.counters?.skipped).toBe(skipped.size);
  expect(step.languages?.["EN"]?.reasons).toMatchObject({ "send-until": skipped.size });
  expect(step.message).toContain(`as planned; ${skipped.size} people were not mailed.`);
}, 300_000);

test("acceptance 57: people who wait for the quota when sending ends are skipped by name in a last pass that mails no one", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(50),
    account: { quotaPer24h: 20, ratePerSecond: 100 },
  });
  await using _sender = await startSender(fixture, quick);
  const sendUntil = new Date(Date.now() + 6000).toISOString();
  const order = await fixture.addOrder({ sendContinuously: true, sendUntil });
  await fixture.command(order.id, "Send", "start");
  expect(await fixture.ended(order.id, "Send", 120)).toMatchObject({ status: "sleeping", counters: { sent: 20 } });
  await using _reaper = keepReaping(fixture);
  const step = await eventually(
    "it is complete",
    async () => {
      const now = await fixture.step(order.id, "Send");
      return now.status === "complete" ? now : undefined;
    },
    patience,
  );
  await expectEquation(fixture, order, step, 30);
  expect(step).toMatchObject({ counters: { total: 50, sent: 20, skipped: 30 } });
  expect(step.message).toContain("as planned; 30 people were not mailed.");
  expect(fixture.inbox.messages()).toHaveLength(20);
}, 300_000);

test("a person deferred by a late reply to an earlier run is mailed by this run, also when it is taken over meanwhile", async () => {
  const people = somePeople(10);
  const late = people[0]?.id ?? "";
  await using fixture = await openSendFixture({ people, account: { ratePerSecond: 5 } });
  await using _reaper = keepReaping(fixture);
  await using killed = await spawnSender(fixture, quick);
  const order = await fixture.addOrder();
  const partition = mailingKey(order, "EN");
  const claim = aClaim({ participantId: late, language: "EN" });
  await fixture.deliveries.claim(partition, [claim], { runId: claim.runId, now: claim.sendingAt, userStarted: true });
  await fixture.deliveries.settle(partition, [anOutcome(claim, { status: "in-doubt" })]);
  const runId = await fixture.command(order.id, "Send", "start");
  const planned = async (mails: number) => (await fixture.runs.plan(runId))?.planned["EN"] === mails;
  await eventually("the others are planned", () => planned(9), patience);
  const deferred = {
    status: "deferred",
    endedAt: instant(Date.now()),
    nextAttemptAt: instant(Date.now() + 12_000),
  } as const;
  await fixture.deliveries.settle(partition, [anOutcome(claim, deferred)]);
  await eventually("they are planned as well", () => planned(10), patience);
  killed.kill("SIGKILL");
  await killed.ended;
  await using _other = await startSender(fixture, quick);
  const step = await fixture.ended(order.id, "Send", 120);
  expect(step).toMatchObject({ status: "complete" });
  await expectEquation(fixture, order, step, 10);
  expect(fixture.inbox.duplicates()).toEqual([]);
}, 300_000);

test("a person deferred by a late reply for whom the confirmed number leaves no room is reported, not forgotten", async () => {
  const people = somePeople(26);
  const late = people[0]?.id ?? "";
  await using fixture = await openSendFixture({ people, account: { ratePerSecond: 10 } });
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder();
  const partition = mailingKey(order, "EN");
  const claim = aClaim({ participantId: late, language: "EN" });
  await fixture.deliveries.claim(partition, [claim], { runId: claim.runId, now: claim.sendingAt, userStarted: true });
  await fixture.deliveries.settle(partition, [anOutcome(claim, { status: "in-doubt" })]);
  // With the five allowed in addition all 25 others are planned, and no one else may be.
  const runId = await fixture.command(order.id, "Send", "start", 20);
  await eventually("the others are planned", async () => (await fixture.runs.plan(runId))?.complete, patience);
  const deferred = anOutcome(claim, { status: "deferred", endedAt: instant(Date.now()) });
  await fixture.deliveries.settle(partition, [deferred]);
  const step = await fixture.ended(order.id, "Send", 60);
  expect(step).toMatchObject({
    status: "error",
    message: "25 sent of 20 confirmed. 1 more person is eligible since the Dry-Run: press Start to see them.",
  });
  await expectEquation(fixture, order, step, 25);
}, 120_000);
