import {
  CfnInternetGateway,
  CfnVPCGatewayAttachment,
  type ISubnet,
  PrivateSubnet,
  PublicSubnet,
  type Vpc,
} from "aws-cdk-lib/aws-ec2";

/** The whole network. */
export const networkRange = "10.64.0.0/16";

/**
 * The subnets by zone, in the order of zones: public ones for the load balancer and NAT gateways, private ones whose way out is
 * a NAT gateway, isolated ones for Valkey.
 */
export interface Subnets {
  readonly public: readonly ISubnet[];
  readonly private: readonly ISubnet[];
  readonly isolated: readonly ISubnet[];
}

/**
 * The address range of a subnet goes by the letter of its zone (a is 1), and so does its logical id: a zone that comes or goes
 * changes nothing about the others. Ranges of up to six zones are reserved; 128 and above are free.
 */
const ranges = {
  public: (zone: number) => `10.64.${zone - 1}.0/24`,
  private: (zone: number) => `10.64.${16 * (zone < 3 ? zone : zone + 1)}.0/20`,
  isolated: (zone: number) => `10.64.${47 + zone}.0/24`,
} satisfies Record<keyof Subnets, (zone: number) => string>;

/**
 * Creates three subnets per zone. NAT gateways are in the first `natGateways` zones; a private subnet uses the one of its
 * zone, or else one of another zone, or has no way out if there is none.
 */
export function createSubnets(vpc: Vpc, zones: readonly string[], natGateways: number): Subnets {
  const gateway = new CfnInternetGateway(vpc, "IGW");
  const attachment = new CfnVPCGatewayAttachment(vpc, "VPCGW", { internetGatewayId: gateway.ref, vpcId: vpc.vpcId });
  const propsOf = (kind: keyof Subnets, zone: string) => ({
    vpcId: vpc.vpcId,
    availabilityZone: zone,
    cidrBlock: ranges[kind](numberOf(zone)),
    mapPublicIpOnLaunch: false,
  });
  const publicSubnets = zones.map((zone) => {
    const subnet = new PublicSubnet(vpc, `publicSubnet${numberOf(zone)}`, propsOf("public", zone));
    subnet.addDefaultInternetRoute(gateway.ref, attachment);
    return subnet;
  });
  const gateways = publicSubnets.slice(0, natGateways).map((subnet) => subnet.addNatGateway());
  const privateSubnets = zones.map((zone, position) => {
    const subnet = new PrivateSubnet(vpc, `privateSubnet${numberOf(zone)}`, propsOf("private", zone));
    const nat = gateways[position % gateways.length];
    if (nat) subnet.addDefaultNatRoute(nat.ref);
    return subnet;
  });
  const isolatedSubnets = zones.map(
    (zone) => new PrivateSubnet(vpc, `isolatedSubnet${numberOf(zone)}`, propsOf("isolated", zone)),
  );
  return { public: publicSubnets, private: privateSubnets, isolated: isolatedSubnets };
}

/** 1 for a zone that ends in a, 2 for b. */
function numberOf(zone: string): number {
  return zone.charCodeAt(zone.length - 1) - "a".charCodeAt(0) + 1;
}
