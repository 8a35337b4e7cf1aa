import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { accept } from "../accept.ts";
import type { Environment } from "../environment.ts";
import { logSettings } from "../logSettings.ts";

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
  /** Of tasks that talk to Valkey: nobody else may. */
  readonly valkeyClients: SecurityGroup;
}

/**
 * Public subnets for the load balancer, private ones for the tasks, isolated ones for Valkey. What has no private address
 * goes out through the NAT gateways: mail servers, Mailchimp, checked links, the sign-in pages of Cognito, and the
 * management address of the WebSocket API (its endpoint would take over the names of every API of the region).
 */
export function createNetwork(scope: Construct, { network, zones, logDays, keepData }: Environment): Network {
  const vpc = new Vpc(scope, "network", {
    ipAddresses: IpAddresses.cidr("10.64.0.0/16"),
    maxAzs: zones.length,
    natGateways: network.natGateways,
    subnetConfiguration: [
      { name: "public", subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
      { name: "private", subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
      { name: "isolated", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
    ],
    gatewayEndpoints: {
      dynamodb: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      s3: { service: GatewayVpcEndpointAwsService.S3 },
    },
  });
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
  const doors = new SecurityGroup(scope, "endpoints", {
    vpc,
    allowAllOutbound: false,
    description: "Private addresses of AWS services",
  });
  for (const subnet of vpc.privateSubnets)
    doors.addIngressRule(Peer.ipv4(subnet.ipv4CidrBlock), Port.tcp(443), "Tasks, and what fetches their images");
  for (const [name, service] of Object.entries(interfaces))
    vpc.addInterfaceEndpoint(name, {
      service,
      securityGroups: [doors],
      open: false,
      subnets: { subnets: vpc.privateSubnets.slice(0, network.endpointZones) },
    });
  const valkeyClients = new SecurityGroup(scope, "valkey-clients", {
    vpc,
    allowAllOutbound: false,
    description: "Tasks that talk to Valkey",
  });
  return { vpc, valkeyClients };
}
