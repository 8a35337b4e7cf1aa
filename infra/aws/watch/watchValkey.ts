import { MathExpression, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import type { ServiceParts } from "../services/serviceParts.ts";
import { minutes, type Watch } from "./watch.ts";

/** Valkey: which node is the primary, and whether each keeps up. ElastiCache measures once a minute. */
export function valkeyWatches({ messaging, data }: ServiceParts): Watch[] {
  const metricOf = (metricName: string, node: number, period = 1) =>
    new Metric({
      namespace: "AWS/ElastiCache",
      metricName,
      dimensionsMap: { CacheClusterId: `${data.settings.prefix}email-agent-00${node}` },
      statistic: "Maximum",
      ...minutes(period),
    });
  const nodes = Array.from({ length: messaging.valkey.nodes }, (_, index) => index + 1);
  const roles = Object.fromEntries(nodes.map((node) => [`m${node}`, metricOf("IsMaster", node)]));
  const primaries = Object.keys(roles).map((id) => `FILL(${id}, 0)`);
  const changes = Object.keys(roles).map((id) => `ABS(DIFF(${id}))`);
  return [
    {
      id: "valkey-failover",
      means: "A node of Valkey changed its role: the primary failed, or was replaced in a maintenance",
      first: "find the cause in the events of ElastiCache, and check on the dashboard whether sending goes on",
      metric: new MathExpression({ expression: changes.join(" + "), usingMetrics: roles, ...minutes(1) }),
      above: 0,
    },
    {
      id: "valkey-primary",
      means: "Valkey has no primary, or more than one, or is not measured",
      first: "check its nodes and events in ElastiCache; until there is a primary nothing is sent, and nothing is lost",
      metric: new MathExpression({
        expression: `ABS(${primaries.join(" + ")} - 1)`,
        usingMetrics: roles,
        ...minutes(1),
      }),
      above: 0,
      periods: 3,
      missing: TreatMissingData.BREACHING,
    },
    ...nodes.flatMap((node) => nodeWatches(node, (metricName) => metricOf(metricName, node, 5))),
  ];
}

function nodeWatches(node: number, metricOf: (metricName: string) => Metric): Watch[] {
  const larger = "take a larger node type";
  const watch = (id: string, means: string, first: string, metricName: string, above: number, periods = 1): Watch => ({
    ...{ id: `valkey-${id}-${node}`, means: `${means} (node ${node})`, first, above, periods },
    metric: metricOf(metricName),
  });
  return [
    watch("memory", "Valkey is nearly full and will refuse jobs", larger, "DatabaseMemoryUsagePercentage", 80, 2),
    watch(
      "evictions",
      "Valkey drops keys",
      "set maxmemory-policy to noeviction: jobs are lost meanwhile",
      "Evictions",
      0,
    ),
    watch("processor", "Valkey's engine is busy", `find what uses it, or ${larger}`, "EngineCPUUtilization", 80, 3),
    watch(
      "lag",
      "A replica of Valkey is over 10 s behind",
      "check network and memory of its node: a failover would lose jobs, which ingest adds again",
      "ReplicationLag",
      10,
      2,
    ),
    watch(
      "connections",
      "Valkey holds over 1,000 connections",
      "find the service that opens them, and restart its tasks",
      "CurrConnections",
      1000,
    ),
  ];
}
