import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { AlarmBehavior, type FargateService } from "aws-cdk-lib/aws-ecs";
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { ProductStack } from "../productStack.ts";
import { errorLines, productMetric } from "../watch/productMetrics.ts";
import { alarmName, createAlarm, minutes, sum, type Watch } from "../watch/watch.ts";
import type { WorkerName } from "./workerNames.ts";

export interface ManagerAccess {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;
}

/**
 * More than the few lines that users and items cause while a release goes out: a step that ends in error is one line, and so
 * is, once per new task, an item that does not fit.
 */
const errorLinesOfUsers = 10;
const first = "read the log of its new tasks; a deployment under way goes back by itself";

/**
 * Has a deployment go back to the release before when it sets off one of the service's alarms, besides when its tasks do
 * not become ready. They are in the stack of the services and not with the others, which refer to the services: each
 * exists before the service that names it, in a first deployment too. One that rings already when a deployment begins is
 * ignored by ECS, so that a repair can go out.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
 *
 * @returns their names
 */
export function rollBackOnAlarms(
  stack: ProductStack,
  services: Readonly<Record<WorkerName, FargateService>>,
  manager: ManagerAccess,
): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const watches = releaseWatches(name as WorkerName, manager);
    const alarms = watches.map((watch): Alarm => createAlarm(stack, watch));
    // Written out: a reference to the alarm could lead back to the service.
    const names = watches.map(({ id }) => alarmName(stack, id));
    service.enableDeploymentAlarms(names, { behavior: AlarmBehavior.ROLLBACK_ON_ALARM });
    service.node.addDependency(...alarms);
    return names;
  });
}

function releaseWatches(name: WorkerName, manager: ManagerAccess): Watch[] {
  const errors: Watch = {
    id: `release-error-lines-${name}`,
    means: `The log of ${name} has many lines at level error`,
    first,
    metric: sum(productMetric(errorLines, { service: name })),
    above: errorLinesOfUsers,
  };
  if (name === "manager") return [errors, ...loadBalancerWatches(manager)];
  if (name === "notifier") return [errors];
  return [
    errors,
    {
      id: `release-step-exceptions-${name}`,
      means: `A step ended in an exception, as ${name} says`,
      first,
      metric: sum(productMetric("StepExceptions", { service: name })),
      above: 0,
    },
  ];
}

function loadBalancerWatches({ loadBalancer, targets }: ManagerAccess): Watch[] {
  const perFive = { statistic: "Sum", ...minutes(5) };
  return [
    {
      id: "release-manager-errors",
      // Not the 5xx the load balancer counts: 503 for too many visitors at once says nothing about the release.
      means: "The Email Manager fails to serve many requests",
      first,
      metric: sum(productMetric("ServerErrors", { service: "manager" })),
      above: 10,
    },
    {
      id: "release-load-balancer-errors",
      means: "The load balancer does not reach the Email Manager",
      first,
      metric: loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, perFive),
      above: 10,
    },
    {
      id: "release-unhealthy-hosts",
      means: "A task of the Email Manager does not pass the health check of the load balancer",
      first,
      metric: targets.metrics.unhealthyHostCount({ statistic: "Maximum", ...minutes(1) }),
      above: 0,
      periods: 3,
    },
  ];
}
