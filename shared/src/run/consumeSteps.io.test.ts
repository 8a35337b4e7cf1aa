import { Queue } from "bullmq";
import { ulid } from "ulid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import { orderReadyFor, orderWhen, statusOf } from "../../testing/operator.ts";
import { type Pipeline, startPipeline } from "../../testing/pipeline.ts";
import { auditLine } from "../../testing/queueViews.ts";
import { cancelFlags } from "../adapters/cancelFlags.ts";
import { type StepQueues, stepQueues } from "../adapters/stepQueues.ts";
import { followUp, judgeCommand } from "../domain/lifecycle/judgement.ts";
import type { LeaseTimes } from "../domain/lifecycle/leaseTimes.ts";
import { type StepName, stepNamed } from "../domain/steps.ts";
import { instant } from "../domain/time.ts";
import { readySteps, type WorkOrder } from "../domain/workOrder.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import { openLog } from "../kit/log.ts";
import { type ConsumeSteps, consumeSteps } from "./consumeSteps.ts";
import type { StepHandler, StepRun } from "./stepRun.ts";

const quick: Partial<LeaseTimes> = { heartbeatMilliseconds: 100 };

let pipeline: Pipeline;
let redis: Awaited<ReturnType<Pipeline["openRedis"]>>;
let queues: StepQueues;
let opened: AsyncDisposableStack;

// Each test has queues of its own: a run released at the end of one must not be picked up in the next.
beforeEach(async () => {
  opened = new AsyncDisposableStack();
  pipeline = opened.use(await startPipeline());
  redis = await pipeline.openRedis();
  queues = opened.use(stepQueues(redis, pipeline));
});
afterEach(() => opened.disposeAsync());

function common(times: Partial<LeaseTimes> = {}) {
  const { orders, log, metrics } = pipeline;
  const flags = opened.use(cancelFlags(redis, { log }, pipeline.openBlockingRedis()));
  return {
    redis: pipeline.openBlockingRedis(),
    orders,
    queues,
    flags,
    clock,
    log,
    metrics,
    times: { ...quick, ...times },
  };
}

/** Workers whose every step is done by one handler. */
function openWorkers(handler: StepHandler, times: Partial<LeaseTimes> = {}): AsyncDisposable {
  const workers = new AsyncDisposableStack();
  workers.use(consumeSteps({ ...common(times), owner: "campaign", handlers: { Count: handler, Prepare: handler } }));
  const handlers = { "Dry-Run": handler, Test: handler, Send: handler };
  workers.use(consumeSteps({ ...common(times), owner: "sender", handlers }));
  return opened.use(workers);
}

/** What ingest does with a start. */
async function start(step: StepName, fields: Parameters<typeof orderReadyFor>[2] = {}): Promise<WorkOrder> {
  const order = await orderReadyFor(pipeline, step, fields);
  const judged = judgeCommand(order, { id: ulid(), step, action: "start" }, Date.now());
  const working = (await pipeline.orders.write(order.id, judged.write)) as WorkOrder;
  const follow = followUp(working, judged.judgement)!;
  await queues.addStep(step, { workOrderId: order.id, runId: follow.runId, token: follow.token });
  return working;
}

const untilAborted = (run: StepRun) =>
  new Promise<never>((_, reject) => run.signal.addEventListener("abort", () => reject(run.signal.reason)));
const counters = (sent: number) => ({ total: 9, sent, skipped: 0, failed: 0, inDoubt: 0 });

test("the compiler refuses an owner whose steps lack a handler", () => {
  const missing: Pick<ConsumeSteps<"campaign">, "owner" | "handlers"> = {
    owner: "campaign",
    // @ts-expect-error: Prepare has no handler.
    handlers: { Count: async () => ({ kind: "complete" }) },
  };
  expect(missing.owner).toBe("campaign");
});

test("how long a job waited is measured in the time all hosts agree on", async () => {
  const minuteAgo = { now: () => clock.now() - 60_000 };
  queues = opened.use(stepQueues(redis, { ...pipeline, clock: minuteAgo }));
  openWorkers(async () => ({ kind: "complete" }));
  const order = await start("Count");
  await statusOf(pipeline, order, "Count", "complete");
  const waits = pipeline.metrics.counted.filter(({ name }) => name === "QueueWait");
  expect(waits.map(({ value }) => Math.floor(value / 60_000))).toEqual([1]);
});

test("a Send that has used up its quota when sending ends has the people left as skipped, in its step and in the audit", async () => {
  openWorkers(async () => ({ kind: "sleep", cause: "quota", counters: counters(3) }));
  const order = await start("Send", { sendUntil: instant(Date.now() - 1000) });
  const done = await statusOf(pipeline, order, "Send", "complete");
  expect(done.steps.Send.counters).toEqual({ ...counters(3), skipped: 6 });
  const line = await auditLine(pipeline, order.id, `E#${done.steps.Send.runId}#Send`);
  expect(line?.["data"].counters).toEqual(done.steps.Send.counters);
});

