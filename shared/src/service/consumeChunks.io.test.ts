import { ulid } from "ulid";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import { type Pipeline, startPipeline } from "../../testing/pipeline.ts";
import { type ChunkQueue, chunkQueue } from "../adapters/stepQueues.ts";
import { systemClock as clock } from "./clock.ts";
import { consumeChunks } from "./consumeChunks.ts";

let pipeline: Pipeline;
let queue: ChunkQueue;
let opened: AsyncDisposableStack;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  pipeline = opened.use(await startPipeline());
  queue = opened.use(chunkQueue(await pipeline.openRedis(), pipeline));
});
afterEach(() => opened.disposeAsync());

test("each sender tells the chunks that wait or are in hand, divided by the senders there are", async () => {
  const told: { name: string; value: number; sender: number }[] = [];
  const runId = ulid();
  const chunks = Array.from({ length: 7 }, (_, number) => ({
    ...{ workOrderId: "wo-1", runId, token: 1 },
    sk: `chunk#EN#00000${number}`,
  }));
  await queue.add(chunks);
  for (const sender of [1, 2])
    opened.use(
      consumeChunks({
        work: (_, stopping) => new Promise((resolve) => stopping.addEventListener("abort", () => resolve())),
        concurrency: 1,
        redis: pipeline.openBlockingRedis(),
        queue,
        shutdown: new AbortController().signal,
        metrics: { record: (name, value) => void told.push({ name, value, sender }) },
        measureMilliseconds: 20,
        ...{ clock, log: pipeline.log },
      }),
    );
  const newest = (name: string, sender: number) =>
    told.findLast((one) => one.name === name && one.sender === sender)?.value;
  const newestOfBoth = () =>
    [1, 2].map((sender) => [newest("QueueWaiting", sender), newest("ChunksPerSender", sender)]);
  await eventually("both senders tell the same", () => JSON.stringify(newestOfBoth()) === "[[5,3.5],[5,3.5]]");
  expect(newestOfBoth()).toEqual([
    [5, 3.5],
    [5, 3.5],
  ]);
});
