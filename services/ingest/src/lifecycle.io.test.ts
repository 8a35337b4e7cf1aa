import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { transition } from "@email-agent/shared/domain/lifecycle/stepTransitions.ts";
import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import { epochMilliseconds, instant } from "@email-agent/shared/domain/time.ts";
import { type Clock, systemClock } from "@email-agent/shared/kit/clock.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { consumeSteps } from "@email-agent/shared/run/consumeSteps.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { command, orderReadyFor, orderWhen, statusOf } from "@email-agent/shared/testing/operator.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import { deadLetters, sendBody, waitingJobs } from "@email-agent/shared/testing/queueViews.ts";
import { deedsOf, slowStep } from "@email-agent/shared/testing/slowSteps.ts";
import type { WorkerSetup } from "@email-agent/shared/testing/slowWorker.ts";
import { ulid } from "ulid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type IngestOptions, startIngest } from "./ingest.ts";

/** A tenth of the real times and less, in the same order: heartbeat < proof < lost. */
const limits = { ...runLimits, heartbeatMilliseconds: 200, pickUpMilliseconds: 800, takeOverMilliseconds: 2000 };
const times = { heartbeatMilliseconds: 200, proofMilliseconds: 900, progressMilliseconds: 50, retryMilliseconds: 100 };

let pipeline: Pipeline;
let redis: Awaited<ReturnType<Pipeline["openRedis"]>>;
let stack: AsyncDisposableStack;
let offsetMilliseconds: number;
/** The wall clock of ingest and workers; tests move it on. */
const clock: Clock = { ...systemClock, now: () => Date.now() + offsetMilliseconds };

beforeEach(async () => {
  offsetMilliseconds = 0;
  stack = new AsyncDisposableStack();
  pipeline = stack.use(await startPipeline());
  redis = await pipeline.openRedis();
});
afterEach(() => stack.disposeAsync());

function openIngest(fields: Partial<IngestOptions> = {}): AsyncDisposable {
  const { aws, config, log, metrics } = pipeline;
  const signal = new AbortController().signal;
  const ingest = startIngest({
    aws,
    redis,
    config,
    log,
    metrics,
    signal,
    clock,
    limits,
    sweepMilliseconds: 100,
    pollSeconds: 1,
    ...fields,
  });
  return stack.adopt(ingest, (open) => open[Symbol.asyncDispose]());
}

/** Workers of all five steps in this process. */
function openWorkers(): AsyncDisposable {
  const { aws, config, log, metrics } = pipeline;
  const own = new AsyncDisposableStack();
  const queues = own.use(stepQueues(redis, { log }));
  const flags = own.use(cancelFlags(redis, { log }, pipeline.openBlockingRedis()));
  const orders = workOrderStore(aws, config, { log, metrics, clock });
  const slow = slowStep(redis);
  const common = { redis: pipeline.openBlockingRedis(), orders, queues, flags, clock, log, metrics, times };
  own.use(consumeSteps({ ...common, owner: "campaign", handlers: { Count: slow, Prepare: slow } }));
  own.use(consumeSteps({ ...common, owner: "sender", handlers: { "Dry-Run": slow, Test: slow, Send: slow } }));
  return stack.use(own);
}

/** Workers of all five steps in a process of their own, with a clock offset. */
async function spawnWorkers(offMilliseconds = 0): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../../../shared/testing/slowWorker.ts", import.meta.url));
  const { config, cloudUrl, dynamoUrl } = pipeline;
  const setup: WorkerSetup = { config, cloudUrl, dynamoUrl, times };
  const offClock = new URL(`../../../shared/testing/offClock.ts?milliseconds=${offMilliseconds}`, import.meta.url);
  const child = spawn(process.execPath, ["--import", offClock.href, script, JSON.stringify(setup)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  stack.defer(() => void child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  return child;
}

async function deedsAfter(workOrderId: string, count: number) {
  return eventually(`${count} deeds of ${workOrderId}`, async () => {
    const deeds = await deedsOf(redis, workOrderId);
    return deeds.length >= count ? deeds : undefined;
  });
}

/** Nothing is begun after `at`, through several heartbeats, sweeps and readings of the flags. */
async function quietSince(workOrderId: string, at: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now()) + 1200));
  const deeds = await deedsOf(redis, workOrderId);
  expect(deeds.filter((deed) => deed.at > at)).toEqual([]);
}

