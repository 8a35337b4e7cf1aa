import { ArnFormat, Duration } from "aws-cdk-lib";
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { ProductStack } from "../productStack.ts";
import type { WatchParts } from "./alarms.ts";
import { errorLines, metricNamespace, productMetric } from "./productMetrics.ts";

/** A metric of the product, over all accounts or steps, as `SEARCH` finds it. */
type Search = (what: string, statistic: string) => IMetric;

const sender = { service: "sender" };
const minuteSum = { statistic: "Sum", period: Duration.minutes(1) };

const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
  new GraphWidget({ title, left, right, width: 6, height: 6, liveData: true });
const heading = (markdown: string) => new TextWidget({ markdown, width: 24, height: 1 });

/**
 * One page for the whole system: first the four figures of the README, then every alarm, then what a Send does, then what
 * was repaired.
 */
export function createDashboard(stack: ProductStack, parts: WatchParts, alarms: readonly IAlarm[]): Dashboard {
  const dashboard = new Dashboard(stack, "dashboard", {
    dashboardName: `email-agent-${stack.environmentName}`,
    defaultInterval: Duration.hours(6),
  });
  const search: Search = (what, statistic) => searched(metricNamespace(stack), what, statistic);
  dashboard.addWidgets(...overview(parts, search));
  dashboard.addWidgets(
    new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: 16, height: 8 }),
    new AlarmStatusWidget({
      title: "Alarms that roll back a release",
      alarms: releaseAlarms(stack, parts),
      width: 8,
      height: 8,
    }),
  );
  dashboard.addWidgets(heading("Sending"), ...sending(parts, search));
  dashboard.addWidgets(heading("Queues, stops and repairs"), ...queuesAndRepairs(parts, search));
  return dashboard;
}

function overview({ messaging, realtime }: WatchParts, search: Search): IWidget[] {
  const { queues, streamRouter } = messaging;
  const lambdas = { "stream router": streamRouter, connect: realtime.connect, disconnect: realtime.disconnect };
  return [
    graph(
      "SQS queue depth",
      Object.values(queues).map(({ queue, shape }) =>
        queue.metricApproximateNumberOfMessagesVisible({ label: shape.name, statistic: "Maximum" }),
      ),
      Object.values(queues).flatMap(({ deadLetters, shape }) =>
        deadLetters
          ? [
              deadLetters.metricApproximateNumberOfMessagesVisible({
                label: `${shape.name}, dead letters`,
                statistic: "Maximum",
              }),
            ]
          : [],
      ),
    ),
    graph(
      "Lambda invocation errors",
      Object.entries(lambdas).map(([label, lambda]) => lambda.metricErrors({ label, ...minuteSum })),
      [streamRouter.metric("IteratorAge", { label: "stream router, age of its records", statistic: "Maximum" })],
    ),
    graph("WebSocket connection count", [
      productMetric("Connections", { service: "notifier" }, { statistic: "Maximum" }),
    ]),
    graph("Work order processing time", [
      search('{service,step,result} MetricName="StepDuration"', "Average"),
      search('{service,step,result} MetricName="StepDuration"', "p95"),
    ]),
  ];
}

function sending({ services }: WatchParts, search: Search): IWidget[] {
  const perAccount = (name: string, statistic: string) => search(`{service,account} MetricName="${name}"`, statistic);
  return [
    graph("Mails sent, by account and minute", [perAccount("MailsSent", "Sum")]),
    graph("Failed and in doubt, by account", [perAccount("SendFailures", "Sum"), perAccount("SendInDoubt", "Sum")]),
    graph(
      "Quota used (percent) and pauses, by account",
      [perAccount("QuotaUsed", "Maximum")],
      [perAccount("AccountPaused", "Sum")],
    ),
    graph(
      "Workload of senders (1: every place has a job)",
      [productMetric("Workload", sender, { statistic: "Average", period: Duration.minutes(1) })],
      [services.services.sender.metricCpuUtilization({ statistic: "Average" })],
    ),
  ];
}

function queuesAndRepairs({ messaging }: WatchParts, search: Search): IWidget[] {
  return [
    graph("Wait for a worker, p95", [search('{service,step} MetricName="QueueWait"', "p95")]),
    graph("Jobs that wait, by queue", [search('{service,queue} MetricName="QueueWaiting"', "Maximum")]),
    graph("Stalled Sends, failed steps, lines at level error", [
      productMetric("StalledSends", { service: "ingest" }, { statistic: "Maximum", period: Duration.minutes(1) }),
      search('{service,step} MetricName="StepErrors"', "Sum"),
      search('{service,step} MetricName="StepExceptions"', "Sum"),
      search(`{service} MetricName="${errorLines}"`, "Sum"),
    ]),
    graph("Stops, longest", [search('{service,step} MetricName="StopLatency"', "Maximum")]),
    graph("Recovered runs and chunks, resent commands, failed broadcasts", [
      productMetric("RunsTakenUp", { service: "ingest" }, minuteSum),
      productMetric("CommandsResent", { service: "ingest" }, minuteSum),
      productMetric("ChunksTakenUp", sender, minuteSum),
      productMetric("BroadcastErrors", { service: "notifier" }, minuteSum),
      search('{service} MetricName="PublishErrors"', "Sum"),
    ]),
    graph(
      "Age of the oldest message",
      Object.values(messaging.queues).map(({ queue, shape }) =>
        queue.metricApproximateAgeOfOldestMessage({ label: shape.name, statistic: "Maximum" }),
      ),
    ),
  ];
}

/** By their names: this stack must not hold on to alarms of a release. */
function releaseAlarms(stack: ProductStack, { services }: WatchParts): IAlarm[] {
  const arnOf = (resourceName: string) =>
    stack.formatArn({
      ...{ service: "cloudwatch", resource: "alarm", resourceName },
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return services.releaseAlarms.map((name) => Alarm.fromAlarmArn(stack, name, arnOf(name)));
}

/** All figures of a kind, whatever accounts and steps there are. */
function searched(namespace: string, what: string, statistic: string): IMetric {
  return new MathExpression({
    expression: `SEARCH('${what.replace("{", `{${namespace},`)}', '${statistic}', 60)`,
    usingMetrics: {},
    label: "",
    period: Duration.minutes(1),
  });
}
