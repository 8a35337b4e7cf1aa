import { setTimeout as pause } from "node:timers/promises";
import { mailingKey } from "@email-agent/shared/domain/delivery/mailingKey.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectReconciled, type Story, startStory } from "./story.ts";

/** The slow account sends 20 a second on one connection, and a run has two chunk workers at a time on such an account. */
const ratePerSecond = 20;
const chunkWorkers = 2;
const takenUpSeconds = 90;

let story: Story;
beforeAll(async () => {
  story = await startStory(500);
});
afterAll(() => story?.[Symbol.asyncDispose]());

test("acceptance 6: every process killed in the middle of Send, and the run goes on by itself", {
  timeout: 240_000,
}, async () => {
  const { operator, stack } = story;
  const { id } = await story.order("RETREAT26", "reg");
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  const runId = await operator.command(id, "Send", "start");
  await story.untilSent(id, 30);

  for (const service of Object.values(stack.services)) process.kill(service.pid() as number, "SIGKILL");
  const before = operator.seen(id)?.steps.Send.counters?.sent ?? 0;
  // It is taken up when the next mail goes out.
  await operator.until(id, (order) => (order.steps.Send.counters?.sent ?? 0) > before + ratePerSecond, takenUpSeconds);
  const ended = await operator.until(id, (order) => order.steps.Send.status !== "working", 120);

  expect(ended.steps.Send, story.trouble.join("\n")).toMatchObject({ status: "complete", runId });
  // In doubt is at most what was claimed: one second of the account's rate per worker.
  expect(ended.steps.Send.counters?.inDoubt).toBeLessThanOrEqual(chunkWorkers * ratePerSecond);
  expectReconciled(stack, ended);
});

test("acceptance 56: the sender killed and the Send stopped: within two minutes every message has an end, without a start", {
  timeout: 240_000,
}, async () => {
  const { operator, stack } = story;
  const { id } = await story.order("SUMMER26", "reg");
  await story.complete(id, "Count", "Prepare", "Dry-Run", "Test");
  await operator.command(id, "Send", "start");
  await operator.until(id, (order) => (order.steps.Send.counters?.sent ?? 0) > 20, 60);
  process.kill(stack.services.sender.pid() as number, "SIGKILL");
  await operator.command(id, "Send", "stop");
  await operator.until(id, (order) => order.steps.Send.status === "interrupted", 30);
  const settled = await operator.until(id, (order) => order.unsettled === undefined, 120);
  expect(settled.steps.Send, story.trouble.join("\n")).toMatchObject({ status: "interrupted" });
  expect(settled).not.toHaveProperty("runState");
  for (const language of settled.languages) {
    const { sent = 0, inDoubt = 0 } = settled.steps.Send.languages?.[language] ?? {};
    const mailing = mailingKey(settled, language);
    const arrived = stack.inbox.counts({ mailing, test: false })[0]?.recipients ?? 0;
    expect(arrived, language).toBeGreaterThanOrEqual(sent);
    expect(arrived, language).toBeLessThanOrEqual(sent + inDoubt);
  }
});

test("a command given while ingest is dead is taken when it is back", { timeout: 60_000 }, async () => {
  const { operator, stack } = story;
  const { id } = await story.order("SUMMER26", "confirm");
  process.kill(stack.services.ingest.pid() as number, "SIGKILL");
  await pause(50);
  const commandId = await operator.command(id, "Count", "start");
  const ended = await operator.until(id, (order) => order.steps.Count.status === "complete", 45);
  expect(ended.lastCommand).toMatchObject({ id: commandId, outcome: "accepted" });
});
