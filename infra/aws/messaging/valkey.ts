import { RemovalPolicy, SecretValue } from "aws-cdk-lib";
import { Port, SecurityGroup, type Vpc } from "aws-cdk-lib/aws-ec2";
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from "aws-cdk-lib/aws-elasticache";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { accept } from "../accept.ts";
import { secretName } from "../data/secrets.ts";
import type { ProductStack } from "../productStack.ts";
import type { Network } from "./network.ts";

/** Not the well-known one: what knocks there is no client of ours. */
const port = 6380;

/**
 * Valkey for BullMQ: two zones if it has a replica, encrypted, with a password, `noeviction`. One shard, for BullMQ's keys must lie together.
 *
 * ElastiCache offers no append-only file. Its durability (a log across zones, Valkey 9 and later) wants cluster mode, in
 * which keys without hash tags do not lie together, and larger nodes. In its place there is a replica in another zone
 * that takes over within about a minute, and a daily snapshot. Should both be lost, an empty Valkey costs time only: DynamoDB holds
 * everything that counts, and ingest adds the jobs again.
 *
 * @returns the secret with `REDIS_URL`, password included, and the id of the replication group
 */
export function createValkey(stack: ProductStack, { vpc, subnets, valkeyClients }: Network) {
  const { prefix, valkey } = stack.settings;
  const securityGroup = securityGroupFor(stack, vpc, valkeyClients);
  const password = new Secret(stack, "valkey-password", {
    secretName: secretName(stack.environmentName, "valkey-password"),
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const authToken = password.secretValue.unsafeUnwrap();
  const places = new CfnSubnetGroup(stack, "valkey-subnets", {
    description: "Isolated subnets of email-agent",
    subnetIds: subnets.isolated.map(({ subnetId }) => subnetId),
  });
  const parameters = new CfnParameterGroup(stack, "valkey-parameters", {
    cacheParameterGroupFamily: "valkey8",
    description: "A queue must not lose jobs for want of memory",
    properties: { "maxmemory-policy": "noeviction" },
  });
  const group = new CfnReplicationGroup(stack, "valkey", {
    replicationGroupId: `${prefix}email-agent`,
    replicationGroupDescription: "Job queues, limits and cancel flags of email-agent",
    engine: "valkey",
    engineVersion: "8.0",
    cacheNodeType: valkey.nodeType,
    numNodeGroups: 1,
    replicasPerNodeGroup: valkey.replicas,
    // Both need a replica.
    multiAzEnabled: valkey.replicas > 0,
    automaticFailoverEnabled: valkey.replicas > 0,
    transitEncryptionEnabled: true,
    transitEncryptionMode: "required",
    atRestEncryptionEnabled: true,
    authToken,
    port,
    cacheSubnetGroupName: places.ref,
    cacheParameterGroupName: parameters.ref,
    securityGroupIds: [securityGroup.securityGroupId],
    snapshotRetentionLimit: valkey.snapshotDays,
    snapshotWindow: "02:00-03:00",
    preferredMaintenanceWindow: "sun:03:30-sun:04:30",
    autoMinorVersionUpgrade: true,
  });
  if (valkey.replicas === 0)
    accept(group, "AwsSolutions-AEC4", "The environment asks for one node: losing it costs time, and no mail.");
  const url = new Secret(stack, "REDIS_URL", {
    secretName: secretName(stack.environmentName, "REDIS_URL"),
    description: "Address and password of Valkey",
    // CloudFormation puts the password in when it creates the secret; the template holds a reference.
    secretStringValue: SecretValue.unsafePlainText(
      `rediss://:${authToken}@${group.attrPrimaryEndPointAddress}:${group.attrPrimaryEndPointPort}`,
    ),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const secret of [password, url])
    accept(secret, "AwsSolutions-SMG4", "Valkey and all its clients must change together; the README says how.");
  return { url, groupId: group.ref, nodes: valkey.replicas + 1 };
}

function securityGroupFor(stack: ProductStack, vpc: Vpc, clients: SecurityGroup): SecurityGroup {
  const securityGroup = new SecurityGroup(stack, "valkey-door", {
    vpc,
    allowAllOutbound: false,
    description: "Valkey",
  });
  securityGroup.addIngressRule(clients, Port.tcp(port), "Its clients");
  clients.addEgressRule(securityGroup, Port.tcp(port), "Valkey");
  return securityGroup;
}
