import { randomUUID } from "node:crypto";
import { PublishCommand } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../testStack.ts";

/** What the product relies on in SQS and SNS. `AWS_ENDPOINT_URL` runs the same file against another endpoint. */
let stack: TestStack;
let send: TestStack["aws"]["sqs"]["send"];
beforeAll(async () => {
  stack = await startTestStack({ dynamo: false, cloud: true, visibilitySeconds: 2 });
  send = stack.aws.sqs.send.bind(stack.aws.sqs);
});
afterAll(() => stack[Symbol.asyncDispose]());

/** A FIFO queue of its own. */
async function fifoQueue(attributes: Record<string, string> = {}): Promise<string> {
  const Attributes = { FifoQueue: "true", VisibilityTimeout: "2", ...attributes };
  const { QueueUrl } = await send(new CreateQueueCommand({ QueueName: `c-${randomUUID()}.fifo`, Attributes }));
  return QueueUrl ?? "";
}

const put = (QueueUrl: string, MessageGroupId: string, MessageBody: string, MessageDeduplicationId = MessageBody) =>
  send(new SendMessageCommand({ QueueUrl, MessageGroupId, MessageBody, MessageDeduplicationId }));

async function take(QueueUrl: string, options: { max?: number; waitSeconds?: number } = {}): Promise<Message[]> {
  const { max = 1, waitSeconds = 0 } = options;
  const input = { QueueUrl, MaxNumberOfMessages: max, WaitTimeSeconds: waitSeconds };
  const names = { MessageSystemAttributeNames: ["All" as const], MessageAttributeNames: ["All"] };
  return (await send(new ReceiveMessageCommand({ ...input, ...names }))).Messages ?? [];
}
const bodies = (messages: Message[]) => messages.map(({ Body }) => Body);
const remove = (QueueUrl: string, { ReceiptHandle }: Message) =>
  send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
const hide = (QueueUrl: string, { ReceiptHandle }: Message, VisibilityTimeout: number) =>
  send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));

describe("a FIFO queue", () => {
  it("keeps the order of a group and gives a group to one holder at a time", async () => {
    const queue = await fifoQueue();
    for (const [group, body] of [
      ["a", "a1"],
      ["a", "a2"],
      ["b", "b1"],
    ] as const)
      await put(queue, group, body);
    const [first] = await take(queue);
    expect(first?.Body).toBe("a1");
    expect(bodies(await take(queue))).toEqual(["b1"]);
    expect(await take(queue)).toEqual([]);
    await remove(queue, first as Message);
    expect(bodies(await take(queue))).toEqual(["a2"]);
  });

  it("drops a message sent twice under one deduplication id, also after the first was deleted", async () => {
    const queue = await fifoQueue();
    const one = await put(queue, "a", "one", "same-id");
    const two = await put(queue, "a", "two", "same-id");
    expect(two.MessageId).toBe(one.MessageId);
    const [message] = await take(queue);
    await remove(queue, message as Message);
    await put(queue, "a", "three", "same-id");
    expect(await take(queue)).toEqual([]);
  });

  it("brings a message back in its place when its visibility runs out, and counts the receives", async () => {
    const queue = await fifoQueue({ VisibilityTimeout: "1" });
    await put(queue, "a", "a1");
    await put(queue, "a", "a2");
    await take(queue);
    const again = await eventually("the message is back", async () => (await take(queue, { waitSeconds: 2 }))[0]);
    expect(again.Body).toBe("a1");
    expect(again.Attributes).toMatchObject({ ApproximateReceiveCount: "2", MessageGroupId: "a" });
    await remove(queue, again);
    expect(bodies(await take(queue))).toEqual(["a2"]);
  });

  it("hides a message longer for a holder that sends heartbeats", async () => {
    const queue = await fifoQueue({ VisibilityTimeout: "1" });
    await put(queue, "a", "a1");
    const [message] = await take(queue);
    await hide(queue, message as Message, 60);
    expect(await take(queue, { waitSeconds: 2 })).toEqual([]);
    await remove(queue, message as Message);
  });

  it("gives a message back at once when its holder sets its visibility to 0", async () => {
    const queue = await fifoQueue();
    await put(queue, "a", "a1");
    await put(queue, "a", "a2");
    const [message] = await take(queue);
    await hide(queue, message as Message, 0);
    expect(bodies(await take(queue))).toEqual(["a1"]);
  });

  it("lets the second holder of a message finish it, whatever the first does too late", async () => {
    const queue = await fifoQueue({ VisibilityTimeout: "1" });
    await put(queue, "a", "a1");
    const [late] = await take(queue);
    const [mine] = await take(queue, { waitSeconds: 3 });
    expect(mine?.Body).toBe("a1");
    // Refused or not: it must not bring the message back, nor lose it for the second.
    await hide(queue, late as Message, 60).catch(() => {});
    await remove(queue, mine as Message);
    await remove(queue, late as Message).catch(() => {});
    expect(await take(queue, { waitSeconds: 2 })).toEqual([]);
    await put(queue, "a", "a2");
    expect(bodies(await take(queue))).toEqual(["a2"]);
  });

  it("moves a message to the dead-letter queue after five receives, and lets the next of its group pass", async () => {
    const queue = stack.config.SQS_QUEUE_URL;
    await put(queue, "dead", "poison");
    await put(queue, "dead", "good");
    for (let receives = 1; receives <= 5; receives++) {
      const [message] = await take(queue);
      expect(message?.Body).toBe("poison");
      await hide(queue, message as Message, 0);
    }
    const [next] = await take(queue);
    expect(next?.Body).toBe("good");
    await remove(queue, next as Message);
    const [dead] = await take(stack.config.workOrderDeadLettersQueueUrl, { waitSeconds: 2 });
    expect(dead?.Body).toBe("poison");
  });

  it("answers a waiting receive as soon as a message comes, and another group's holder does not delay it", async () => {
    const queue = await fifoQueue();
    await put(queue, "a", "a1");
    await take(queue);
    const waiting = take(queue, { waitSeconds: 10 });
    await put(queue, "b", "b1");
    expect(bodies(await waiting)).toEqual(["b1"]);
  });

  it("answers a waiting receive when the group's holder is done", async () => {
    const queue = await fifoQueue({ VisibilityTimeout: "30" });
    await put(queue, "a", "a1");
    await put(queue, "a", "a2");
    const [first] = await take(queue);
    const waiting = take(queue, { waitSeconds: 10 });
    await remove(queue, first as Message);
    expect(bodies(await waiting)).toEqual(["a2"]);
  });

  it("gives several messages of one group in one receive, in order", async () => {
    const queue = await fifoQueue();
    for (const body of ["1", "2", "3"]) await put(queue, "a", body);
    const batch = await take(queue, { max: 10 });
    expect(bodies(batch)).toEqual(["1", "2", "3"]);
    const Entries = batch.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    const response = await send(new DeleteMessageBatchCommand({ QueueUrl: queue, Entries }));
    expect(response.Successful).toHaveLength(3);
  });

  it("brings back, after its visibility at the latest, what it took for a caller that has gone away", async () => {
    const queue = await fifoQueue({ VisibilityTimeout: "2" });
    const gone = new AbortController();
    const wait = new ReceiveMessageCommand({ QueueUrl: queue, WaitTimeSeconds: 20 });
    const waiting = send(wait, { abortSignal: gone.signal }).catch((error) => error.name);
    // The long poll must stand before its caller leaves; a receive of another queue passes the same server later.
    await take(await fifoQueue());
    gone.abort();
    expect(await waiting).toBe("AbortError");
    await put(queue, "a", "a1");
    expect(bodies(await take(queue, { waitSeconds: 10 }))).toEqual(["a1"]);
  });

  it("says which queue does not exist", async () => {
    const wrong = `${stack.config.SQS_QUEUE_URL.replace(".fifo", "")}-none.fifo`;
    await expect(put(wrong, "a", "a1")).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  });

  it("counts what waits and what is in flight", async () => {
    const queue = await fifoQueue({ VisibilityTimeout: "30" });
    for (const body of ["1", "2", "3"]) await put(queue, body, body);
    await take(queue);
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    const { Attributes } = await send(
      new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: [...AttributeNames] }),
    );
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: "2", ApproximateNumberOfMessagesNotVisible: "1" });
  });
});

