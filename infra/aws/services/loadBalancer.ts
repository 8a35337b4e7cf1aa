import { keepAliveSeconds } from "@email-agent/shared/kit/keepAlive.ts";
import { CfnOutput, Duration } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { SecurityGroup as Group, Peer, Port, type SecurityGroup } from "aws-cdk-lib/aws-ec2";
import type { FargateService } from "aws-cdk-lib/aws-ecs";
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  DesyncMitigationMode,
  ListenerAction,
  SslPolicy,
} from "aws-cdk-lib/aws-elasticloadbalancingv2";
import { ARecord, HostedZone, RecordTarget } from "aws-cdk-lib/aws-route53";
import { LoadBalancerTarget } from "aws-cdk-lib/aws-route53-targets";
import { accept } from "../accept.ts";
import type { ProductStack } from "../productStack.ts";
import { protectPublicPages } from "./protectPublicPages.ts";
import type { ManagerAccess } from "./releaseAlarms.ts";
import type { ServiceParts } from "./serviceParts.ts";
import { managerPort } from "./serviceVariables.ts";

/** The way of browsers to the Email Manager and its public pages: HTTPS only, at the configured domain. */
export function createLoadBalancer(
  stack: ProductStack,
  { data, messaging }: ServiceParts,
  manager: { readonly service: FargateService; readonly group: SecurityGroup },
): ManagerAccess {
  const { certificateArn, keepData, domain, hostedZone } = stack.settings;
  const { vpc, subnets } = messaging.network;
  const group = new Group(stack, "door-group", { vpc, allowAllOutbound: false, description: "Load balancer" });
  for (const port of [80, 443]) group.addIngressRule(Peer.anyIpv4(), Port.tcp(port), "Browsers and mail readers");
  accept(group, "AwsSolutions-EC23", "Recipients anywhere unsubscribe here; all else asks for a session.");
  const loadBalancer = new ApplicationLoadBalancer(stack, "door", {
    vpc,
    internetFacing: true,
    vpcSubnets: { subnets: [...subnets.public] },
    securityGroup: group,
    deletionProtection: keepData,
    idleTimeout: Duration.seconds(keepAliveSeconds - 5),
    dropInvalidHeaderFields: true,
    desyncMitigationMode: DesyncMitigationMode.STRICTEST,
  });
  loadBalancer.logAccessLogs(data.accessLogs, "door");
  new ApplicationListener(stack, "http", {
    loadBalancer,
    port: 80,
    open: false,
    defaultAction: ListenerAction.redirect({ protocol: "HTTPS", port: "443", permanent: true }),
  });
  const https = new ApplicationListener(stack, "https", {
    loadBalancer,
    port: 443,
    protocol: ApplicationProtocol.HTTPS,
    open: false,
    sslPolicy: SslPolicy.RECOMMENDED_TLS,
    certificates: [Certificate.fromCertificateArn(stack, "certificate", certificateArn)],
  });
  const targets = https.addTargets("manager", {
    port: managerPort,
    protocol: ApplicationProtocol.HTTP,
    targets: [manager.service.loadBalancerTarget({ containerName: "manager", containerPort: managerPort })],
    deregistrationDelay: Duration.seconds(30),
    healthCheck: { path: "/healthz", interval: Duration.seconds(10), timeout: Duration.seconds(5) },
  });
  protectPublicPages(stack, loadBalancer);
  if (hostedZone)
    new ARecord(stack, "domain", {
      zone: HostedZone.fromHostedZoneAttributes(stack, "zone", {
        hostedZoneId: hostedZone.id,
        zoneName: hostedZone.name,
      }),
      recordName: domain,
      target: RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer)),
    });
  new CfnOutput(stack, "ManagerUrl", { value: `https://${domain}`, description: "The Email Manager" });
  new CfnOutput(stack, "LoadBalancer", {
    value: loadBalancer.loadBalancerDnsName,
    description: `Point ${domain} here`,
  });
  return { loadBalancer, targets };
}
