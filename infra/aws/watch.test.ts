import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { type QueueShape, queues } from "../resources.ts";
import { readEnvironment } from "./environment.ts";
import { passingApp, resourcesOf, templatesOf } from "./testing/templates.ts";

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
      expect(alarm(`${queue}-age`)).toMatchObject({ MetricName: "ApproximateAgeOfOldestMessage", Threshold: 60 });
  });

  it.each([
    ["stream-router-errors", { Namespace: "AWS/Lambda", MetricName: "Errors", Threshold: 0, Period: 300 }],
    ["stream-age", { MetricName: "IteratorAge", Threshold: 60_000 }],
    ["in-doubt", { Namespace: "EmailAgent", MetricName: "SendInDoubt", Threshold: 0 }],
    ["queue-wait-send", { MetricName: "QueueWait", ExtendedStatistic: "p95", Threshold: 60_000 }],
    ["queue-wait-send-chunk", { MetricName: "QueueWait", ExtendedStatistic: "p95", Threshold: 60_000 }],
    ["quota", { MetricName: "QuotaUsed", Threshold: 90 }],
    ["runs-taken-up", { MetricName: "RunsTakenUp", Threshold: 0 }],
    ["chunks-taken-up", { MetricName: "ChunksTakenUp", Threshold: 0 }],
    ["commands-resent", { MetricName: "CommandsResent", Threshold: 0 }],
    ["stop-latency-sender", { MetricName: "StopLatency", Threshold: 2000 }],
    ["broadcast-errors", { MetricName: "BroadcastErrors", Threshold: 0 }],
    ["publish-errors-ingest", { MetricName: "PublishErrors", Threshold: 0 }],
  ])("has the alarm %s", (id, expected) => {
    expect(alarm(id)).toMatchObject(expected);
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