test("acceptance 4: a stop during each of the five steps interrupts it permanently within 2 s", async () => {
  openIngest();
  openWorkers();
  await Promise.all(stepNames.map(stopMidway));
  expect(pipeline.metrics.counted.filter(({ name, value }) => name === "StopLatency" && value < 2000)).toHaveLength(5);
});

async function stopMidway(step: StepName): Promise<void> {
  const order = await orderReadyFor(pipeline, step);
  const runId = await command(pipeline, order, step, "start");
  await deedsAfter(order.id, 3);
  await command(pipeline, order, step, "stop");
  const stopped = await statusOf(pipeline, order, step, "interrupted", 2);
  const judgedAt = epochMilliseconds(stopped.steps[step].endedAt!);
  await quietSince(order.id, judgedAt + 2000);

  // Redis comes back as it was before the stop: the flag is gone, the job is there again.
  await redis.del(`cancel:${runId}`);
  await using queues = stepQueues(redis, pipeline);
  await queues.addStep(step, { workOrderId: order.id, runId, token: 1 });
  await quietSince(order.id, judgedAt + 2000);
  // The worker's last progress report may arrive after everything else.
  const deeds = (await deedsOf(redis, order.id)).length;
  const reached = async () => (await pipeline.orders.get(order.id))?.steps[step].counters?.sent === deeds;
  await eventually(`the counters of ${step} say ${deeds}`, reached);
  const after = await pipeline.orders.get(order.id);
  expect(after?.steps[step]).toMatchObject({ status: "interrupted", runId });
}

test("acceptance 4: without the cancel flag a refused heartbeat stops the run", async () => {
  openIngest();
  openWorkers();
  const order = await orderReadyFor(pipeline, "Send");
  await command(pipeline, order, "Send", "start");
  await deedsAfter(order.id, 3);
  const working = await statusOf(pipeline, order, "Send", "working");
  // As if ingest died right after the write: no process raises the flag.
  const stop = transition(working, "Send", { kind: "stop", now: Date.now() })!;
  const stopped = await pipeline.orders.write(order.id, stop.write);
  await quietSince(order.id, epochMilliseconds(stopped!.steps.Send.endedAt!) + 2000);
});

const continuous = { sendContinuously: true, sendInterval: 60, account: "sleeps" };
const hour = 3_600_000;

test("acceptance 5: stopped while sleeping, Send never wakes, whatever is restarted", async () => {
  const [ingest, workers] = [openIngest(), openWorkers()];
  const fields = { ...continuous, sendUntil: instant(Date.now() + 10 * hour) };
  const [stopped, control] = await Promise.all([
    orderReadyFor(pipeline, "Send", fields),
    orderReadyFor(pipeline, "Send", fields),
  ]);
  for (const order of [stopped, control]) {
    await command(pipeline, order, "Send", "start");
    await statusOf(pipeline, order, "Send", "sleeping");
  }
  await command(pipeline, stopped, "Send", "stop");
  await statusOf(pipeline, stopped, "Send", "interrupted");
  await ingest[Symbol.asyncDispose]();
  await workers[Symbol.asyncDispose]();
  await redis.flushall();

  offsetMilliseconds = hour;
  openIngest();
  openWorkers();
  await orderWhen(pipeline, control, "the other one wakes", (now) => /-p2$/.test(now.steps.Send.runId ?? ""));
  await quietSince(stopped.id, Date.now());
  expect((await pipeline.orders.get(stopped.id))?.steps.Send.status).toBe("interrupted");
});

