import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { statusEventSchema } from "@email-agent/shared/messages/statusEvent.ts";
import { type StepCommand, stepCommandSchema } from "@email-agent/shared/messages/stepCommand.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { type Pipeline, startPipeline } from "@email-agent/shared/testing/pipeline.ts";
import fc from "fast-check";
import { ulid } from "ulid";
import { startIngest } from "../../../services/ingest/src/ingest.ts";
import { receiveEvents } from "../../../services/notifier/src/receiveEvents.ts";
import type { Observed, Trial } from "../scenario.ts";
import { type CapturedLog, capturedLog } from "./capturedLog.ts";
import { hostileJson } from "./hostileJson.ts";
import { hostileText, mutated } from "./hostileText.ts";

interface Queue {
  readonly url: string;
  readonly deadUrl: string;
  readonly isFifo: boolean;
}

const mostBytes = 200_000;

/** Bodies that SQS takes: not empty, without the letters that XML cannot hold, and not too long. */
function bodies(examples: readonly unknown[], { seed, tries }: Trial & { readonly tries: number }): string[] {
  const texts = examples.map((one) => JSON.stringify(one));
  const made = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(hostileJson, fc.constantFrom(...examples)).map(([make, example]) => make(example)),
    },
    { weight: 2, arbitrary: mutated(texts) },
    { weight: 1, arbitrary: hostileText },
    {
      weight: 1,
      arbitrary: fc.constantFrom("{", "null", "[]", '""', "0", "[".repeat(50_000), `{"Message":"{}","TopicArn":"x"}`),
    },
  );
  return fc.sample(made, { seed, numRuns: tries }).map((text) => {
    const taken = text
      .toWellFormed()
      .replace(/[^\P{Cc}\t\r\n]|[\ufffe\uffff]/gu, "?")
      .slice(0, mostBytes / 4);
    return taken === "" ? " " : taken;
  });
}

async function put({ aws }: Pipeline, { url, isFifo }: Queue, body: string): Promise<void> {
  const group = { MessageGroupId: ulid(), MessageDeduplicationId: ulid() };
  await aws.sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, ...(isFifo && group) }));
}

async function putAll(pipeline: Pipeline, queue: Queue, all: readonly string[]): Promise<void> {
  for (let from = 0; from < all.length; from += 20)
    await Promise.all(all.slice(from, from + 20).map((body) => put(pipeline, queue, body)));
}

/** Waits until a queue is empty; returns the bodies of its dead letters. */
async function deadOf({ aws }: Pipeline, { url, deadUrl }: Queue): Promise<string[]> {
  await eventually(
    "the queue is empty",
    async () => {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes = {} } = await aws.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }),
      );
      return names.every((name) => Attributes[name] === "0");
    },
    { withinSeconds: 240, everyMilliseconds: 100 },
  );
  const dead: string[] = [];
  for (;;) {
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 }),
    );
    if (Messages.length === 0) return dead;
    dead.push(...Messages.map(({ Body = "" }) => Body));
  }
}

/** What fits no schema is a dead letter with a line in the log, and nothing else is. */
function judgeDeadLetters(
  sent: readonly string[],
  dead: readonly string[],
  fits: (value: unknown) => boolean,
  { lines, judge }: CapturedLog,
): Observed {
  const violations = misplaced(sent, dead, fits);
  const said = lines.filter((line) => line.includes("it goes to the dead-letter queue")).length;
  if (said < dead.length) violations.push(`${dead.length} dead letters have ${said} lines in the log.`);
  const leaked = judge();
  return { tries: sent.length, violations: leaked ? [...violations, leaked] : violations };
}