test("a complete run says what its handler said, is audited, and leaves no lease and no job", async () => {
  openWorkers(async (run) => {
    run.report({ counters: counters(3), languages: { EN: counters(3) } });
    return { kind: "complete", message: "Done.", resultRunId: run.runId };
  });
  const order = await start("Dry-Run");
  const done = await statusOf(pipeline, order, "Dry-Run", "complete");
  const { runId } = done.steps["Dry-Run"];
  expect(done.steps["Dry-Run"]).toMatchObject({ message: "Done.", counters: counters(3), resultRunId: runId });
  expect(done.steps["Dry-Run"].languages).toEqual({ EN: counters(3) });
  for (const field of ["runLease", "runState", "runCheckAt"]) expect(done).not.toHaveProperty(field);
  const line = await auditLine(pipeline, order.id, `E#${runId}#Dry-Run`);
  expect(line).toMatchObject({ what: "run ended", data: { status: "complete", counters: counters(3) } });
  const queue = opened.adopt(new Queue(stepNamed("Dry-Run").queue, { connection: redis }), (open) => open.close());
  await eventually("nothing is kept in the queue", async () =>
    Object.values(await queue.getJobCounts()).every((count) => count === 0),
  );
});

test("Prepare's content is stored with its completion and resets what was checked with other content", async () => {
  const hash = "b".repeat(64);
  openWorkers(async () => ({ kind: "complete", prepared: { EN: { s3Key: "k", hash, bytes: 7 } } }));
  const order = await start("Prepare", { steps: { ...readySteps(), Test: { status: "complete" } } });
  const done = await statusOf(pipeline, order, "Prepare", "complete");
  expect(done.prepared["EN"]).toMatchObject({ hash, bytes: 7 });
  expect(done.steps.Test).toMatchObject({ status: "ready", message: expect.stringContaining("new content") });
});

const ends: [what: string, handler: StepHandler, status: "error" | "exception", message: RegExp][] = [
  ["a result that says error", async () => ({ kind: "error", message: "No stage." }), "error", /^No stage\.$/],
  [
    "a configuration error",
    async () => {
      throw new AppError("configuration", "There is no pool named vips.");
    },
    "error",
    /no pool named vips/,
  ],
  [
    "a transient error outside continuous sending",
    async () => {
      throw new AppError("dependency", "The bucket is away.");
    },
    "error",
    /bucket is away/,
  ],
  [
    "an unexpected throw",
    async () => {
      throw new TypeError("cannot read ana@example.org");
    },
    "exception",
    /^Unexpected error: TypeError: cannot read …@example\.org\. It can be started again\.$/,
  ],
];
test.each(ends)("%s ends the run as it should, in plain words without address", async (_, handler, status, message) => {
  openWorkers(handler);
  const order = await start("Send");
  const ended = await statusOf(pipeline, order, "Send", status);
  expect(ended.steps.Send.message).toMatch(message);
  expect(ended.steps.Send.endedAt).toBeDefined();
  expect(ended).not.toHaveProperty("runLease");
});

