import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Alias } from "aws-cdk-lib/aws-kms";
import { ConfigurationSet, EmailSendingEvent, EventDestination } from "aws-cdk-lib/aws-ses";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { bounceTopic, deadLetterRetentionSeconds, type QueueShape, queues, topic } from "../../resources.ts";
import { accept } from "../accept.ts";

export type QueueName = keyof typeof queues;

/** A queue, its dead-letter queue, and the shape it was made from (visibility timeout, retries). */
export interface MadeQueue {
  readonly queue: Queue;
  readonly deadLetters?: Queue;
  readonly shape: QueueShape;
}

const closed = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true } satisfies QueueProps;

/** The queues of `resources.ts` with their dead-letter queues. */
export function createQueues(scope: Construct, prefix: string): Readonly<Record<QueueName, MadeQueue>> {
  const made = Object.entries<QueueShape>(queues).map(([name, shape]) => [name, createQueue(scope, prefix, shape)]);
  return Object.fromEntries(made);
}

function createQueue(scope: Construct, prefix: string, shape: QueueShape): MadeQueue {
  // A standard queue takes no `fifo: false`.
  const kind = shape.fifo ? { fifo: true } : {};
  const deadLetters =
    shape.deadLetter &&
    new Queue(scope, shape.deadLetter.name, {
      ...closed,
      ...kind,
      queueName: prefix + shape.deadLetter.name,
      retentionPeriod: Duration.seconds(deadLetterRetentionSeconds),
      removalPolicy: RemovalPolicy.DESTROY,
    });
  const queue = new Queue(scope, shape.name, {
    ...closed,
    ...kind,
    queueName: prefix + shape.name,
    visibilityTimeout: Duration.seconds(shape.visibilitySeconds),
    retentionPeriod: Duration.seconds(shape.retentionSeconds),
    ...(deadLetters && { deadLetterQueue: { queue: deadLetters, maxReceiveCount: shape.deadLetter.maxReceives } }),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  if (!deadLetters) accept(queue, "AwsSolutions-SQS3", "It holds what could not be handled elsewhere; people read it.");
  return { queue, shape, ...(deadLetters && { deadLetters }) };
}

/** Status events: what the topic takes goes to the status queue as it is. */
export function createStatusTopic(scope: Construct, prefix: string, status: MadeQueue): Topic {
  const made = new Topic(scope, "status-topic", {
    topicName: prefix + topic.name,
    masterKey: Alias.fromAliasName(scope, "sns-key", "alias/aws/sns"),
    enforceSSL: true,
  });
  made.addSubscription(new SqsSubscription(status.queue, { rawMessageDelivery: topic.rawDelivery }));
  return made;
}

/**
 * What SES publishes of returned mail goes through a topic to the queue of bounces. Mails count that are sent with the
 * configuration set: make it the default of the identity in SES, or let the account's server name it.
 */
export function createBounceEvents(
  scope: Construct,
  environmentName: string,
  prefix: string,
  bounces: MadeQueue,
): Topic {
  // SES cannot publish to a topic that is encrypted with the key of AWS for SNS, and a report holds an address: it lies there for
  // moments only, and the queue is encrypted.
  const made = new Topic(scope, "bounce-topic", { topicName: prefix + bounceTopic.name, enforceSSL: true });
  accept(made, "AwsSolutions-SNS2", "SES publishes to no topic under aws/sns; what it takes is delivered at once.");
  made.addSubscription(new SqsSubscription(bounces.queue, { rawMessageDelivery: bounceTopic.rawDelivery }));
  const configurationSet = new ConfigurationSet(scope, "configuration-set", {
    configurationSetName: `email-agent-${environmentName}`,
    reputationMetrics: true,
  });
  configurationSet.addEventDestination("bounces", {
    destination: EventDestination.snsTopic(made),
    events: [
      EmailSendingEvent.BOUNCE,
      EmailSendingEvent.COMPLAINT,
      EmailSendingEvent.REJECT,
      EmailSendingEvent.RENDERING_FAILURE,
    ],
  });
  return made;
}
