import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { audit } from "@email-agent/shared/adapters/audit.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { deadLetters, waitingJobs } from "@email-agent/shared/testing/queueViews.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ops as run } from "./testing.ts";

const open = new AsyncDisposableStack();
let pipeline: Pipeline;
let redis: Awaited<ReturnType<Pipeline["openRedis"]>>;

beforeAll(async () => {
  pipeline = open.use(await startPipeline());
  redis = await pipeline.openRedis();
}, 120_000);
afterAll(() => open.disposeAsync());

const environment = () => ({
  ...pipeline.config,
  ...{ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: pipeline.cloudUrl, AWS_ENDPOINT_URL_DYNAMODB: pipeline.dynamoUrl },
});
const ops = (...args: string[]) => run([...args, "--as", "olga"], environment());
async function json(...args: string[]) {
  const { out, err } = await ops(...args, "--json");
  expect(out, err).not.toBe("");
  return JSON.parse(out);
}

let codes = 0;
async function put(fields: Partial<WorkOrder>): Promise<WorkOrder> {
  codes += 1;
  const Item = { ...anOrder({ eventCode: `Q${codes}` }), ...fields };
  await pipeline.aws.dynamo.send(new PutCommand({ TableName: pipeline.config.WORK_ORDERS_TABLE, Item }));
  return Item as WorkOrder;
}
const steps = (Count: object) => ({ ...anOrder().steps, Count }) as WorkOrder["steps"];
const running = (worker?: string) => ({
  steps: steps({ status: "working", runId: "r-1" }),
  ...{ runState: "working", runCheckAt: instant(Date.now()), fence: 3 },
  runLease: { runId: "r-1", step: "Count", token: 3, ...(worker && { worker }) },
});

test("acceptance 176: queues that were emptied are rebuilt from the tables, and a second rebuild changes nothing", {
  timeout: 180_000,
}, async () => {
  const { id } = await put(running());
  const waits = instant(Date.now());
  const command = {
    id: "01JNQ0000000000000000000A1",
    step: "Count",
    action: "start",
    requestedBy: "ann",
    requestedAt: waits,
  };
  const other = await put({ command, pendingCommandAt: waits });
  const dry = await ops("queues", "rebuild", "--dry-run");
  expect(dry).toMatchObject({ code: 0, err: expect.stringContaining("Add 2 jobs and messages") });
  expect(await waitingJobs(redis, id, "Count")).toEqual([]);
  const rebuilt = await ops("queues", "rebuild", "--yes");
  expect(rebuilt).toMatchObject({ code: 0, out: expect.stringContaining(`${id}: the job of Count\n`) });
  expect(rebuilt.out).toContain("count: 0 jobs before, 1 now.");
  expect(await ops("queues", "rebuild", "--yes")).toMatchObject({ code: 0 });
  expect(await waitingJobs(redis, id, "Count")).toEqual(["r-1-t3"]);
  const depths: { queue: string; waiting: number }[] = await json("queues", "depth");
  expect(depths.find(({ queue }) => queue === "count")).toMatchObject({ kind: "jobs", waiting: 1, workers: 0 });
  expect(depths.find(({ queue }) => queue.endsWith("-work-order-queue.fifo"))?.waiting).toBeGreaterThanOrEqual(1);
  await pipeline.orders.write(id, { set: [], remove: [["runLease"], ["runState"], ["runCheckAt"]], when: [] });
  await pipeline.orders.write(other.id, { set: [], remove: [["pendingCommandAt"]], when: [] });
});

