import { setTimeout as pause } from "node:timers/promises";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { type RedisNode, type RedisPair, startRedisPair } from "@email-agent/shared/testing/redisPair.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../infra/local/freePort.ts";
import { freePorts } from "../../infra/local/ports.ts";
import { expectReconciled, type Story, startStory } from "./story.ts";

const users = ["ingest", "campaign", "sender"] as const;

let pair: RedisPair;
let story: Story;
const healthPorts: Record<string, number> = {};
beforeAll(async () => {
  pair = await startRedisPair();
  vi.stubEnv("REDIS_URL", pair.url);
  for (const name of users) healthPorts[name] = await freePort();
  const { ingest, campaign, sender } = healthPorts as Record<(typeof users)[number], number>;
  const ports = { ...freePorts, ingestHealth: ingest, campaignHealth: campaign, senderHealth: sender };
  story = await startStory(300, { ports });
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await story?.[Symbol.asyncDispose]();
  await pair?.[Symbol.asyncDispose]();
});

const readiness = () =>
  Promise.all(users.map(async (name) => (await fetch(`http://127.0.0.1:${healthPorts[name]}/readyz`)).status));
const untilAllAre = (status: number, withinSeconds: number) =>
  eventually(`all are ${status}`, async () => (await readiness()).every((one) => one === status), {
    ...{ withinSeconds, everyMilliseconds: 100 },
  });

/** The roles change, and the address follows two seconds later, as a name in DNS does. */
async function failOver(to: RedisNode): Promise<void> {
  await pair.switchRoles(to);
  await untilAllAre(503, 5);
  await pause(1000);
  pair.moveTo(to);
  await untilAllAre(200, 10);
}

const slowOrder = async (eventCode: string, stage: string) => {
  const { id } = await story.order(eventCode, stage);
  // The slow account, so that there is a middle.
  await story.stack.orders.write(id, { set: [[["account"], "retreat-office"]], remove: [], when: [] });
  return id;
};

test("acceptance 80: Redis changes roles twice during a Send: the services are not ready, reconnect, and finish it without a duplicate", {
  timeout: 240_000,
}, async () => {
  const { operator, stack } = story;
  const id = await slowOrder("SUMMER26", "reg");
  await story.complete(id, "Count");
  await failOver(pair.second);
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  const runId = await operator.command(id, "Send", "start");
  await story.untilSent(id, 30);
  await failOver(pair.first);
  await story.untilSent(id, 60);
  await failOver(pair.second);
  const ended = await operator.until(id, (order) => order.steps.Send.status !== "working", 120);
  expect(ended.steps.Send, story.trouble.join("\n")).toMatchObject({
    ...{ status: "complete", runId },
    counters: { inDoubt: 0, failed: 0 },
  });
  expectReconciled(stack, ended);
  await failOver(pair.first);
  await pair.inSync(pair.first, pair.second);
});

test("acceptance 80: a primary that freezes during a Send is left within seconds, and comes back as a replica unnoticed", {
  timeout: 240_000,
}, async () => {
  const { operator, stack } = story;
  const id = await slowOrder("SUMMER26", "confirm");
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  const runId = await operator.command(id, "Send", "start");
  await story.untilSent(id, 30);
  process.kill(pair.first.pid, "SIGSTOP");
  try {
    await pair.second.admin.replicaof("NO", "ONE");
    // The replica was behind: what it holds of the queues is lost as well.
    await pair.second.admin.flushall();
    pair.moveTo(pair.second);
    await untilAllAre(200, 15);
  } finally {
    process.kill(pair.first.pid, "SIGCONT");
  }
  await pair.first.admin.replicaof("127.0.0.1", pair.second.port);
  const ended = await operator.until(id, (order) => order.steps.Send.status !== "working", 150);
  expect(ended.steps.Send, story.trouble.join("\n")).toMatchObject({
    ...{ status: "complete", runId },
    counters: { inDoubt: 0, failed: 0 },
  });
  expectReconciled(stack, ended);
  expect(await readiness()).toEqual([200, 200, 200]);
});