test("jobs without a right to run have no effect: doubled, of an old token, of a run that ended, malformed", async () => {
  const begun: string[] = [];
  openWorkers(async (run) => {
    begun.push(`${run.runId} ${run.token}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { kind: "complete" };
  });
  const order = await start("Count");
  const { runId } = order.runLease!;
  const job = { workOrderId: order.id, runId };
  await queues.addStep("Count", { ...job, token: 1 });
  await queues.addStep("Count", { ...job, token: 0 });
  await queues.addStep("Count", { ...job, token: 2 });
  await queues.addStep("Count", { ...job, runId: ulid(), token: 1 });
  await queues.addStep("Count", { workOrderId: "" } as never);
  await statusOf(pipeline, order, "Count", "complete");
  await queues.addStep("Count", { ...job, token: 1 });
  await eventually("every job is gone", async () => (await queues.backlog("Count")).waiting === 0);
  const next = await start("Count");
  await statusOf(pipeline, next, "Count", "complete");
  expect(begun).toEqual([`${runId} 1`, `${next.runLease?.runId} 1`]);
});

test("a job lost by BullMQ's stalled check and run twice in one process works once", async () => {
  let running = 0;
  let most = 0;
  const handler: StepHandler = async (run) => {
    running += 1;
    most = Math.max(most, running);
    await untilAborted(run).finally(() => {
      running -= 1;
    });
    throw new Error("unreachable");
  };
  openWorkers(handler);
  const order = await start("Count");
  await orderWhen(pipeline, order, "picked up", (now) => now.runLease?.worker !== undefined);
  // The lock is gone and the stalled check has put the job back.
  await redis.del(`bull:count:${order.runLease?.runId}-t1:lock`);
  await redis.lrem("bull:count:active", 0, `${order.runLease?.runId}-t1`);
  await redis.lpush("bull:count:wait", `${order.runLease?.runId}-t1`);
  await redis.zadd("bull:count:marker", 0, "0");
  await eventually("the doubled job is taken", async () => (await queues.backlog("Count")).waiting === 0);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(most).toBe(1);
  expect((await pipeline.orders.get(order.id))?.steps.Count.status).toBe("working");
});

test("progress goes out at most twice a second, and the newest value always", async () => {
  const before = Date.now();
  openWorkers(
    async (run) => {
      for (let sent = 1; sent <= 500; sent += 1) {
        run.report({ message: `${sent}`, counters: counters(sent) });
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await untilAborted(run);
      return { kind: "complete" };
    },
    { heartbeatMilliseconds: 60_000 },
  );
  const order = await start("Send");
  const newest = await orderWhen(pipeline, order, "the last value", (now) => now.steps.Send.message === "500");
  expect(newest.steps.Send.counters?.sent).toBe(500);
  const halfSeconds = (Date.now() - before) / 500;
  expect(newest.version - order.version).toBeLessThanOrEqual(halfSeconds + 3);
});

test("a graceful shutdown releases the run; another process goes on under the same run id, and it is no loss", async () => {
  const interrupted: string[] = [];
  const first = openWorkers(async (run) => {
    run.report({ counters: counters(2) });
    return untilAborted(run).catch((reason: AppError) => {
      interrupted.push(reason.code);
      throw reason;
    });
  });
  const order = await start("Send");
  await orderWhen(pipeline, order, "picked up", (now) => now.runLease?.worker !== undefined);
  await first[Symbol.asyncDispose]();
  const back = await pipeline.orders.get(order.id);
  expect(back).toMatchObject({ fence: 2, losses: 0, runLease: { token: 2 }, steps: { Send: { status: "working" } } });
  expect(back?.runLease).not.toHaveProperty("worker");
  openWorkers(async () => ({ kind: "complete" }));
  const done = await statusOf(pipeline, order, "Send", "complete");
  expect(done.steps.Send.runId).toBe(order.runLease?.runId);
  expect(interrupted).toEqual(["shutting-down"]);
});

test("a handler that does not end loses its run at the shutdown's deadline and can prove nothing any more", async () => {
  const proofs: string[] = [];
  const release = Promise.withResolvers<void>();
  const first = openWorkers(
    async (run) => {
      await release.promise;
      try {
        run.proveLease();
        proofs.push("proved");
      } catch (error) {
        proofs.push((error as AppError).code);
      }
      return { kind: "complete" };
    },
    { releaseMilliseconds: 300 },
  );
  const order = await start("Test");
  await orderWhen(pipeline, order, "picked up", (now) => now.runLease?.worker !== undefined);
  await first[Symbol.asyncDispose]();
  expect(await pipeline.orders.get(order.id)).toMatchObject({ fence: 2, runLease: { token: 2 } });
  release.resolve();
  await eventually("the late handler ends", () => proofs.length === 1);
  expect(proofs).toEqual(["shutting-down"]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await pipeline.orders.get(order.id))?.steps.Test.status).toBe("working");
});

test("a handler that finds its lease too old releases the run for the next worker at once", async () => {
  let tries = 0;
  openWorkers(
    async (run) => {
      tries += 1;
      if (tries > 1) return { kind: "complete" };
      await new Promise((resolve) => setTimeout(resolve, 100));
      run.proveLease();
      return { kind: "error", message: "it should not have been able to prove its lease" };
    },
    { proofMilliseconds: 50, heartbeatMilliseconds: 10_000 },
  );
  const order = await start("Count");
  const done = await statusOf(pipeline, order, "Count", "complete");
  expect(done).toMatchObject({ fence: 2, losses: 0 });
});

test("an outage of the database ends no run at first: it goes on under the same run id", async () => {
  const tries: string[] = [];
  openWorkers(async (run) => {
    tries.push(run.runId);
    if (tries.length === 1) throw new AppError("storage", "DynamoDB did not respond to ScanCommand (ECONNREFUSED).");
    return { kind: "complete", message: "Done." };
  });
  const order = await start("Count");
  await jobAgain(order, 1);
  const done = await statusOf(pipeline, order, "Count", "complete");
  expect(tries).toEqual([done.steps.Count.runId, done.steps.Count.runId]);
});

test("an outage that a run meets three times ends it in error, in plain words", async () => {
  openWorkers(async () => {
    throw new AppError("storage", "DynamoDB did not respond to ScanCommand (ECONNREFUSED).");
  });
  const order = await start("Count");
  await jobAgain(order, 1);
  await jobAgain(order, 2);
  const ended = await statusOf(pipeline, order, "Count", "error");
  expect(ended.steps.Count.message).toMatch(/^DynamoDB did not respond .+ Start it again/);
});

/** What ingest does with a run no worker has, once its worker gave it up for the nth time. */
async function jobAgain(order: WorkOrder, times: number): Promise<void> {
  const given = await orderWhen(pipeline, order, "it is given up", ({ losses }) => losses === times);
  expect(given).toMatchObject({ runState: "working", steps: { Count: { status: "working" } } });
  expect(given.runLease).not.toHaveProperty("worker");
  const { runId, token } = given.runLease!;
  await queues.addStep("Count", { workOrderId: order.id, runId, token });
}

test("a result that does not fit the order ends the run in error and leaves the order readable", async () => {
  openWorkers(async () => ({ kind: "complete", counters: { ...counters(1), sent: -1 } }));
  const order = await start("Count");
  const ended = await statusOf(pipeline, order, "Count", "error");
  expect(ended.steps.Count.message).toMatch(/steps\.Count\.counters\.sent/);
});

test("an end that was written although its response was lost is published, and the run is not done again", async () => {
  let tries = 0;
  const lostOnce = async (...[id, write, options]: Parameters<typeof pipeline.orders.write>) => {
    const ends = options?.audit !== undefined;
    // The event is lost with the response.
    const written = await pipeline.orders.write(id, write, ends ? { ...options, publish: false } : options);
    if (ends && tries++ === 0) throw new AppError("storage", "DynamoDB did not respond.");
    return written;
  };
  const published: number[] = [];
  const republish = async (order: WorkOrder) => void published.push(order.version);
  const ports = { ...common(), orders: { ...pipeline.orders, write: lostOnce, republish } };
  const handler: StepHandler = async () => ({ kind: "complete", message: "Done." });
  opened.use(consumeSteps({ ...ports, owner: "campaign", handlers: { Count: handler, Prepare: handler } }));
  const order = await start("Count");
  const done = await statusOf(pipeline, order, "Count", "complete");
  await eventually("the end is published", async () => published.length > 0);
  expect(published).toEqual([done.version]);
  expect(pipeline.metrics.counted.filter(({ name }) => name === "StepDuration")).toHaveLength(1);
});

test.each([
  ["throws something unexpected", new TypeError("x is undefined"), "exception", "StepExceptions"],
  ["says what a person must repair", new AppError("content", "The template has 2 errors."), "error", "StepErrors"],
] as const)(
  "acceptance 85: a handler that %s is one line at level error, and is counted",
  async (_, thrown, to, name) => {
    const lines: Record<string, unknown>[] = [];
    pipeline = {
      ...pipeline,
      log: openLog("campaign", "debug", { write: (line) => void lines.push(JSON.parse(line)) }),
    };
    openWorkers(async () => {
      throw thrown;
    });
    const order = await start("Count");
    await statusOf(pipeline, order, "Count", to);
    await eventually("the run ended here", () => lines.some(({ msg }) => msg === "run ended here"));
    const { runId } = (await pipeline.orders.get(order.id))!.steps.Count;
    expect(lines.filter(({ level }) => level === "error")).toMatchObject([
      { step: "Count", workOrderId: order.id, runId, to, error: { message: thrown.message } },
    ]);
    const failures = pipeline.metrics.counted.filter((counted) => /^Step(Errors|Exceptions)$/.test(counted.name));
    expect(failures).toEqual([{ name, value: 1 }]);
  },
);

test("acceptance 85: trouble that a run outlasts is a warning; only its end in error is a line at level error", async () => {
  const lines: Record<string, unknown>[] = [];
  pipeline = { ...pipeline, log: openLog("campaign", "debug", { write: (line) => void lines.push(JSON.parse(line)) }) };
  const levels = () => lines.map(({ level }) => level).filter((level) => level === "warn" || level === "error");
  openWorkers(async () => {
    throw new AppError("storage", "DynamoDB did not respond to ScanCommand (ECONNREFUSED).");
  });
  const order = await start("Count");
  await jobAgain(order, 1);
  await jobAgain(order, 2);
  expect(levels()).not.toContain("error");
  await statusOf(pipeline, order, "Count", "error");
  await eventually("all three ended", () => lines.filter(({ msg }) => msg === "run ended here").length === 3);
  expect(levels()).toEqual(["warn", "warn", "error"]);
});