test("acceptance 6: a killed worker's run continues elsewhere under the same run id and completes", async () => {
  openIngest();
  const first = await spawnWorkers();
  const order = await orderReadyFor(pipeline, "Send");
  const runId = await command(pipeline, order, "Send", "start");
  await deedsAfter(order.id, 3);
  first.kill("SIGKILL");
  await pipeline.orders.write(order.id, { set: [[["account"], "ends"]], remove: [], when: [] });
  openWorkers();
  const done = await statusOf(pipeline, order, "Send", "complete", 20);
  expect(done).toMatchObject({ losses: 1, fence: 2, steps: { Send: { runId, message: "All done." } } });
  const deeds = await deedsOf(redis, order.id);
  expect([...new Set(deeds.map((deed) => deed.token))]).toEqual([1, 2]);
  expect(pipeline.metrics.counted.filter(({ name }) => name === "RunsTakenUp")).toHaveLength(1);
});

test.each([-600_000, 600_000])(
  "acceptance 62: a run keeps its worker whose clock is %i ms off, and once it is killed goes on elsewhere",
  async (offMilliseconds) => {
    // A busy machine may go two seconds without a heartbeat.
    const patient = { ...limits, takeOverMilliseconds: 5000 };
    openIngest({ limits: patient });
    openIngest({ limits: patient, clock: { ...systemClock, now: () => Date.now() - offMilliseconds } });
    const first = await spawnWorkers(offMilliseconds);
    const order = await orderReadyFor(pipeline, "Send");
    const runId = await command(pipeline, order, "Send", "start");
    await deedsAfter(order.id, 3);
    await new Promise((resolve) => setTimeout(resolve, 1.5 * patient.takeOverMilliseconds));
    const working = await pipeline.orders.get(order.id);
    expect(working).toMatchObject({ losses: 0, fence: 1, runLease: { token: 1 } });
    expect(Math.abs(epochMilliseconds(working!.runCheckAt!) - Date.now())).toBeGreaterThan(590_000);

    first.kill("SIGKILL");
    const killedAt = performance.now();
    await pipeline.orders.write(order.id, { set: [[["account"], "ends"]], remove: [], when: [] });
    await spawnWorkers(-offMilliseconds);
    const taken = await orderWhen(pipeline, order, "another may have it", ({ losses }) => losses === 1, 20);
    expect(performance.now() - killedAt).toBeGreaterThan(
      patient.takeOverMilliseconds - 2 * limits.heartbeatMilliseconds,
    );
    expect(taken.fence).toBe(2);
    const done = await statusOf(pipeline, order, "Send", "complete", 20);
    expect(done).toMatchObject({ losses: 1, fence: 2, steps: { Send: { runId } } });
    expect(pipeline.metrics.counted.filter(({ name }) => name === "RunsTakenUp")).toHaveLength(1);
  },
  60_000,
);

test("acceptance 6: the third loss of a run makes it an exception that can be started again", async () => {
  const errors: Record<string, unknown>[] = [];
  const log = openLog("ingest", "error", { write: (line) => void errors.push(JSON.parse(line)) });
  openIngest({ log });
  const order = await orderReadyFor(pipeline, "Count");
  await command(pipeline, order, "Count", "start");
  for (const token of [1, 2, 3]) {
    const workers = await spawnWorkers();
    await orderWhen(
      pipeline,
      order,
      `token ${token} works`,
      ({ runLease }) => runLease?.token === token && !!runLease.worker,
      20,
    );
    workers.kill("SIGKILL");
  }
  const given = await statusOf(pipeline, order, "Count", "exception", 20);
  expect(given.steps.Count.message).toContain("lost 3 times");
  await eventually("it is logged", () => errors.length > 0);
  expect(errors).toMatchObject([{ workOrderId: order.id, step: "Count", to: "exception" }]);
  expect(pipeline.metrics.counted.filter(({ name }) => name === "StepExceptions")).toEqual([
    { name: "StepExceptions", value: 1 },
  ]);
  expect(given).not.toHaveProperty("runLease");
  const restarted = await command(pipeline, order, "Count", "start");
  await orderWhen(pipeline, order, "it works again", (now) => now.steps.Count.runId === restarted && now.losses === 0);
}, 60_000);

