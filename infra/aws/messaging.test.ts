import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { type QueueShape, queues, routerFilter } from "../resources.ts";
import { readEnvironment } from "./environment.ts";
import { resourcesOf, templatesOf } from "./testing/templates.ts";

describe.each(["dev", "production"])("messaging of %s", (name) => {
  const { messaging } = templatesOf(name);
  const { prefix, zones } = readEnvironment(name);

  it.each(Object.values<QueueShape>(queues))("makes queue $name with its dead letters", (shape) => {
    messaging.hasResourceProperties("AWS::SQS::Queue", {
      QueueName: prefix + shape.name,
      FifoQueue: shape.fifo ? true : Match.absent(),
      VisibilityTimeout: shape.visibilitySeconds,
      MessageRetentionPeriod: shape.retentionSeconds,
      SqsManagedSseEnabled: true,
      RedrivePolicy: shape.deadLetter ? { maxReceiveCount: shape.deadLetter.maxReceives } : Match.absent(),
    });
    if (shape.deadLetter)
      messaging.hasResourceProperties("AWS::SQS::Queue", {
        QueueName: prefix + shape.deadLetter.name,
        FifoQueue: shape.fifo ? true : Match.absent(),
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      });
  });

  it("hides a command for as long as ingest does", () => {
    messaging.hasResourceProperties("AWS::SQS::Queue", {
      QueueName: `${prefix}work-order-queue.fifo`,
      VisibilityTimeout: leaseTimes.commandVisibilityMilliseconds / 1000,
    });
  });

  it("refuses to talk to queues and topic without TLS", () => {
    const denies = (type: string) =>
      Object.values(resourcesOf(messaging, type)).filter(({ Properties }) =>
        JSON.stringify(Properties.PolicyDocument).includes('"aws:SecureTransport":"false"'),
      );
    const count = Object.keys(resourcesOf(messaging, "AWS::SQS::Queue")).length;
    expect(denies("AWS::SQS::QueuePolicy")).toHaveLength(count);
    expect(denies("AWS::SNS::TopicPolicy")).toHaveLength(2);
  });

  it("delivers status events as they are", () => {
    messaging.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "sqs", RawMessageDelivery: true });
    messaging.hasResourceProperties("AWS::SNS::Topic", { KmsMasterKeyId: Match.anyValue() });
  });

  it("lets SES publish what came back, of this account only, and hands it to the queue of bounces as it is", () => {
    const [set] = Object.keys(resourcesOf(messaging, "AWS::SES::ConfigurationSet"));
    messaging.hasResourceProperties("AWS::SES::ConfigurationSet", { Name: `email-agent-${name}` });
    messaging.hasResourceProperties("AWS::SES::ConfigurationSetEventDestination", {
      ConfigurationSetName: { Ref: set },
      EventDestination: { Enabled: true, MatchingEventTypes: ["bounce", "complaint", "reject", "renderingFailure"] },
    });
    const policies = JSON.stringify(resourcesOf(messaging, "AWS::SNS::TopicPolicy"));
    expect(policies).toContain('"Principal":{"Service":"ses.amazonaws.com"}');
    expect(policies).toContain("AWS:SourceAccount");
    messaging.resourceCountIs("AWS::SNS::Subscription", 2);
    messaging.allResourcesProperties("AWS::SNS::Subscription", { Protocol: "sqs", RawMessageDelivery: true });
  });

  it("invokes the stream router by the filter of resources.ts, and loses no record without a trace", () => {
    messaging.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      FilterCriteria: {
        Filters: [{ Pattern: JSON.stringify(routerFilter) }],
      },
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumRetryAttempts: 10,
      MaximumRecordAgeInSeconds: 300,
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
    messaging.hasResourceProperties("AWS::Lambda::Function", { Runtime: "nodejs24.x", Architectures: ["arm64"] });
  });

  it("has a Valkey that survives a zone, speaks TLS with a password, and drops nothing for want of memory", () => {
    messaging.hasResourceProperties("AWS::ElastiCache::ReplicationGroup", {
      Engine: "valkey",
      MultiAZEnabled: true,
      AutomaticFailoverEnabled: true,
      TransitEncryptionEnabled: true,
      TransitEncryptionMode: "required",
      AtRestEncryptionEnabled: true,
      AuthToken: Match.anyValue(),
      SnapshotRetentionLimit: Match.anyValue(),
    });
    messaging.hasResourceProperties("AWS::ElastiCache::ParameterGroup", {
      Properties: { "maxmemory-policy": "noeviction" },
    });
    const [group] = Object.values(resourcesOf(messaging, "AWS::ElastiCache::ReplicationGroup"));
    expect(JSON.stringify(group?.Properties.AuthToken)).toContain("{{resolve:secretsmanager:");
  });

  it("uses the configured zones, with private addresses for what the services call", () => {
    const subnets = Object.values(resourcesOf(messaging, "AWS::EC2::Subnet"));
    expect(new Set(subnets.map(({ Properties }) => Properties.AvailabilityZone))).toEqual(new Set(zones));
    const endpoints = Object.values(resourcesOf(messaging, "AWS::EC2::VPCEndpoint"));
    const kinds = endpoints.map(({ Properties }) => Properties.VpcEndpointType).sort();
    expect(kinds).toEqual(["Gateway", "Gateway", ...Array(6).fill("Interface")]);
  });
});
