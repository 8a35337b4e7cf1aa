import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { runs } from "@email-agent/shared/adapters/runs.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { runEndLine, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { aDelivery, putDeliveries } from "@email-agent/shared/testing/putDeliveries.ts";
import { ulid } from "ulid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ops } from "../ops/testing.ts";

const open = new AsyncDisposableStack();
let pipeline: Pipeline;
const folder = mkdtempSync(join(tmpdir(), "email-agent-trace-"));
const runId = "01JNQ0000000000000000000A1";
const at = (time: string) => `2026-03-01T08:${time}.000Z`;
const counters = { total: 4, sent: 2, skipped: 0, failed: 2, inDoubt: 0 };
const order = anOrder({
  steps: {
    ...anOrder().steps,
    Send: { status: "error", runId, startedAt: at("00:00"), message: "Too many failed.", counters },
  },
  createdAt: at("00:00"),
});

beforeAll(async () => {
  pipeline = open.use(await startPipeline());
  const { aws, config, audit } = pipeline;
  await aws.dynamo.send(new PutCommand({ TableName: config.WORK_ORDERS_TABLE, Item: order }));
  await audit.put({
    ...{ workOrderId: order.id, sk: `C#${runId}`, at: at("01:00"), by: "ann", what: "command" },
    data: { step: "Send", action: "start", outcome: "accepted", requestedAt: at("01:00"), runId },
  });
  await audit.put(runEndLine(order.id, { runId, step: "Send" }, "error", counters, Date.parse(at("09:00")))!);
  for (const second of ["01", "02", "03"]) {
    const data = { participantId: `p-${second}`, language: "EN", status: "sent" as const, claimId: "c" };
    const now = Date.parse(at(`10:${second}`));
    await audit.put(userLine({ workOrderId: order.id, by: "ann", what: "resolved", data }, ulid(now), now));
  }
  const ttl = 4_000_000_000;
  const plan = {
    runId,
    sk: "plan" as const,
    segments: 1,
    cursors: {},
    nextNumber: { EN: 1 },
    planned: { EN: 4 },
    complete: true,
    ttl,
  };
  const filled = { nextRetryNumber: {}, skipped: {}, added: {}, before: {}, lastIds: {}, sentBefore: 0, fence: 1 };
  await runs(aws, config).putPlan({ ...plan, ...filled });
  const chunk = {
    runId,
    sk: "chunk#EN#000000",
    language: "EN",
    ids: ["p-1"],
    status: "done",
    token: 2,
    losses: 1,
    worker: "w-1",
    ttl,
  };
  const times = { startedAt: at("02:00"), endedAt: at("08:00") };
  await aws.dynamo.send(new PutCommand({ TableName: config.RUNS_TABLE, Item: { ...chunk, ...times } }));
  const failed = (id: string) => ({
    ...{ participantId: id, status: "failed" as const, endedAt: at("05:00"), smtpCode: 550 },
    smtpResponse: `550 5.1.1 <${id}@example.org> no such user 8f3a91c2de77`,
  });
  await putDeliveries(aws, config.DELIVERIES_TABLE, "E2026_weekend_reg_EN", [
    aDelivery({ participantId: "p-1", endedAt: at("03:10") }),
    aDelivery({ participantId: "p-2", endedAt: at("04:20") }),
    ...[failed("p-3"), failed("p-4")].map(aDelivery),
  ]);
  const queues = open.use(stepQueues(await pipeline.openRedis(), { log: pipeline.log }));
  await queues.addStep("Send", { workOrderId: order.id, runId, token: 1 });
}, 120_000);
afterAll(async () => {
  await open.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

const trace = (...args: string[]) => {
  const { config, cloudUrl, dynamoUrl } = pipeline;
  const places = { AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: cloudUrl, AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl };
  return ops(args, { ...config, ...places }, "trace.ts");
};

test("acceptance 178: audit, runs, ledger, queue and logs of an order are one timeline, without addresses", {
  timeout: 120_000,
}, async () => {
  const logs = join(folder, "logs.jsonl");
  const line = (time: string, msg: string) =>
    JSON.stringify({ level: "warn", time: at(time), service: "sender", workOrderId: order.id, runId, msg });
  const exported = { "@timestamp": at("06:30"), "@message": line("06:30", "paused by ann@example.org") };
  const other = line("06:00", "of another order").replaceAll(order.id, "wo-2");
  writeFileSync(logs, [line("06:00", "a chunk was taken over"), JSON.stringify(exported), other, "no JSON"].join("\n"));
  const { code, out, err } = await trace(order.id, "--logs", logs);
  expect(code, err).toBe(0);
  const expected = [
    "Started Send (ann)",
    "the first begins",
    "the first mail was accepted",
    "the last of 2 mails",
    "a chunk was taken over",
    "paused by",
    "1 of 1 done by 1 workers, 1 taken over from lost workers",
    "Send ended in an error: 2 sent, 2 failed",
    "it was received (ann) (3 times)",
  ];
  const places = expected.map((words) => out.indexOf(words));
  expect(places, out).toEqual([...places].sort((one, next) => one - next));
  expect(
    places.every((place) => place >= 0),
    `${places}\n${out}`,
  ).toBe(true);
  expect(out).toContain(`job ${runId}-t1 in send: waiting`);
  expect(out).toMatch(/2 failed: 550 5\.1\.1 /);
  expect(out).toContain("2026-03-01 08:01:00 UTC  audit ");
  expect(out).not.toMatch(/\w@\w|another order/);
  const json = JSON.parse((await trace(order.id, "--json", "--since", at("09:00"))).out);
  expect(json.timeline).toHaveLength(2);
  expect(json.ledger).toMatchObject([{ statuses: { sent: 2, failed: 2 }, perMinute: { "2026-03-01T08:03": 1 } }]);
});

test("one person's life in an order, and wrong uses with their sentences", { timeout: 120_000 }, async () => {
  const { out } = await trace(order.id, "--person", "p-3");
  expect(out).toMatch(/attempt 1 begins \(run run-1\)[\s\S]*E2026_weekend_reg_EN: failed: 550 5\.1\.1/);
  expect(out).not.toContain("<p-3@example.org> no such");
  const [unknown, time, file, none] = await Promise.all([
    trace("wo-1"),
    trace(order.id, "--since", "yesterday"),
    trace(order.id, "--logs", "/nowhere"),
    trace(),
  ]);
  expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("There is no work order wo-1.") });
  expect(time).toMatchObject({ code: 1, err: expect.stringContaining('"yesterday" is no time') });
  expect(file).toMatchObject({ code: 1, err: expect.stringContaining("There is no file /nowhere.") });
  expect(none.code).toBe(2);
});
