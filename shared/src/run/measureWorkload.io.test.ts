import { ulid } from "ulid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import { type Pipeline, startPipeline } from "../../testing/pipeline.ts";
import { type ChunkQueue, chunkQueue, type StepQueues, stepQueues } from "../adapters/stepQueues.ts";
import type { StepName } from "../domain/steps.ts";
import { systemClock as clock } from "../kit/clock.ts";
import { consumeChunks } from "./consumeChunks.ts";
import { measureWorkload } from "./measureWorkload.ts";

let pipeline: Pipeline;
let chunks: ChunkQueue;
let steps: StepQueues;
let opened: AsyncDisposableStack;
let told: { name: string; value: number; worker: number; queue: string | undefined }[];

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  told = [];
  pipeline = opened.use(await startPipeline());
  const redis = await pipeline.openRedis();
  chunks = opened.use(chunkQueue(redis, pipeline));
  steps = opened.use(stepQueues(redis, pipeline));
});
afterEach(() => opened.disposeAsync());

/** A process that works on `active` chunks at once, of 10 it could, and never ends one; and measures. */
function openSender(worker: number, active = 1): void {
  opened.use(
    consumeChunks({
      work: (_, stopping) => new Promise((resolve) => stopping.addEventListener("abort", () => resolve())),
      concurrency: active,
      redis: pipeline.openBlockingRedis(),
      shutdown: new AbortController().signal,
      metrics: { record: () => {} },
      ...{ clock, log: pipeline.log },
    }),
  );
  measure(worker);
}

function measure(worker: number, owner: "sender" | "campaign" = "sender"): void {
  opened.use(
    measureWorkload({
      ...{ owner, queues: steps, log: pipeline.log, everyMilliseconds: 50 },
      ...(owner === "sender" && { chunks: { queue: chunks, concurrency: 10 } }),
      metrics: {
        record: (name, value, dimensions) => void told.push({ name, value, worker, queue: dimensions?.["queue"] }),
      },
    }),
  );
}

async function addChunks(count: number, account?: { account: string; usefulChunks: number }): Promise<void> {
  const runId = ulid();
  const jobs = Array.from({ length: count }, (_, n) => ({
    workOrderId: "wo-1",
    runId,
    token: 1,
    sk: `chunk#EN#00${n}`,
    ...account,
  }));
  await chunks.add(jobs);
}

async function addSteps(step: StepName, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await steps.addStep(step, { workOrderId: "wo-1", runId: ulid(), token: 1 });
}

const newest = (name: string, worker = 1, queue?: string) =>
  told.findLast((one) => one.name === name && one.worker === worker && (!queue || one.queue === queue))?.value;
const workloadBecomes = (value: number) =>
  eventually(`the workload is ${value}`, () => Math.abs((newest("Workload") ?? Number.NaN) - value) < 0.001);

test("each worker measures the same: chunks that wait or are active, as a share of the places of all", async () => {
  await addChunks(7);
  openSender(1);
  openSender(2);
  await workloadBecomes(7 / 20);
  await eventually("both tell the same", () => newest("Workload", 2) === newest("Workload", 1));
  await eventually("two are in hand", () => newest("QueueWaiting", 1, "send-chunk") === 5);
});

test("acceptance 84: orders of an account of one mail a second ask for two places together, however many wait", async () => {
  const slow = { account: "slow", usefulChunks: 2 };
  for (let order = 0; order < 20; order += 1) await addChunks(2, slow);
  for (const worker of [1, 2, 3]) openSender(worker, 2);
  await workloadBecomes(2 / 30);
  // A fast account beside it, and chunks a sender of the release before added, count in full.
  await addChunks(8, { account: "fast", usefulChunks: 40 });
  await addChunks(5);
  await workloadBecomes((2 + 8 + 5) / 30);
});

test("acceptance 84: Dry-Run and Test ask for senders, Count and Prepare for campaign workers", async () => {
  openSender(1);
  await workloadBecomes(0);
  await addSteps("Dry-Run", 4);
  await addSteps("Test", 2);
  await workloadBecomes(6 / 10);
  // A coordinator of Send mostly waits: 100 of them fill a worker.
  await addSteps("Send", 10);
  await workloadBecomes(0.6 + 0.1);
  measure(3, "campaign");
  await addSteps("Count", 3);
  await addSteps("Prepare", 5);
  await eventually("campaign's workload", () => Math.abs((newest("Workload", 3) ?? 0) - 0.8) < 0.001);
  expect(newest("QueueWaiting", 3, "prepare")).toBe(5);
});
