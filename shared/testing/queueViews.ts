import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Aws } from "../src/adapters/aws.ts";
import { type StepName, stepNamed } from "../src/domain/steps.ts";
import { eventually } from "./eventually.ts";
import type { Pipeline } from "./pipeline.ts";

/** Ids of the jobs of one order that wait for a worker of the step. */
export async function waitingJobs(redis: Redis, workOrderId: string, step: StepName): Promise<string[]> {
  const queue = new Queue(stepNamed(step).queue, { connection: redis });
  try {
    const jobs = await queue.getWaiting();
    return jobs.filter((job) => job.data.workOrderId === workOrderId).map((job) => String(job.id));
  } finally {
    await queue.close();
  }
}

/** The line of Audit, or undefined. */
export async function auditLine(pipeline: Pipeline, workOrderId: string, sk: string) {
  const { Item } = await pipeline.aws.dynamo.send(
    new GetCommand({ TableName: pipeline.config.AUDIT_TABLE, Key: { workOrderId, sk }, ConsistentRead: true }),
  );
  return Item;
}

let sent = 0;

/** Puts any body on the command queue. */
export async function sendBody(pipeline: Pipeline, group: string, body: string): Promise<void> {
  sent += 1;
  const MessageDeduplicationId = `body-${process.pid}-${sent}`;
  await pipeline.aws.sqs.send(
    new SendMessageCommand({
      QueueUrl: pipeline.config.SQS_QUEUE_URL,
      MessageBody: body,
      MessageGroupId: group,
      MessageDeduplicationId,
    }),
  );
}

/** Waits for this many messages in the dead-letter queue of commands; returns their bodies. */
export async function deadLetters(pipeline: Pipeline, count: number): Promise<string[]> {
  const found: string[] = [];
  const QueueUrl = pipeline.config.workOrderDeadLettersQueueUrl;
  await eventually(`${count} dead letters`, async () => {
    const { Messages } = await pipeline.aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    found.push(...(Messages ?? []).map(({ Body }) => Body ?? ""));
    return found.length >= count;
  });
  return found;
}

/** Puts any body on a standard queue. */
export async function sendTo({ sqs }: Pick<Aws, "sqs">, QueueUrl: string, MessageBody: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

/** The body of a message that waits in a queue, within a second; undefined if none does. */
export async function waitingIn({ sqs }: Pick<Aws, "sqs">, QueueUrl: string): Promise<string | undefined> {
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
  return Messages?.[0]?.Body;
}