test("acceptance 6: Redis emptied while a job waits and while a run works loses neither", async () => {
  openIngest();
  const waiting = await orderReadyFor(pipeline, "Count", { account: "ends" });
  const waitingRun = await command(pipeline, waiting, "Count", "start");
  await statusOf(pipeline, waiting, "Count", "working");
  await redis.flushall();
  openWorkers();
  const done = await statusOf(pipeline, waiting, "Count", "complete");
  expect(done).toMatchObject({ losses: 0, fence: 1, steps: { Count: { runId: waitingRun } } });

  const working = await orderReadyFor(pipeline, "Count");
  await command(pipeline, working, "Count", "start");
  await deedsAfter(working.id, 3);
  await redis.flushall();
  await deedsAfter(working.id, 10);
  expect((await pipeline.orders.get(working.id))?.losses).toBe(0);
  await command(pipeline, working, "Count", "stop");
  await statusOf(pipeline, working, "Count", "interrupted", 2);
});

test("acceptance 7: a frozen worker whose lease was taken over begins nothing and changes nothing when it wakes", async () => {
  openIngest();
  const frozen = await spawnWorkers();
  const order = await orderReadyFor(pipeline, "Send");
  await command(pipeline, order, "Send", "start");
  await deedsAfter(order.id, 3);
  frozen.kill("SIGSTOP");
  openWorkers();
  await orderWhen(
    pipeline,
    order,
    "another took it over",
    ({ runLease }) => runLease?.token === 2 && !!runLease.worker,
    20,
  );
  const wokenAt = Date.now();
  frozen.kill("SIGCONT");
  await deedsAfter(order.id, (await deedsOf(redis, order.id)).length + 40);
  const deeds = await deedsOf(redis, order.id);
  expect(deeds.filter((deed) => deed.token === 1 && deed.at >= wokenAt)).toEqual([]);
  expect(await pipeline.orders.get(order.id)).toMatchObject({ fence: 2, losses: 1, runLease: { token: 2 } });
});

test("acceptance 8: fifty sleeping orders all wake, also after Redis was emptied", async () => {
  openIngest();
  const workers = openWorkers();
  const fields = { ...continuous, sendUntil: instant(Date.now() + 10 * hour) };
  const orders = await Promise.all(Array.from({ length: 50 }, () => orderReadyFor(pipeline, "Send", fields)));
  await Promise.all(orders.map((order) => command(pipeline, order, "Send", "start")));
  await Promise.all(orders.map((order) => statusOf(pipeline, order, "Send", "sleeping", 30)));
  await workers[Symbol.asyncDispose]();
  await redis.flushall();
  offsetMilliseconds = hour;
  openWorkers();
  await Promise.all(
    orders.map((order) =>
      orderWhen(pipeline, order, "its second pass begins", (now) => now.steps.Send.runId?.endsWith("-p2") === true, 30),
    ),
  );
}, 90_000);

test("acceptance 8: a failing continuous pass waits with growing pauses, then ends in error; no address is shown", async () => {
  openIngest();
  openWorkers();
  const order = await orderReadyFor(pipeline, "Send", {
    sendContinuously: true,
    account: "fails-for-now",
    sendUntil: instant(Date.now() + 10 * hour),
  });
  await command(pipeline, order, "Send", "start");
  const pauses: number[] = [];
  for (let attempt = 2; attempt <= 6; attempt += 1) {
    const asleep = await orderWhen(
      pipeline,
      order,
      `attempt ${attempt} waits`,
      ({ steps: { Send } }) => Send.status === "sleeping" && Send.attempt === attempt,
    );
    const { nextRunAt, message } = asleep.steps.Send;
    expect(message).toContain("…@example.org");
    expect(message).not.toContain("ana@");
    pauses.push((epochMilliseconds(nextRunAt!) - clock.now()) / 60_000);
    offsetMilliseconds += epochMilliseconds(nextRunAt!) - clock.now() + 1000;
  }
  const failed = await statusOf(pipeline, order, "Send", "error");
  expect(failed.steps.Send.attempt).toBe(6);
  for (const [index, minutes] of [1, 2, 4, 8, 16].entries()) {
    expect(pauses[index]).toBeGreaterThan(minutes * 0.8 - 0.2);
    expect(pauses[index]).toBeLessThan(minutes * 1.2 + 0.2);
  }
});

