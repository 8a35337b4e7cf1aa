import { openLog } from "@email-agent/shared/kit/log.ts";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { type QueueShape, queues, type TableShape, type TableVariable, tableNames, tables } from "../resources.ts";
import { readEnvironment } from "./environment.ts";
import { loggingServices } from "./errorLines.ts";
import { workerNames } from "./services/workerNames.ts";
import { passingApp, type Resource, resourcesOf, templatesOf } from "./testing/templates.ts";
import { errorLines } from "./watch/productMetrics.ts";

type AlarmProperties = Resource["Properties"];

/** The metrics an alarm computes from. */
function statsOf(alarm: AlarmProperties): { Metric: { MetricName: string; Dimensions: unknown }; Stat: string }[] {
  return alarm.Metrics.flatMap(({ MetricStat }: { MetricStat?: object }) => MetricStat ?? []);
}

function expressionOf(alarm: AlarmProperties): string {
  return alarm.Metrics.find(({ Expression }: { Expression?: string }) => Expression).Expression;
}

describe.each(["dev", "production"])("watch of %s", (name) => {
  const templates = templatesOf(name);
  const { watch } = templates;
  const settings = readEnvironment(name);
  const alarms = Object.values(resourcesOf(watch, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
  const alarm = (id: string) => alarms.find(({ AlarmName }) => AlarmName === `email-agent-${name}-${id}`);

  it.each(Object.entries<QueueShape>(queues))("hears of dead letters and old messages of queue %s", (queue, shape) => {
    expect(alarm(`${queue}-dead-letters`)).toMatchObject({
      MetricName: "ApproximateNumberOfMessagesVisible",
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
    });
    if (shape.deadLetter)
      expect(alarm(`${queue}-age`)).toMatchObject({
        MetricName: "ApproximateAgeOfOldestMessage",
        // An event of SES waits until the outcome of its mail is known.
        Threshold: queue === "bounces" ? 900 : 60,
      });
  });

  const everyMinute = { Period: 60 };
  it.each([
    ["stream-router-errors", { Namespace: "AWS/Lambda", MetricName: "Errors", Threshold: 0, Period: 300 }],
    ["connect-errors", { Namespace: "AWS/Lambda", MetricName: "Errors", Threshold: 0 }],
    ["disconnect-throttles", { Namespace: "AWS/Lambda", MetricName: "Throttles", Threshold: 0 }],
    ["stream-age", { MetricName: "IteratorAge", Threshold: 60_000 }],
    ["status-delivery", { Namespace: "AWS/SNS", MetricName: "NumberOfNotificationsFailed", Threshold: 0 }],
    ["in-doubt", { Namespace: `EmailAgent/${name}`, MetricName: "SendInDoubt", Threshold: 0 }],
    ["account-pauses", { MetricName: "AccountPaused", Period: 900, Threshold: 3 }],
    ["notice-failures", { MetricName: "NoticeFailures", Threshold: 0 }],
    ["queue-wait-send", { MetricName: "QueueWait", ExtendedStatistic: "p95", Threshold: 60_000 }],
    ["queue-wait-send-chunk", { MetricName: "QueueWait", ExtendedStatistic: "p95", Threshold: 60_000 }],
    ["quota", { MetricName: "QuotaUsed", Threshold: 90 }],
    ["runs-taken-up", { MetricName: "RunsTakenUp", Threshold: 0 }],
    ["chunks-taken-up", { MetricName: "ChunksTakenUp", Threshold: 0 }],
    ["commands-resent", { MetricName: "CommandsResent", Threshold: 0 }],
    ["stop-latency-sender", { MetricName: "StopLatency", Threshold: 2000 }],
    ["broadcast-errors", { MetricName: "BroadcastErrors", Threshold: 0 }],
    ["publish-errors-ingest", { MetricName: "PublishErrors", Threshold: 0 }],
    ["step-errors-campaign", { MetricName: "StepErrors", Statistic: "Sum", Threshold: 0 }],
    ["step-errors-sender", { MetricName: "StepErrors", Statistic: "Sum", Threshold: 0 }],
    ["step-exceptions-campaign", { MetricName: "StepExceptions", Statistic: "Sum", Threshold: 0 }],
    ["step-exceptions-sender", { MetricName: "StepExceptions", Statistic: "Sum", Threshold: 0 }],
    ["step-exceptions-ingest", { MetricName: "StepExceptions", Statistic: "Sum", Threshold: 0 }],
    ["manager-errors", { MetricName: "HTTPCode_Target_5XX_Count", Statistic: "Sum", Threshold: 5 }],
    ["load-balancer-errors", { MetricName: "HTTPCode_ELB_5XX_Count", Statistic: "Sum", Threshold: 5 }],
    ["unhealthy-hosts", { MetricName: "UnHealthyHostCount", Statistic: "Maximum", Threshold: 0, ...everyMinute }],
  ])("has the alarm %s", (id, expected) => {
    expect(alarm(id)).toMatchObject({ ComparisonOperator: "GreaterThanThreshold", ...expected });
  });

  it("acceptance 86: rises when a Send is stalled, and when stalled Sends are not counted", () => {
    const dimensions = [{ Name: "service", Value: "ingest" }];
    expect(alarm("sends-stalled")).toMatchObject({
      ...{ Namespace: `EmailAgent/${name}`, MetricName: "StalledSends", Dimensions: dimensions },
      ...{ Statistic: "Maximum", Threshold: 0, TreatMissingData: "notBreaching", ...everyMinute },
    });
    const unwatched = alarm("sends-not-watched");
    expect(unwatched).toMatchObject({ Threshold: 0, EvaluationPeriods: 5, TreatMissingData: "breaching" });
    expect(statsOf(unwatched)).toMatchObject([
      { Metric: { MetricName: "StalledSends", Dimensions: dimensions }, Stat: "SampleCount", Period: 60 },
    ]);
  });

  it.each(loggingServices)("acceptance 85: rises with a line at level error in the log of %s", (service) => {
    expect(alarm(`error-lines-${service}`)).toMatchObject({
      ...{ Namespace: `EmailAgent/${name}`, MetricName: errorLines, Statistic: "Sum", Threshold: 0 },
      Dimensions: [{ Name: "service", Value: service }],
    });
  });

  it("counts lines at level error in every log of a process, as the log writes them", () => {
    const filters = [templates.services, templates.messaging, templates.realtime].flatMap((template) =>
      Object.values(resourcesOf(template, "AWS::Logs::MetricFilter")).map(({ Properties }) => Properties),
    );
    expect(filters).toHaveLength(loggingServices.length);
    const written: string[] = [];
    const log = openLog("sender", "info", { write: (line) => void written.push(line) });
    log.error({}, "a step ended in error");
    log.warn({}, "passing");
    const [error, warning] = written.map((line) => JSON.parse(line));
    for (const { FilterPattern, MetricTransformations } of filters) {
      const [, field = "", value] = /^\{ \$\.(\w+) = "(\w+)" \}$/.exec(FilterPattern) ?? [];
      expect(error[field]).toBe(value);
      expect(warning[field]).not.toBe(value);
      const [{ Dimensions, MetricName }] = MetricTransformations;
      expect(MetricName).toBe(errorLines);
      expect(Dimensions).toEqual([{ Key: "service", Value: "$.service" }]);
      expect(error["service"]).toBe("sender");
    }
  });

  it.each(Object.entries<TableShape>(tables))(
    "hears of throttles of %s and of each of its indexes",
    (variable, shape) => {
      const TableName = tableNames(settings.prefix)[variable as TableVariable];
      const of = statsOf(alarm(`throttles-${shape.name.toLowerCase()}`)).map(({ Metric }) => Metric);
      const expected = [undefined, ...(shape.indexes ?? [])].flatMap((index) =>
        ["ReadThrottleEvents", "WriteThrottleEvents"].map((MetricName) => ({
          ...{ Namespace: "AWS/DynamoDB", MetricName },
          Dimensions: expect.arrayContaining([
            { Name: "TableName", Value: TableName },
            ...(index ? [{ Name: "GlobalSecondaryIndexName", Value: index.name }] : []),
          ]),
        })),
      );
      expect(of).toEqual(expected);
      // CloudWatch adds up ten metrics in an alarm at most.
      expect(of.length).toBeLessThanOrEqual(10);
    },
  );

  it("hears of errors of DynamoDB itself at any table", () => {
    const expression = expressionOf(alarm("table-system-errors"));
    for (const table of Object.values(tableNames(settings.prefix))) expect(expression).toContain(`'${table}'`);
  });

  it("hears of a role change of Valkey, of no primary or two, and of each node that does not keep up", () => {
    const nodes = Array.from({ length: settings.valkey.replicas + 1 }, (_, index) => index + 1);
    const roles = nodes.map((node) => ({
      Metric: {
        ...{ Namespace: "AWS/ElastiCache", MetricName: "IsMaster" },
        Dimensions: [{ Name: "CacheClusterId", Value: `${settings.prefix}email-agent-00${node}` }],
      },
      ...{ Stat: "Maximum", Period: 60 },
    }));
    expect(statsOf(alarm("valkey-failover"))).toEqual(roles);
    expect(expressionOf(alarm("valkey-failover"))).toContain("DIFF(");
    expect(statsOf(alarm("valkey-primary"))).toEqual(roles);
    expect(alarm("valkey-primary")).toMatchObject({ TreatMissingData: "breaching", EvaluationPeriods: 3 });
    const kinds = {
      memory: "DatabaseMemoryUsagePercentage",
      evictions: "Evictions",
      processor: "EngineCPUUtilization",
      lag: "ReplicationLag",
      connections: "CurrConnections",
    };
    for (const node of nodes)
      for (const [kind, MetricName] of Object.entries(kinds))
        expect(alarm(`valkey-${kind}-${node}`)).toMatchObject({
          ...{ Namespace: "AWS/ElastiCache", MetricName },
          Dimensions: roles[node - 1]?.Metric.Dimensions,
        });
  });

  it.each(workerNames)("rises when fewer tasks of %s run than should, and when they are not counted", (service) => {
    const few = alarm(`tasks-${service}`);
    expect(few).toMatchObject({ Threshold: 0, EvaluationPeriods: 5, TreatMissingData: "breaching" });
    expect(expressionOf(few)).toBe("IF(running < desired, 1, 0)");
    expect(statsOf(few).map(({ Metric }) => Metric.MetricName)).toEqual(["RunningTaskCount", "DesiredTaskCount"]);
  });

  it("tells a deployment that went back and a task that ran out of memory, in a sentence", () => {
    const rules = Object.values(resourcesOf(watch, "AWS::Events::Rule")).map(({ Properties }) => Properties);
    const [back, memory] = rules;
    expect(rules).toHaveLength(2);
    expect(back.EventPattern).toMatchObject({
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change"],
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
      resources: [{ wildcard: `*:service/email-agent-${name}/*` }],
    });
    expect(memory.EventPattern.detail).toEqual({
      clusterArn: [{ suffix: `:cluster/email-agent-${name}` }],
      lastStatus: ["STOPPED"],
      containers: { reason: [{ prefix: "OutOfMemoryError" }] },
    });
    const [topic] = Object.keys(resourcesOf(watch, "AWS::SNS::Topic"));
    for (const { Targets } of rules) expect(Targets[0].Arn).toEqual({ Ref: topic });
  });

  it("says in each alarm what it means and what to do first, and shows all of them on the dashboard", () => {
    const released = Object.values(resourcesOf(templates.services, "AWS::CloudWatch::Alarm"))
      .map(({ Properties }) => Properties)
      .filter(({ AlarmName }) => AlarmName?.startsWith(`email-agent-${name}-release-`));
    expect(released.length).toBeGreaterThan(workerNames.length);
    for (const { AlarmDescription } of [...alarms, ...released]) expect(AlarmDescription).toMatch(/^[A-Z].+: .+\.$/);
    const shown = JSON.stringify(resourcesOf(watch, "AWS::CloudWatch::Dashboard"));
    for (const id of Object.keys(resourcesOf(watch, "AWS::CloudWatch::Alarm"))) expect(shown).toContain(`"${id}"`);
    for (const { AlarmName } of released) expect(shown).toContain(`:alarm:${AlarmName}`);
  });

  it("hears of mails that fail, also where none at all was sent and nothing counted as sent", () => {
    const metrics: { Expression?: string }[] = alarm("failure-share")?.Metrics;
    const share = metrics.find(({ Expression }) => Expression)?.Expression;
    // `failed` is there whenever there is something to hear; `sent` need not be.
    expect(share?.match(/(?<!FILL\()\bsent\b/)).toBeNull();
  });

  it("tells every alarm to the topic, which is encrypted with a key CloudWatch may use, and the topic to the operators", () => {
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
    watch.hasResourceProperties("AWS::SNS::Topic", { KmsMasterKeyId: Match.anyValue() });
    watch.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: settings.alarmAddress });
    watch.hasResourceProperties("AWS::KMS::Key", {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: "cloudwatch.amazonaws.com" } })]),
      },
    });
  });

  it("shows the four figures of the README first", () => {
    const [dashboard] = Object.values(resourcesOf(watch, "AWS::CloudWatch::Dashboard"));
    const parts: unknown[] = dashboard?.Properties.DashboardBody["Fn::Join"][1];
    const body = parts.map((part) => (typeof part === "string" ? part : "x")).join("");
    const titles = (JSON.parse(body).widgets as { properties: { title?: string } }[]).flatMap(
      ({ properties }) => properties.title ?? [],
    );
    expect(titles.slice(0, 4)).toEqual([
      "SQS queue depth",
      "Lambda invocation errors",
      "WebSocket connection count",
      "Work order processing time",
    ]);
    for (const metric of ["MailsSent", "SendFailures", "SendInDoubt", "QueueWait", "QueueWaiting", "QuotaUsed"])
      expect(body).toContain(metric);
    for (const metric of ["AccountPaused", "RunsTakenUp", "ChunksTakenUp", "CommandsResent", "StopLatency"])
      expect(body).toContain(metric);
  });

  it("has a budget, and lets every log go after a while", () => {
    watch.hasResourceProperties("AWS::Budgets::Budget", {
      Budget: { BudgetLimit: { Amount: settings.budgetDollars, Unit: "USD" }, TimeUnit: "MONTHLY" },
    });
    for (const template of Object.values(templates))
      for (const { Properties } of Object.values(resourcesOf(template, "AWS::Logs::LogGroup")))
        expect(Properties.RetentionInDays).toBe(settings.logDays);
  });
});

it("makes no budget where none is configured: some regions offer none", () => {
  const { budgetDollars: _, ...settings } = readEnvironment("dev");
  templatesOf("dev", passingApp(), settings).watch.resourceCountIs("AWS::Budgets::Budget", 0);
});
