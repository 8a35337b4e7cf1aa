import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../../testing/eventually.ts";
import { type Pipeline, silentLog, startPipeline } from "../../testing/pipeline.ts";
import { deadLetters, sendBody } from "../../testing/queueViews.ts";
import { type ConsumerOptions, queueConsumer } from "./queueConsumer.ts";

let pipeline: Pipeline;
let stack: AsyncDisposableStack;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  pipeline = stack.use(await startPipeline());
});
afterEach(() => stack.disposeAsync());

const send = (group: string, body: string) => sendBody(pipeline, group, body);

const options = (): ConsumerOptions => ({
  queueUrl: pipeline.config.SQS_QUEUE_URL,
  loops: 3,
  handle: async () => "done",
  isReady: async () => {},
  signal: new AbortController().signal,
  log: silentLog,
  visibilitySeconds: 1,
  pollSeconds: 1,
});

function consume(handle: ConsumerOptions["handle"], fields: Partial<ConsumerOptions> = {}): AsyncDisposable {
  const consumer = queueConsumer(pipeline.aws, { ...options(), handle, ...fields });
  return stack.adopt(consumer, (open) => open[Symbol.asyncDispose]());
}

test("keeps the order within a group, works on several groups at once, and deletes what is done", async () => {
  const handled: string[] = [];
  const gate = Promise.withResolvers<void>();
  consume(async ({ body }) => {
    if (body === "a1") await gate.promise;
    handled.push(body);
    return "done";
  });
  for (const body of ["a1", "a2", "b1", "b2"]) await send(body[0] as string, body);
  await eventually("the other group is through", () => handled.length === 2);
  expect(handled).toEqual(["b1", "b2"]);
  gate.resolve();
  await eventually("all are through", () => handled.length === 4);
  expect(handled.slice(2)).toEqual(["a1", "a2"]);
});

test("a command is received with the visibility that its queue has", async () => {
  const { aws, config } = pipeline;
  const received: unknown[] = [];
  aws.sqs.middlewareStack.add(
    (next) => (args) => {
      if ("WaitTimeSeconds" in args.input) received.push(args.input);
      return next(args);
    },
    { step: "initialize" },
  );
  const { visibilitySeconds: _, ...usual } = options();
  stack.adopt(queueConsumer(aws, usual), (open) => open[Symbol.asyncDispose]());
  await eventually("it receives", () => received.length > 0);
  const ask = new GetQueueAttributesCommand({ QueueUrl: config.SQS_QUEUE_URL, AttributeNames: ["VisibilityTimeout"] });
  const { Attributes } = await aws.sqs.send(ask);
  expect(received[0]).toMatchObject({ VisibilityTimeout: Number(Attributes?.["VisibilityTimeout"]) });
});

test("a message under way for longer than the visibility timeout stays hidden from the others", async () => {
  const receives: number[] = [];
  consume(async (message) => {
    receives.push(message.receives);
    await new Promise((resolve) => setTimeout(resolve, 3500));
    return "done";
  });
  await send("g", "slow");
  await new Promise((resolve) => setTimeout(resolve, 4500));
  expect(receives).toEqual([1]);
});

test("a message that could not be handled comes back, in its place, until the dead-letter queue takes it", async () => {
  const handled: string[] = [];
  consume(async ({ body }) => {
    handled.push(body);
    if (body === "fails once" && handled.length === 1) throw new Error("away");
    return body === "never" ? "later" : "done";
  });
  for (const body of ["fails once", "then", "never", "last"]) await send("g", body);
  expect(await deadLetters(pipeline, 1)).toEqual(["never"]);
  await eventually("the one behind it is through", () => handled.includes("last"));
  expect(handled).toEqual(["fails once", "fails once", "then", ...Array(5).fill("never"), "last"]);
}, 20_000);

test("a message that can never be handled goes to the dead-letter queue at once", async () => {
  const handled: string[] = [];
  const startedAt = Date.now();
  consume(
    async ({ body }) => {
      handled.push(body);
      return body === "dead" ? "dead" : "done";
    },
    { visibilitySeconds: 30 },
  );
  await send("g", "dead");
  await send("g", "behind");
  await eventually("the one behind is through", () => handled.includes("behind"));
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  expect(await deadLetters(pipeline, 1)).toEqual(["dead"]);
});

test("receives nothing while it is not ready", async () => {
  const receives: number[] = [];
  let ready = false;
  consume(
    async (message) => {
      receives.push(message.receives);
      return "done";
    },
    {
      isReady: async () => {
        if (!ready) throw new Error("Redis is away");
      },
    },
  );
  await send("g", "early");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(receives).toEqual([]);
  ready = true;
  await eventually("it is received", () => receives.length === 1);
  expect(receives).toEqual([1]);
});

test("an outage is logged once, and its end once, however many loops meet it", async () => {
  const lines: string[] = [];
  const collect = (_: object, text: string) => void lines.push(text);
  const outage = Promise.withResolvers<void>();
  let ready = false;
  consume(async () => "done", {
    log: { ...silentLog, warn: collect, info: collect },
    loops: 4,
    isReady: async () => {
      if (!ready) throw new Error("Redis is away");
      outage.resolve();
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  ready = true;
  await outage.promise;
  await eventually("its end is logged", () => lines.length > 1);
  expect(lines).toEqual([
    "not receiving: a dependency does not respond; trying again until it does",
    "receiving again",
  ]);
});

test("disposing finishes the message under way and takes nothing more", async () => {
  const handled: string[] = [];
  const begun = Promise.withResolvers<void>();
  const consumer = consume(async ({ body }) => {
    begun.resolve();
    await new Promise((resolve) => setTimeout(resolve, 500));
    handled.push(body);
    return "done";
  });
  await send("g", "in hand");
  await send("g", "next");
  await begun.promise;
  await consumer[Symbol.asyncDispose]();
  expect(handled).toEqual(["in hand"]);
  consume(async ({ body }) => {
    handled.push(body);
    return "done";
  });
  await eventually("the next process takes it", () => handled.length === 2);
  expect(handled).toEqual(["in hand", "next"]);
});
