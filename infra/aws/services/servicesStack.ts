import { Cluster, ContainerInsights, type FargateService } from "aws-cdk-lib/aws-ecs";
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from "aws-cdk-lib/aws-elasticloadbalancingv2";
import type { Construct } from "constructs";
import { countErrorLines } from "../errorLines.ts";
import { ProductStack, type ProductStackProps } from "../productStack.ts";
import { createService } from "./createService.ts";
import { createLoadBalancer } from "./loadBalancer.ts";
import { rollBackOnAlarms } from "./releaseAlarms.ts";
import { scaleWorkers } from "./scaleWorkers.ts";
import type { ServiceParts } from "./serviceParts.ts";
import { clusterName, type WorkerName, workerNames } from "./workerNames.ts";

/** The product's processes, and the way in to the Email Manager. */
export class ServicesStack extends ProductStack {
  readonly cluster: Cluster;
  readonly services: Readonly<Record<WorkerName, FargateService>>;
  readonly loadBalancer: ApplicationLoadBalancer;
  /** The tasks of the Email Manager behind `loadBalancer`. */
  readonly managerTargets: ApplicationTargetGroup;
  /** Alarms that take a release back, by name. */
  readonly releaseAlarms: readonly string[];

  constructor(scope: Construct, props: ProductStackProps & ServiceParts) {
    super(scope, "services", props, "services and load balancer");
    this.cluster = new Cluster(this, "cluster", {
      clusterName: clusterName(this.environmentName),
      vpc: props.messaging.network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const made = workerNames.map((name) => [name, createService(this, this.cluster, name, props)] as const);
    const { ingest, manager, campaign, sender } = Object.fromEntries(made) as Record<
      WorkerName,
      ReturnType<typeof createService>
    >;
    this.services = Object.fromEntries(made.map(([name, { service }]) => [name, service])) as Record<
      WorkerName,
      FargateService
    >;
    // What steps write of an order must be readable where commands are judged and orders are shown.
    for (const writer of [campaign, sender]) writer.service.node.addDependency(ingest.service, manager.service);
    for (const [name, { logGroup }] of made) countErrorLines(this, name, logGroup);
    const way = createLoadBalancer(this, props, manager);
    this.loadBalancer = way.loadBalancer;
    this.managerTargets = way.targets;
    this.releaseAlarms = rollBackOnAlarms(this, this.services, way);
    scaleWorkers(this, this.services, props);
  }
}