test("acceptance 9: at sendUntil a sleeping Send completes and says so", async () => {
  openIngest();
  openWorkers();
  const sendUntil = instant(Date.now() + 20 * 60_000);
  const order = await orderReadyFor(pipeline, "Send", { ...continuous, sendInterval: 3600, sendUntil });
  await command(pipeline, order, "Send", "start");
  const asleep = await statusOf(pipeline, order, "Send", "sleeping");
  expect(asleep.steps.Send.nextRunAt).toBe(sendUntil);
  offsetMilliseconds = 20 * 60_000;
  const done = await statusOf(pipeline, order, "Send", "complete");
  expect(done.steps.Send.message).toContain(`Sending ended at ${sendUntil}`);
});

test("acceptance 2: a command lost between table and queue is sent again and judged", async () => {
  openIngest({ resendAfterMilliseconds: 300 });
  const order = await orderReadyFor(pipeline, "Count");
  const id = await command(pipeline, order, "Count", "start", { lost: true });
  const judged = await orderWhen(pipeline, order, "it is judged", (now) => now.lastCommand?.id === id);
  expect(judged).toMatchObject({ lastCommand: { outcome: "accepted" }, fence: 1 });
  expect(judged.pendingCommandAt).toBeUndefined();
});

test("bodies that are no commands go to the dead-letter queue and delay no message behind them", async () => {
  openIngest();
  const order = await orderReadyFor(pipeline, "Count");
  const bodies = ["{not json", JSON.stringify({ v: 2, commandId: "x" }), JSON.stringify({ v: 1, step: "Count" })];
  const asked = {
    v: 1,
    commandId: ulid(),
    step: "Count",
    action: "start",
    requestedBy: "anna",
    requestedAt: instant(Date.now()),
  };
  // Names that no table can hold.
  for (const workOrderId of ["x".repeat(3000), "\ud800"]) bodies.push(JSON.stringify({ ...asked, workOrderId }));
  for (const body of bodies) await sendBody(pipeline, order.id, body);
  const id = await command(pipeline, order, "Count", "start");
  await orderWhen(pipeline, order, "the command behind them is judged", (now) => now.lastCommand?.id === id);
  expect((await deadLetters(pipeline, bodies.length)).sort()).toEqual(bodies.sort());
});

test("while Redis is away commands wait in the queue and none counts as lost; afterwards they are judged", async () => {
  openIngest({ resendAfterMilliseconds: 2000 });
  const pid = pipeline.redisPid!;
  process.kill(pid, "SIGSTOP");
  const order = await orderReadyFor(pipeline, "Count");
  const id = await command(pipeline, order, "Count", "start");
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(pipeline.metrics.counted.filter(({ name }) => name === "CommandsResent")).toEqual([]);
  process.kill(pid, "SIGCONT");
  const judged = await orderWhen(pipeline, order, "it is judged", (now) => now.lastCommand?.id === id, 20);
  expect(judged.lastCommand?.outcome).toBe("accepted");
});

test("a run that waits for a worker gets its job again and again, without an event for browsers", async () => {
  const order = await orderReadyFor(pipeline, "Count");
  openIngest();
  await command(pipeline, order, "Count", "start");
  const working = await statusOf(pipeline, order, "Count", "working");
  await redis.flushall();
  const again = await orderWhen(pipeline, order, "its clock moved", (now) => now.runCheckAt !== working.runCheckAt);
  expect(again.updatedAt).toBe(working.updatedAt);
  await eventually("its job is there", async () => (await waitingJobs(redis, order.id, "Count")).length === 1);
});

test("acceptance 86: a Send that no sender takes up is counted as stalled, round after round, until it is stopped", async () => {
  const stallLimits = { stalledMilliseconds: 1500, longestGapMilliseconds: 5000 };
  openIngest({ stallLimits, stallSweepMilliseconds: 100 });
  const counted = () =>
    pipeline.metrics.counted.filter(({ name }) => name === "StalledSends").map(({ value }) => value);
  const order = await orderReadyFor(pipeline, "Send");
  await eventually("none is stalled", () => counted().at(-1) === 0);
  await command(pipeline, order, "Send", "start");
  await statusOf(pipeline, order, "Send", "working");
  await eventually("it is counted", () => counted().at(-1) === 1);
  await command(pipeline, order, "Send", "stop");
  await eventually("it is counted no more", () => counted().at(-1) === 0);
});
