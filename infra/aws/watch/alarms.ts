import { steps } from "@email-agent/shared/domain/steps.ts";
import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { HttpCodeTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { ProductStack } from "../productStack.ts";
import type { ServiceParts } from "../services/serviceParts.ts";
import type { ServicesStack } from "../services/servicesStack.ts";
import { productMetric } from "./productMetrics.ts";

export type WatchParts = ServiceParts & { readonly services: ServicesStack };

/** One thing a person must hear of. */
interface Watch {
  readonly id: string;
  /** What it means and what to do, in a sentence: it is what the mail says. */
  readonly text: string;
  readonly metric: IMetric;
  /** The alarm rises above this. */
  readonly above: number;
  /** Periods in a row. Default 1. */
  readonly periods?: number;
  /** What it means when there is no figure. Default: nothing happened. */
  readonly missing?: TreatMissingData;
}

const minutes = (count: number) => ({ period: Duration.minutes(count) });
const sum = (metric: Metric, count = 5) => metric.with({ statistic: "Sum", ...minutes(count) });
const maximum = (metric: Metric, count = 1) => metric.with({ statistic: "Maximum", ...minutes(count) });

/** Every alarm of the product, each told to `topic` when it rises and when it is over. */
export function createAlarms(stack: ProductStack, parts: WatchParts, topic: Topic): Alarm[] {
  const watches = [
    ...queueWatches(parts),
    ...lambdaWatches(parts),
    ...stepWatches(),
    ...mailWatches(),
    ...recoveryWatches(),
    ...foundationWatches(parts),
  ];
  return watches.map(({ id, text, metric, above, periods = 1, missing = TreatMissingData.NOT_BREACHING }) => {
    const alarm = new Alarm(stack, id, {
      alarmName: `email-agent-${stack.environmentName}-${id}`,
      alarmDescription: text,
      metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: above,
      evaluationPeriods: periods,
      treatMissingData: missing,
    });
    alarm.addAlarmAction(new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
    return alarm;
  });
}

function queueWatches({ messaging }: WatchParts): Watch[] {
  return Object.entries(messaging.queues).flatMap(([name, { queue, deadLetters, shape }]): Watch[] => {
    const letters = (held: typeof queue, what: string): Watch => ({
      id: `${name}-dead-letters`,
      text: `${what} lie in a dead-letter queue: read them, repair the cause, then send them back.`,
      metric: maximum(held.metricApproximateNumberOfMessagesVisible()),
      above: 0,
    });
    // A queue without dead letters of its own holds those of others.
    if (!deadLetters) return [letters(queue, "Stream records that could not be forwarded")];
    return [
      letters(deadLetters, `Messages of ${shape.name}`),
      {
        id: `${name}-age`,
        text: `A message has waited in ${shape.name} for over a minute: its consumer does not keep up or is away.`,
        metric: maximum(queue.metricApproximateAgeOfOldestMessage()),
        above: 60,
      },
    ];
  });
}

function lambdaWatches({ messaging, realtime }: WatchParts): Watch[] {
  const functions = {
    "stream-router": messaging.streamRouter,
    connect: realtime.connect,
    disconnect: realtime.disconnect,
  };
  const watches = Object.entries(functions).flatMap(([name, lambda]): Watch[] => [
    { id: `${name}-errors`, text: `Lambda ${name} failed: see its log.`, metric: sum(lambda.metricErrors()), above: 0 },
    {
      id: `${name}-throttles`,
      text: `Lambda ${name} was refused for want of concurrency in the account.`,
      metric: sum(lambda.metricThrottles()),
      above: 0,
    },
  ]);
  const iteratorAge = maximum(messaging.streamRouter.metric("IteratorAge"));
  const text = "Changes of work orders reach the stream router over a minute late.";
  return [...watches, { id: "stream-age", text, metric: iteratorAge, above: 60_000 }];
}

/** Steps and chunks that wait long for a worker; stops that take long. */
function stepWatches(): Watch[] {
  const waits = [...steps.map(({ name, owner }) => ({ name, owner })), { name: "send-chunk", owner: "sender" }];
  return [
    ...waits.map(({ name, owner }): Watch => {
      const metric = productMetric("QueueWait", { service: owner, step: name }, { statistic: "p95" });
      const text = `Jobs of ${name} wait over a minute for a worker: ${owner} does not keep up or is away.`;
      return { id: `queue-wait-${name.toLowerCase()}`, text, metric, above: 60_000 };
    }),
    ...["campaign", "sender"].map((service): Watch => {
      const metric = productMetric("StopLatency", { service }, { statistic: "Maximum" });
      const text = `A stop took over two seconds to reach a worker of ${service}.`;
      return { id: `stop-latency-${service}`, text, metric, above: 2000 };
    }),
  ];
}

function mailWatches(): Watch[] {
  const sender = { service: "sender" };
  const share = new MathExpression({
    // A few refused addresses of a small mailing are no news.
    expression: "IF(sent + failed >= 50, 100 * failed / (sent + failed), 0)",
    usingMetrics: {
      sent: sum(productMetric("MailsSent", sender)),
      failed: sum(productMetric("SendFailures", sender)),
    },
    label: "Failed, percent",
    ...minutes(5),
  });
  return [
    { id: "failure-share", text: "Over 10 % of the mails failed within five minutes.", metric: share, above: 10 },
    {
      id: "in-doubt",
      text: "Mails whose delivery is not known: look at them in the recipients window and resolve them.",
      metric: sum(productMetric("SendInDoubt", sender)),
      above: 0,
    },
    {
      id: "quota",
      text: "An account has used over 90 % of its daily quota; its Sends will sleep when it is used up.",
      metric: maximum(productMetric("QuotaUsed", sender), 5),
      above: 90,
    },
  ];
}

/** What the product repaired by itself, and somebody should ask why it was necessary. */
function recoveryWatches(): Watch[] {
  const counted = (id: string, text: string, metric: Metric): Watch => ({ id, text, metric: sum(metric), above: 0 });
  const of = (service: string) => ({ service });
  return [
    counted(
      "runs-taken-up",
      "A run lost its process and was taken up again.",
      productMetric("RunsTakenUp", of("ingest")),
    ),
    counted(
      "commands-resent",
      "A command did not reach the queue and was sent again.",
      productMetric("CommandsResent", of("ingest")),
    ),
    counted(
      "chunks-taken-up",
      "A sender was lost in the middle of a chunk.",
      productMetric("ChunksTakenUp", of("sender")),
    ),
    counted(
      "broadcast-errors",
      "Open browsers could not be told of changes.",
      productMetric("BroadcastErrors", of("notifier")),
    ),
    ...["ingest", "campaign", "sender", "manager"].map((service) =>
      counted(
        `publish-errors-${service}`,
        `Status events of ${service} could not be published.`,
        productMetric("PublishErrors", of(service)),
      ),
    ),
  ];
}

function foundationWatches({ messaging, services, data }: WatchParts): Watch[] {
  const valkey = (metricName: string, node: number) =>
    new Metric({
      namespace: "AWS/ElastiCache",
      metricName,
      dimensionsMap: { CacheClusterId: `${data.settings.prefix}email-agent-00${node}` },
      statistic: "Maximum",
      ...minutes(5),
    });
  const nodes = Array.from({ length: messaging.valkey.nodes }, (_, index) => index + 1);
  return [
    ...nodes.map(
      (node): Watch => ({
        id: `valkey-memory-${node}`,
        text: "Valkey is nearly full and drops nothing: jobs will be refused. Take a larger node type.",
        metric: valkey("DatabaseMemoryUsagePercentage", node),
        above: 80,
        periods: 2,
      }),
    ),
    {
      id: "manager-errors",
      text: "The Email Manager answered requests with errors: see its log.",
      metric: services.door.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, {
        statistic: "Sum",
        ...minutes(5),
      }),
      above: 5,
    },
    ...Object.entries(services.services).map(
      ([name, service]): Watch => ({
        id: `no-${name}`,
        text: `No task of ${name} has run for five minutes.`,
        metric: new MathExpression({
          // Container Insights counts the tasks of a service each minute.
          expression: "IF(running < 1, 1, 0)",
          usingMetrics: {
            running: new Metric({
              namespace: "ECS/ContainerInsights",
              metricName: "RunningTaskCount",
              dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
              statistic: "Minimum",
              ...minutes(1),
            }),
          },
          ...minutes(1),
        }),
        above: 0,
        periods: 5,
        missing: TreatMissingData.BREACHING,
      }),
    ),
  ];
}