test("dead letters are shown, sent back in their group, and dropped, each in the audit", {
  timeout: 180_000,
}, async () => {
  const { workOrderDeadLettersQueueUrl: QueueUrl, SQS_QUEUE_URL, statusDeadLettersQueueUrl } = pipeline.config;
  const letter = (n: number) =>
    new SendMessageCommand({
      ...{ QueueUrl, MessageBody: `{"to":"ann@example.org","n":${n}}` },
      ...{ MessageGroupId: "wo-1", MessageDeduplicationId: `d-${n}` },
    });
  for (const n of [1, 2, 3]) await pipeline.aws.sqs.send(letter(n));
  const shown: { id: string; body: string }[] = await json("dead-letters", "show");
  expect(shown.map(({ body }) => JSON.parse(body).n)).toEqual([1, 2, 3]);
  expect(JSON.stringify(shown)).not.toContain("ann@");
  const first = shown[0]?.id ?? "";
  expect(await ops("dead-letters", "drop", "workOrders", first, "--yes")).toMatchObject({
    code: 0,
    out: "1 deleted.\n",
  });
  expect(await ops("dead-letters", "drop", "workOrders", first, "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining(`Not there: ${first}.`),
  });
  expect(await ops("dead-letters", "redrive", "workOrders", "--all", "--yes")).toMatchObject({
    code: 0,
    out: "2 sent back.\n",
  });
  expect(await json("dead-letters", "show", "workOrders")).toEqual([]);
  const there = { ...pipeline, config: { ...pipeline.config, workOrderDeadLettersQueueUrl: SQS_QUEUE_URL } };
  expect(
    (await deadLetters(there, 3)).filter((body) => body.includes('"n"')).map((body) => JSON.parse(body).n),
  ).toEqual([2, 3]);
  expect(await ops("dead-letters", "redrive", "routerFailures", "--all", "--yes")).toMatchObject({
    code: 1,
    err: expect.stringContaining("cannot be sent back"),
  });
  expect(await ops("dead-letters", "show", "orders")).toMatchObject({
    code: 1,
    err: expect.stringContaining("There are: "),
  });
  expect(statusDeadLettersQueueUrl).not.toBe("");
  const lines = await Array.fromAsync(audit(pipeline.aws, pipeline.config).lines("-", "U"));
  expect(lines).toMatchObject([
    { by: "olga", what: "dead letters", data: { queue: "workOrders", change: "dropped", messages: 1 } },
    { by: "olga", what: "dead letters", data: { queue: "workOrders", change: "redriven", messages: 2 } },
  ]);
});

test("acceptance 177: the lease of a run is taken from a silent worker only, under a new token; that of a form at once", {
  timeout: 240_000,
}, async () => {
  const editLease = { userId: "ann", token: "t-1", expiresAt: instant(Date.now() + 60_000) };
  const edited = await put({ editLease });
  const [silent, alive] = await Promise.all([put(running("w-1")), put(running("w-2"))]);
  const listed = await ops("leases", "list");
  expect(listed.out).toMatch(new RegExp(`${edited.id} +edit +ann`));
  expect(listed.out).toMatch(new RegExp(`${silent.id} +run +Count +w-1 +3`));
  expect(await ops("leases", "release", edited.id, "--edit", "--yes")).toMatchObject({ code: 0 });
  expect(await pipeline.orders.get(edited.id)).not.toHaveProperty("editLease");

  const beat = setInterval(() => {
    const at = instant(Date.now());
    void pipeline.orders.write(alive.id, { set: [[["runCheckAt"], at]], remove: [], when: [] }, { heartbeat: true });
  }, leaseTimes.heartbeatMilliseconds / 2);
  const [taken, refused] = await Promise.all([
    ops("leases", "release", silent.id, "--run", "--yes"),
    ops("leases", "release", alive.id, "--run", "--yes"),
  ]).finally(() => clearInterval(beat));
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("w-2 is alive, so its run stays.") });
  expect((await pipeline.orders.get(alive.id))?.runLease).toMatchObject({ worker: "w-2", token: 3 });
  expect(taken, taken.err).toMatchObject({ code: 0, out: expect.stringContaining("Released from w-1.") });
  const after = await pipeline.orders.get(silent.id);
  expect(after).toMatchObject({ fence: 4, losses: 1, runLease: { runId: "r-1", token: 4, lost: { worker: "w-1" } } });
  expect(after?.runLease?.worker).toBeUndefined();
  expect(await waitingJobs(redis, silent.id, "Count")).toEqual(["r-1-t4"]);
});
