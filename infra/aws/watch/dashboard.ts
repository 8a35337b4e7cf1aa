import { ArnFormat, Duration } from "aws-cdk-lib";
import {
  Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  MathExpression,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { ProductStack } from "../productStack.ts";
import type { WatchParts } from "./alarms.ts";
import { errorLines, metricNamespace, productMetric } from "./productMetrics.ts";

/**
 * One page to look at: first the four figures of the README, then every alarm, then what a Send does, then what was
 * repaired.
 */
export function createDashboard(stack: ProductStack, parts: WatchParts, alarms: readonly IAlarm[]): Dashboard {
  const dashboard = new Dashboard(stack, "dashboard", {
    dashboardName: `email-agent-${stack.environmentName}`,
    defaultInterval: Duration.hours(6),
  });
  const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
    new GraphWidget({ title, left, right, width: 6, height: 6, liveData: true });
  const heading = (markdown: string) => new TextWidget({ markdown, width: 24, height: 1 });
  const { queues, streamRouter } = parts.messaging;
  const lambdas = {
    "stream router": streamRouter,
    connect: parts.realtime.connect,
    disconnect: parts.realtime.disconnect,
  };
  const sender = { service: "sender" };
  const sum = { statistic: "Sum", period: Duration.minutes(1) };
  const search = (what: string, statistic: string) => searched(metricNamespace(stack), what, statistic);
  const perAccount = (name: string, statistic: string) => search(`{service,account} MetricName="${name}"`, statistic);

  dashboard.addWidgets(
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
      Object.entries(lambdas).map(([label, lambda]) => lambda.metricErrors({ label, ...sum })),
      [streamRouter.metric("IteratorAge", { label: "stream router, age of its records", statistic: "Maximum" })],
    ),
    graph("WebSocket connection count", [
      productMetric("Connections", { service: "notifier" }, { statistic: "Maximum" }),
    ]),
    graph("Work order processing time", [
      search('{service,step,result} MetricName="StepDuration"', "Average"),
      search('{service,step,result} MetricName="StepDuration"', "p95"),
    ]),
  );
  dashboard.addWidgets(
    new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: 16, height: 8 }),
    new AlarmStatusWidget({
      title: "They take a release back",
      alarms: releaseAlarms(stack, parts),
      width: 8,
      height: 8,
    }),
  );
  dashboard.addWidgets(
    heading("Sending"),
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
      [parts.services.services.sender.metricCpuUtilization({ statistic: "Average" })],
    ),
  );
  dashboard.addWidgets(
    heading("Queues, stops and repairs"),
    graph("Wait for a worker, p95", [search('{service,step} MetricName="QueueWait"', "p95")]),
    graph("Jobs that wait, by queue", [search('{service,queue} MetricName="QueueWaiting"', "Maximum")]),
    graph("Stalled Sends, failed steps, lines at level error", [
      productMetric("StalledSends", { service: "ingest" }, { statistic: "Maximum", period: Duration.minutes(1) }),
      search('{service,step} MetricName="StepErrors"', "Sum"),
      search('{service,step} MetricName="StepExceptions"', "Sum"),
      search(`{service} MetricName="${errorLines}"`, "Sum"),
    ]),
    graph("Stops, longest", [search('{service,step} MetricName="StopLatency"', "Maximum")]),
    graph("Taken up, sent again, not told", [
      productMetric("RunsTakenUp", { service: "ingest" }, sum),
      productMetric("CommandsResent", { service: "ingest" }, sum),
      productMetric("ChunksTakenUp", sender, sum),
      productMetric("BroadcastErrors", { service: "notifier" }, sum),
      search('{service} MetricName="PublishErrors"', "Sum"),
    ]),
    graph(
      "Age of the oldest message",
      Object.values(queues).map(({ queue, shape }) =>
        queue.metricApproximateAgeOfOldestMessage({ label: shape.name, statistic: "Maximum" }),
      ),
    ),
  );
  return dashboard;
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