/** Bodies that are dead letters and fit, or fit not and are none; five at most. */
function misplaced(all: readonly string[], dead: readonly string[], fits: (value: unknown) => boolean): string[] {
  const count = (texts: readonly string[]) => Map.groupBy(texts, (text) => text);
  const [sent, found] = [count(all), count(dead)];
  const violations: string[] = [];
  for (const [body, copies] of sent) {
    const isDead = !fits(parsed(body));
    const expected = isDead ? copies.length : 0;
    if ((found.get(body)?.length ?? 0) !== expected)
      violations.push(`${isDead ? "No dead letter" : "A dead letter"}: ${body.slice(0, 400)}`);
  }
  return violations.slice(0, 5);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Commands of every shape on the queue of ingest; then the commands of users are judged as ever. */
export async function hostileCommands(trial: Trial & { readonly tries: number }): Promise<Observed> {
  const captured = capturedLog();
  const { log } = captured;
  await using stack = new AsyncDisposableStack();
  const pipeline = stack.use(await startPipeline({ log }));
  const { aws, config, metrics, orders } = pipeline;
  const asNew = ({ version: _v, createdAt: _c, updatedAt: _u, ...rest }: WorkOrder) =>
    rest as Parameters<typeof orders.create>[0];
  const own = await orders.create(asNew(anOrder({ subEvent: "own" })));
  const target = await orders.create(asNew(anOrder({ subEvent: "target" })));
  const commandOf = (workOrderId: string): StepCommand => ({
    ...{ v: 1, commandId: ulid(), workOrderId, step: "Count", action: "start" },
    ...{ requestedBy: "anna", requestedAt: new Date().toISOString() },
  });
  const queue = { url: config.SQS_QUEUE_URL, deadUrl: config.workOrderDeadLettersQueueUrl, isFifo: true };
  const examples = [commandOf("wo-unknown"), { ...commandOf(target.id), action: "stop" }, commandOf("x".repeat(3000))];
  const sent = bodies(examples, trial);
  await putAll(pipeline, queue, sent);
  const redis = await pipeline.openRedis();
  const ending = new AbortController();
  const options = { aws, redis, config, log, metrics, signal: ending.signal, pollSeconds: 1 };
  stack.use(startIngest(options));
  stack.defer(() => ending.abort());
  await put(pipeline, queue, JSON.stringify(commandOf(own.id)));
  await eventually("the command behind them is judged", async () => (await orders.get(own.id))?.steps.Count.runId, {
    withinSeconds: 120,
  });
  const dead = await deadOf(pipeline, queue);
  return judgeDeadLetters(sent, dead, (value) => stepCommandSchema.safeParse(value).success, captured);
}

/** Status events of every shape on the queue of the notifier; then events are passed on as ever. */
export async function hostileEvents(trial: Trial & { readonly tries: number }): Promise<Observed> {
  const captured = capturedLog();
  const { log } = captured;
  await using stack = new AsyncDisposableStack();
  const pipeline = stack.use(await startPipeline({ log }));
  const { aws, config } = pipeline;
  const { command: _, ...order } = anOrder();
  const event = {
    ...{ v: 1, type: "work-order.snapshot", workOrderId: order.id, eventCode: order.eventCode, version: 1 },
    ...{ at: new Date().toISOString(), order },
  };
  const queue = { url: config.STATUS_QUEUE_URL, deadUrl: config.statusDeadLettersQueueUrl, isFifo: false };
  const sent = bodies([event, { ...event, type: "work-order.deleted", order: undefined }], trial);
  await putAll(pipeline, queue, sent);
  const offered: string[] = [];
  const throttle = {
    congested: false,
    offer(one: { workOrderId: string }, done: () => void) {
      offered.push(one.workOrderId);
      done();
    },
    async drain() {},
  };
  stack.use(receiveEvents(config, { aws, throttle, clock: aws.clock, log }));
  await put(pipeline, queue, JSON.stringify({ ...event, workOrderId: "wo-last" }));
  await eventually("the event behind them is passed on", () => offered.includes("wo-last"), { withinSeconds: 120 });
  const dead = await deadOf(pipeline, queue);
  return judgeDeadLetters(sent, dead, (value) => statusEventSchema.safeParse(value).success, captured);
}
