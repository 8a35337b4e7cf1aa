import { MathExpression, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { HttpCodeTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { ServiceParts } from "../services/serviceParts.ts";
import type { ServicesStack } from "../services/servicesStack.ts";
import { minutes, type Watch } from "./watch.ts";

/** What everything stands on: Valkey, the Email Manager's answers, tasks that run. */
export function foundationWatches({
  messaging,
  services,
  data,
}: ServiceParts & { readonly services: ServicesStack }): Watch[] {
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
