import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { bucket, deadLetterRetentionSeconds, type QueueShape, queues, topic } from "../resources.ts";
import { localCredentials } from "./localCredentials.ts";

/** The queues, topic and bucket by the environment variables that carry them, and what only operators look at. */
export interface QueueNames {
  readonly SQS_QUEUE_URL: string;
  readonly STATUS_QUEUE_URL: string;
  readonly BOUNCE_QUEUE_URL: string;
  readonly STATUS_TOPIC_ARN: string;
  readonly S3_BUCKET: string;
  readonly routerFailuresQueueUrl: string;
  readonly workOrderDeadLettersQueueUrl: string;
  readonly statusDeadLettersQueueUrl: string;
  readonly bouncesDeadLettersQueueUrl: string;
}

export interface QueueOptions {
  /** Keeps stacks and tests on one endpoint apart. Lower case, as a bucket's name must be. */
  readonly prefix?: string;
  /** Instead of the 30 s of the shapes, for tests that wait for a message to come back. */
  readonly visibilitySeconds?: number;
}

/** Creates queues, dead-letter queues, topic, raw subscription and bucket at an endpoint. What exists is left as it is. */
export async function createQueues(endpointUrl: string, options: QueueOptions = {}): Promise<QueueNames> {
  const { prefix = "" } = options;
  const client = { endpoint: endpointUrl, ...localCredentials };
  const sqs = new SQSClient(client);
  const sns = new SNSClient(client);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  try {
    const create = (queue: QueueShape) => createQueue(sqs, queue, options);
    const [orders, status, bounces, failures, published] = await Promise.all([
      create(queues.workOrders),
      create(queues.status),
      create(queues.bounces),
      create(queues.routerFailures),
      sns.send(new CreateTopicCommand({ Name: prefix + topic.name })),
      createBucket(s3, prefix + bucket.name),
    ]);
    const TopicArn = published.TopicArn as string;
    const Attributes = { RawMessageDelivery: String(topic.rawDelivery) };
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: status.arn, Attributes }));
    return {
      SQS_QUEUE_URL: orders.url,
      STATUS_QUEUE_URL: status.url,
      BOUNCE_QUEUE_URL: bounces.url,
      STATUS_TOPIC_ARN: TopicArn,
      S3_BUCKET: prefix + bucket.name,
      routerFailuresQueueUrl: failures.url,
      workOrderDeadLettersQueueUrl: orders.deadLettersUrl,
      statusDeadLettersQueueUrl: status.deadLettersUrl,
      bouncesDeadLettersQueueUrl: bounces.deadLettersUrl,
    };
  } finally {
    for (const open of [sqs, sns, s3]) open.destroy();
  }
}

async function createQueue(sqs: SQSClient, queue: QueueShape, options: QueueOptions) {
  const { prefix = "", visibilitySeconds = queue.visibilitySeconds } = options;
  const common = { ...(queue.fifo && { FifoQueue: "true" }), MessageRetentionPeriod: String(queue.retentionSeconds) };
  const plain = { ...common, VisibilityTimeout: String(visibilitySeconds) };
  if (!queue.deadLetter) return { ...(await putQueue(sqs, prefix + queue.name, plain)), deadLettersUrl: "" };
  const letters = { ...common, MessageRetentionPeriod: String(deadLetterRetentionSeconds) };
  const deadLetters = await putQueue(sqs, prefix + queue.deadLetter.name, letters);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: deadLetters.arn,
    maxReceiveCount: queue.deadLetter.maxReceives,
  });
  const made = await putQueue(sqs, prefix + queue.name, { ...plain, RedrivePolicy });
  return { ...made, deadLettersUrl: deadLetters.url };
}

async function putQueue(sqs: SQSClient, QueueName: string, Attributes: Record<string, string>) {
  const { QueueUrl: url = "" } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const response = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
  return { url, arn: response.Attributes?.["QueueArn"] ?? "" };
}

async function createBucket(s3: S3Client, Bucket: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket })).catch((error) => {
    if (error.name !== "BucketAlreadyOwnedByYou") throw error;
  });
}
