import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { tcpProxy } from "@email-agent/shared/testing/tcpProxy.ts";
import { expect, test } from "vitest";
import { quick, startSender } from "../../testing/senders.ts";
import { openSendFixture, type SendFixture, somePeople } from "../../testing/sendFixture.ts";

/** A sender behind proxies of its own, so that only it is cut off. */
async function behindLines(fixture: SendFixture) {
  const portOf = (name: string) => Number(new URL(fixture.environment[name] as string).port);
  const [dynamo, redis] = await Promise.all([
    tcpProxy(portOf("AWS_ENDPOINT_URL_DYNAMODB")),
    tcpProxy(portOf("REDIS_URL")),
  ]);
  const environment = {
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamo.port}`,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  };
  // Long enough that nothing counts as lost meanwhile, as with 60 s in production.
  return {
    dynamo,
    redis,
    options: { ...quick, environment, limits: { ...quick.limits, takeOverMilliseconds: 20_000 } },
  };
}

const usedOf = async (fixture: SendFixture) =>
  (await fixture.itemsOf(fixture.stack.config.QUOTA_TABLE)).reduce((sum, item) => sum + Number(item["used"]), 0);

test("acceptance 6: with DynamoDB away in the middle a Send goes on by itself, and no one is in doubt or mailed twice", async () => {
  const people = 200;
  await using fixture = await openSendFixture({ people: somePeople(people), account: { ratePerSecond: 100 } });
  const { dynamo, redis, options } = await behindLines(fixture);
  await using _dynamo = dynamo;
  await using _redis = redis;
  await using sender = await startSender(fixture, options);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually("sending has begun", () => fixture.inbox.messages().length > 40, { withinSeconds: 20 });
  dynamo.cut();
  await pause(3000);
  const during = fixture.inbox.messages().length;
  expect(during).toBeLessThan(people);
  dynamo.mend();
  const step = await fixture.ended(order.id, "Send", 30);

  expect(step).toMatchObject({ status: "complete", runId, counters: { total: people, sent: people, inDoubt: 0 } });
  expect(fixture.inbox.counts()).toMatchObject([{ messages: people, recipients: people }]);
  expect((await fixture.orders.get(order.id))?.losses).toBe(0);
  expect(sender.logged.filter(({ level }) => level === "error")).toEqual([]);
}, 60_000);

test("with Redis away in the middle a Send goes on by itself, and the quota holds what was sent", async () => {
  const people = 150;
  await using fixture = await openSendFixture({ people: somePeople(people), account: { ratePerSecond: 60 } });
  const { dynamo, redis, options } = await behindLines(fixture);
  await using _dynamo = dynamo;
  await using _redis = redis;
  await using sender = await startSender(fixture, options);
  const order = await fixture.addOrder();
  const runId = await fixture.command(order.id, "Send", "start");
  await eventually("sending has begun", () => fixture.inbox.messages().length > 30, { withinSeconds: 20 });
  redis.cut();
  await pause(2000);
  expect(fixture.inbox.messages().length).toBeLessThan(people);
  redis.mend();
  const step = await fixture.ended(order.id, "Send", 30);

  expect(step).toMatchObject({ status: "complete", runId, counters: { total: people, sent: people, inDoubt: 0 } });
  expect(fixture.inbox.messages()).toHaveLength(people);
  expect(await usedOf(fixture)).toBe(people);
  expect(sender.logged.filter(({ level }) => level === "error")).toEqual([]);
}, 60_000);