describe("a standard queue", () => {
  it("takes batches, each entry answering for itself", async () => {
    const queue = stack.config.routerFailuresQueueUrl;
    const Entries = [
      { Id: "a", MessageBody: "one" },
      { Id: "b", MessageBody: "x".repeat(1_100_000) },
    ];
    const response = await send(new SendMessageBatchCommand({ QueueUrl: queue, Entries })).catch((error) => error);
    // AWS refuses a batch over its limit as a whole; within the limit only the entry.
    if (!(response instanceof Error)) expect(response.Failed?.map(({ Id }: { Id: string }) => Id)).toEqual(["b"]);
    const whole = [{ Id: "a", MessageBody: "two" }];
    await send(new SendMessageBatchCommand({ QueueUrl: queue, Entries: whole }));
    const got = await eventually("the message is there", async () => {
      const messages = await take(queue, { max: 10, waitSeconds: 1 });
      return bodies(messages).includes("two") && messages;
    });
    expect(bodies(got)).not.toContain("x".repeat(1_100_000));
  });
});

describe("the status topic", () => {
  it("delivers what is published to the status queue as it is, attributes beside it", async () => {
    const Message = JSON.stringify({ v: 1, text: 'ünï <&> "quotes"' });
    await stack.aws.sns.send(
      new PublishCommand({
        TopicArn: stack.config.STATUS_TOPIC_ARN,
        Message,
        MessageAttributes: { type: { DataType: "String", StringValue: "work-order.snapshot" } },
      }),
    );
    const [message] = await take(stack.config.STATUS_QUEUE_URL, { waitSeconds: 5 });
    expect(message?.Body).toBe(Message);
    expect(message?.MessageAttributes?.["type"]?.StringValue).toBe("work-order.snapshot");
  });

  it("says which topic does not exist", async () => {
    const TopicArn = `${stack.config.STATUS_TOPIC_ARN}-none`;
    const publish = stack.aws.sns.send(new PublishCommand({ TopicArn, Message: "x" }));
    await expect(publish).rejects.toMatchObject({ name: "NotFoundException" });
  });
});
