import { setTimeout as pause } from "node:timers/promises";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { accountRequests } from "@email-agent/shared/adapters/accountRequests.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

/** Pauses the account as the Settings do, or resumes it. */
async function setPaused(fixture: SendFixture, reason?: string): Promise<void> {
  const { aws, config } = fixture.stack;
  const paused = { by: "anna", at: "2026-03-01T12:00:00.000Z", reason };
  await aws.dynamo.send(
    new UpdateCommand({
      TableName: config.CONFIG_TABLE,
      Key: { pk: "account", sk: "office" },
      UpdateExpression: reason === undefined ? "REMOVE paused" : "SET paused = :paused",
      ...(reason !== undefined && { ExpressionAttributeValues: { ":paused": paused } }),
    }),
  );
}

test("acceptance 120: a paused account begins no mail within seconds on every sender, the Send says why, and goes on when it is resumed", async () => {
  await using fixture = await openSendFixture({
    people: somePeople(300),
    account: { ratePerSecond: 25, maxConnections: 4 },
  });
  await using _one = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "20" } });
  await using _two = await startSender(fixture, { ...quick, environment: { CHUNK_SIZE: "20" } });
  const order = await fixture.addOrder();
  await fixture.command(order.id, "Send", "start");
  await eventually("mail goes out", async () => fixture.inbox.messages().length > 20, { withinSeconds: 30 });
  await setPaused(fixture, "complaints came in");
  await pause(4000);
  const sent = fixture.inbox.messages().length;
  expect(sent).toBeLessThan(290);
  await pause(4000);
  expect(fixture.inbox.messages()).toHaveLength(sent);
  const says = async () => {
    const now = await fixture.step(order.id, "Send");
    return now.waiting?.paused?.byHand && now.counters?.sent === sent ? now : undefined;
  };
  const step = await eventually("the order says why", says, { withinSeconds: 30 });
  expect(step).toMatchObject({
    status: "working",
    waiting: { paused: { because: "it was paused by hand: \u2068complaints came in\u2069" } },
    counters: { failed: 0, inDoubt: 0 },
  });
  expect(step.message).toContain("paused until it is resumed in the settings, because it was paused by hand");

  // Neither does a trial mail leave.
  const requests = accountRequests(fixture.stack.aws, fixture.stack.config);
  const sk = ulid();
  await requests.put({ sk, kind: "trial", account: "office", by: "anna", to: "ana@example.net" }, Date.now());
  const trial = await eventually("the trial is over", async () => {
    const now = await requests.get(sk);
    return now?.status === "done" ? now : undefined;
  });
  expect(trial.lines).toMatchObject([
    { verdict: "fail", text: "The account is paused: \u2068complaints came in\u2069" },
  ]);
  expect(fixture.inbox.messages()).toHaveLength(sent);

  const resumedAt = Date.now();
  await setPaused(fixture);
  await eventually("mail goes out again", async () => fixture.inbox.messages().length > sent, { withinSeconds: 15 });
  expect(Date.now() - resumedAt).toBeLessThan(15_000);
  const ended = await fixture.ended(order.id, "Send", 60);
  expect(ended).toMatchObject({ status: "complete", counters: { sent: 300, failed: 0, inDoubt: 0 } });
  expect(fixture.inbox.duplicates()).toEqual([]);
}, 120_000);

test("a Send whose end comes while the account is paused skips the rest", async () => {
  await using fixture = await openSendFixture({ people: somePeople(40) });
  await setPaused(fixture, "holiday");
  await using _sender = await startSender(fixture, quick);
  const order = await fixture.addOrder({ sendUntil: new Date(Date.now() + 6000).toISOString() });
  await fixture.command(order.id, "Send", "start");
  const ended = await fixture.ended(order.id, "Send", 60);
  expect(ended).toMatchObject({ status: "complete", counters: { sent: 0, failed: 0, skipped: 40 } });
  expect(fixture.inbox.messages()).toHaveLength(0);
}, 90_000);
