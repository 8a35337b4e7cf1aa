import { CrossStackReferences, ReferenceStrength } from "aws-cdk-lib";
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISubnet,
  Peer,
  Port,
  SecurityGroup,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { accept } from "../accept.ts";
import type { Environment } from "../environment.ts";
import { logSettings } from "../logSettings.ts";
import { createSubnets, networkRange, type Subnets } from "./subnets.ts";

/** What the services call by an address of AWS inside the network. DynamoDB and S3 have gateways, which cost nothing. */
const interfaces = {
  sqs: InterfaceVpcEndpointAwsService.SQS,
  sns: InterfaceVpcEndpointAwsService.SNS,
  secrets: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  images: InterfaceVpcEndpointAwsService.ECR,
  "image-layers": InterfaceVpcEndpointAwsService.ECR_DOCKER,
} as const;

export interface Network {
  readonly vpc: Vpc;
  readonly subnets: Subnets;
  /** Where tasks run, and whether they need public addresses to call out. */
  readonly tasks: { readonly subnets: ISubnet[]; readonly arePublic: boolean };
  /** Of tasks that talk to Valkey: nothing else may. */
  readonly valkeyClients: SecurityGroup;
}

/**
 * What has no private address of an AWS service goes out through the NAT gateways, or from public addresses where there are
 * none: mail servers, Mailchimp, checked links, the sign-in pages of Cognito, and the management address of the WebSocket API
 * (its endpoint would take over the names of every API of the region).
 */
export function createNetwork(scope: Construct, { network, zones, logDays, keepData }: Environment): Network {
  const vpc = new Vpc(scope, "network", {
    ipAddresses: IpAddresses.cidr(networkRange),
    maxAzs: zones.length,
    subnetConfiguration: [],
  });
  const subnets = createSubnets(vpc, zones, network.natGateways);
  const arePublic = network.natGateways === 0;
  const tasks = { subnets: [...(arePublic ? subnets.public : subnets.private)], arePublic };
  const all = [{ subnets: [...subnets.public, ...subnets.private, ...subnets.isolated] }];
  vpc.addGatewayEndpoint("dynamodb", { service: GatewayVpcEndpointAwsService.DYNAMODB, subnets: all });
  vpc.addGatewayEndpoint("s3", { service: GatewayVpcEndpointAwsService.S3, subnets: all });
  accept(
    vpc,
    "CloudFormation-Validate::W3010",
    "The zones come from the configuration of the environment: asking AWS for them would need an account to synthesise.",
  );
  vpc.addFlowLog("refused", {
    destination: FlowLogDestination.toCloudWatchLogs(
      new LogGroup(scope, "refused-traffic", logSettings({ logDays, keepData })),
    ),
    trafficType: FlowLogTrafficType.REJECT,
  });
  if (network.endpointZones > 0)
    addServiceAddresses(scope, vpc, subnets.private.slice(0, network.endpointZones), tasks.subnets);
  const valkeyClients = new SecurityGroup(scope, "valkey-clients", {
    vpc,
    allowAllOutbound: false,
    description: "Tasks that talk to Valkey",
  });
  // CloudFormation refuses at once to take a subnet away while tasks run in it, instead of failing after half an hour.
  for (const lasting of [vpc, ...subnets.public, ...subnets.private, valkeyClients])
    CrossStackReferences.of(lasting).produce(ReferenceStrength.STRONG);
  return { vpc, subnets, tasks, valkeyClients };
}

/** Private addresses of AWS services in `subnets`, open to what runs in `callers`. */
function addServiceAddresses(scope: Construct, vpc: Vpc, subnets: ISubnet[], callers: readonly ISubnet[]): void {
  const endpointGroup = new SecurityGroup(scope, "endpoints", {
    vpc,
    allowAllOutbound: false,
    description: "Private addresses of AWS services",
  });
  for (const subnet of callers)
    endpointGroup.addIngressRule(
      Peer.ipv4(subnet.ipv4CidrBlock),
      Port.tcp(443),
      "Tasks, and what fetches their images",
    );
  for (const [name, service] of Object.entries(interfaces))
    vpc.addInterfaceEndpoint(name, { service, securityGroups: [endpointGroup], open: false, subnets: { subnets } });
}
