import { Metric } from "aws-cdk-lib/aws-cloudwatch";
import { topic } from "../../resources.ts";
import type { ServiceParts } from "../services/serviceParts.ts";
import { maximum, minutes, sum, type Watch } from "./watch.ts";

/** SQS: messages that wait too long, and those in a dead-letter queue. */
export function queueWatches({ messaging }: ServiceParts): Watch[] {
  return Object.entries(messaging.queues).flatMap(([name, { queue, deadLetters, shape }]): Watch[] => {
    const letters = (held: typeof queue, what: string): Watch => ({
      id: `${name}-dead-letters`,
      means: `${what} are in a dead-letter queue`,
      first: "read them, fix the cause, then redrive them",
      metric: maximum(held.metricApproximateNumberOfMessagesVisible()),
      above: 0,
    });
    // A queue without dead letters of its own holds those of others.
    if (!deadLetters) return [letters(queue, "Stream records that could not be forwarded")];
    return [
      letters(deadLetters, `Messages of ${shape.name}`),
      {
        id: `${name}-age`,
        means: `A message has waited in ${shape.name} for over ${waits(shape.lateSeconds ?? 60)}`,
        first: "check whether its consumer runs, and read its log",
        metric: maximum(queue.metricApproximateAgeOfOldestMessage()),
        above: shape.lateSeconds ?? 60,
      },
    ];
  });
}

function waits(seconds: number): string {
  return seconds === 60 ? "a minute" : `${seconds / 60} minutes`;
}

/** Status events that SNS could not put into the queue. */
export function topicWatches({ data }: ServiceParts): Watch[] {
  const metric = new Metric({
    namespace: "AWS/SNS",
    metricName: "NumberOfNotificationsFailed",
    dimensionsMap: { TopicName: data.settings.prefix + topic.name },
    statistic: "Sum",
    ...minutes(5),
  });
  const means = "The status topic could not deliver events to its queue, and browsers see changes late";
  return [
    { id: "status-delivery", means, first: "check the policy and the key of the status queue", metric, above: 0 },
  ];
}

/** The three Lambdas, and how far behind the stream router is. */
export function lambdaWatches({ messaging, realtime }: ServiceParts): Watch[] {
  const functions = {
    "stream-router": messaging.streamRouter,
    connect: realtime.connect,
    disconnect: realtime.disconnect,
  };
  const watches = Object.entries(functions).flatMap(([name, lambda]): Watch[] => [
    {
      id: `${name}-errors`,
      means: `Lambda ${name} failed`,
      first: "read its log",
      metric: sum(lambda.metricErrors()),
      above: 0,
    },
    {
      id: `${name}-throttles`,
      means: `Lambda ${name} was throttled: the account has no concurrency left`,
      first: "find the function that uses it up, or request a higher quota from AWS",
      metric: sum(lambda.metricThrottles()),
      above: 0,
    },
  ]);
  const late: Watch = {
    id: "stream-age",
    means: "Changes of work orders reach the stream router over a minute late",
    first: "read its log; ingest finds waiting commands in the table meanwhile",
    metric: maximum(messaging.streamRouter.metric("IteratorAge")),
    above: 60_000,
  };
  return [...watches, late];
}
