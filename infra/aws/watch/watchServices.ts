import { MathExpression, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { HttpCodeElb, HttpCodeTarget } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { loggingServices } from "../errorLines.ts";
import type { ServicesStack } from "../services/servicesStack.ts";
import { errorLines, productMetric } from "./productMetrics.ts";
import { minutes, sum, type Watch } from "./watch.ts";

interface Parts {
  readonly services: ServicesStack;
}

/** The Email Manager and its load balancer. */
export function managerWatches({ services: { loadBalancer, managerTargets } }: Parts): Watch[] {
  const perFive = { statistic: "Sum", ...minutes(5) };
  return [
    {
      id: "manager-errors",
      means: "The Email Manager returned 5xx",
      first:
        "read its log at level error; 503 alone means that the database was unavailable, or that too many visitors came at once",
      metric: loadBalancer.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, perFive),
      above: 5,
    },
    {
      id: "load-balancer-errors",
      means: "The load balancer returned 5xx itself, because it reached no Email Manager",
      first: "check whether tasks of manager run and are healthy",
      metric: loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, perFive),
      above: 5,
    },
    {
      id: "unhealthy-hosts",
      means: "A task of the Email Manager does not pass the health check of the load balancer",
      first: "read the end of its log; it is replaced automatically, so come back only if this lasts",
      metric: managerTargets.metrics.unhealthyHostCount({ statistic: "Maximum", ...minutes(1) }),
      above: 0,
      periods: 3,
    },
  ];
}

/** Tasks that run, as Container Insights counts them each minute. */
export function taskWatches({ services }: Parts): Watch[] {
  return Object.entries(services.services).map(([name, service]) => {
    const count = (metricName: string, statistic: string) =>
      new Metric({
        namespace: "ECS/ContainerInsights",
        metricName,
        dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
        statistic,
        ...minutes(1),
      });
    return {
      id: `tasks-${name}`,
      means: `Fewer tasks of ${name} run than should, for five minutes`,
      first: "read the events of the service and why its last tasks stopped",
      metric: new MathExpression({
        expression: "IF(running < desired, 1, 0)",
        usingMetrics: { running: count("RunningTaskCount", "Minimum"), desired: count("DesiredTaskCount", "Minimum") },
        ...minutes(1),
      }),
      above: 0,
      periods: 5,
      missing: TreatMissingData.BREACHING,
    };
  });
}

/** Lines at level `error` of every service and Lambda: a person must act. */
export function errorLineWatches(): Watch[] {
  return loggingServices.map((service) => ({
    id: `error-lines-${service}`,
    means: `The log of ${service} has lines at level error`,
    first: "read them; each names its work order and step where it has one",
    metric: sum(productMetric(errorLines, { service })),
    above: 0,
  }));
}
