import { shutdownSeconds } from "@email-agent/shared/kit/runService.ts";
import { Duration } from "aws-cdk-lib";
import { Peer, Port, SecurityGroup } from "aws-cdk-lib/aws-ec2";
import {
  type Cluster,
  ContainerImage,
  CpuArchitecture,
  FargateService,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { accept } from "../accept.ts";
import { logSettings } from "../logSettings.ts";
import type { ProductStack } from "../productStack.ts";
import { openEnded, permissionsOf } from "./permissions.ts";
import { isScaled } from "./scaleWorkers.ts";
import { serviceImage } from "./serviceImage.ts";
import type { ServiceParts } from "./serviceParts.ts";
import { healthPort, managerPort, serviceVariables } from "./serviceVariables.ts";
import type { WorkerName } from "./workerNames.ts";

/** Graceful shutdown: Fargate kills a task this long after its time to finish and to release what it holds has ended. */
const stopReserveSeconds = 7;

/** TCP ports a service calls besides Valkey's. The sender goes where the accounts of Config send it. */
const callsOut: Readonly<Record<WorkerName, readonly number[] | "anywhere">> = {
  ingest: [143, 443, 993], // reads bounce mailboxes
  campaign: [80, 443], // checks links
  sender: "anywhere",
  notifier: [443],
  manager: [443],
};
const usesValkey: readonly WorkerName[] = ["ingest", "campaign", "sender"];

/**
 * One service on Fargate: ARM64, with a role, a log and a security group of its own. A deployment that
 * does not become ready goes back to what ran before.
 */
export function createService(stack: ProductStack, cluster: Cluster, name: WorkerName, parts: ServiceParts) {
  const logGroup = new LogGroup(stack, `${name}-log`, {
    ...logSettings(stack.settings),
    logGroupName: `/email-agent/${stack.environmentName}/${name}`,
  });
  const task = taskOf(stack, name, parts, logGroup);
  const { tasks, valkeyClients } = parts.messaging.network;
  const group = securityGroupOf(stack, name, parts);
  const sizes = stack.settings.services;
  const service = new FargateService(stack, name, {
    cluster,
    serviceName: name,
    taskDefinition: task,
    // Scaling counts these; a deployment must not.
    ...(!isScaled(name) && { desiredCount: sizes[name].tasks }),
    vpcSubnets: { subnets: tasks.subnets },
    securityGroups: usesValkey.includes(name) ? [group, valkeyClients] : [group],
    assignPublicIp: tasks.arePublic,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    circuitBreaker: { enable: true, rollback: true },
    ...(name === "manager" && { healthCheckGracePeriod: Duration.seconds(60) }),
  });
  // Before a task may fetch its image and its secrets it cannot start, and three that do not start end a first deployment.
  service.node.addDependency(task.obtainExecutionRole());
  return { service, logGroup, group };
}

function taskOf(stack: ProductStack, name: WorkerName, parts: ServiceParts, logGroup: LogGroup): FargateTaskDefinition {
  const { cpu, memoryMiB } = stack.settings.services[name];
  const task = new FargateTaskDefinition(stack, `${name}-task`, {
    family: `email-agent-${stack.environmentName}-${name}`,
    cpu,
    memoryLimitMiB: memoryMiB,
    runtimePlatform: {
      cpuArchitecture: CpuArchitecture.ARM64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
  });
  const statements = permissionsOf(name, parts);
  for (const statement of statements) task.addToTaskRolePolicy(statement);
  for (const resource of openEnded(statements, parts))
    accept(
      task.taskRole,
      `AwsSolutions-IAM5[Resource::${resource}]`,
      "Their names are made later; what is before is named.",
    );
  task.addContainer(name, {
    image: ContainerImage.fromDockerImageAsset(serviceImage(stack, name)),
    ...serviceVariables(name, parts),
    logging: LogDrivers.awsLogs({ logGroup, streamPrefix: name }),
    stopTimeout: Duration.seconds(shutdownSeconds + stopReserveSeconds),
    readonlyRootFilesystem: true,
    ...(name === "manager" && { portMappings: [{ containerPort: managerPort }] }),
    healthCheck: {
      command: ["CMD", "node", "-e", healthCheck(name)],
      // A task is replaced after five minutes only: an outage of Valkey is waited out; a restart would not help.
      interval: Duration.seconds(30),
      timeout: Duration.seconds(5),
      retries: 10,
      startPeriod: Duration.seconds(60),
    },
  });
  accept(task, "AwsSolutions-ECS2", "They hold names and addresses; every secret comes from Secrets Manager.");
  if (task.executionRole)
    accept(
      task.executionRole,
      "AwsSolutions-IAM5[Resource::*]",
      "ecr:GetAuthorizationToken knows no resources: AWS offers no narrower right.",
    );
  return task;
}

/**
 * Workers are checked for whether their dependencies respond. The Email Manager holds no connection that could be lost: when it
 * responds at all it is ready, and a page that says what is away is more use than none.
 */
function healthCheck(name: WorkerName): string {
  const address = `http://127.0.0.1:${healthPort}/${name === "manager" ? "healthz" : "readyz"}`;
  return `fetch('${address}').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
}

function securityGroupOf(stack: ProductStack, name: WorkerName, parts: ServiceParts): SecurityGroup {
  const ports = callsOut[name];
  const group = new SecurityGroup(stack, `${name}-group`, {
    vpc: parts.messaging.network.vpc,
    allowAllOutbound: ports === "anywhere",
    description: `Tasks of ${name}`,
  });
  if (ports !== "anywhere") for (const port of ports) group.addEgressRule(Peer.anyIpv4(), Port.tcp(port), "Calls out");
  return group;
}
