import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { judgeEnvironment, readEnvironment } from "./environment.ts";
import { createNetwork } from "./messaging/network.ts";
import { passingApp, resourcesOf, templatesOf } from "./testing/templates.ts";

const production = readEnvironment("production");

/** Production with other settings, judged as its file would be. */
function environmentWith(change: object) {
  const result = judgeEnvironment({ ...production, ...change });
  if ("mistakes" in result) throw new Error(result.mistakes.join("\n"));
  return result.environment;
}
const inZones = (letters: string) => ({ zones: [...letters].map((letter) => `eu-central-1${letter}`) });

/** The network alone: a whole environment takes seconds. */
function networkWith(change: object): Template {
  const environment = environmentWith(change);
  const stack = new Stack(passingApp(), "messaging");
  Object.defineProperty(stack, "availabilityZones", { value: environment.zones });
  createNetwork(stack, environment);
  return Template.fromStack(stack);
}

/** Zone and address range of each subnet, by logical id. */
function subnetsOf(network: Template): Record<string, string> {
  const subnets = Object.entries(resourcesOf(network, "AWS::EC2::Subnet"));
  return Object.fromEntries(
    subnets.map(([id, { Properties }]) => [id, `${Properties.AvailabilityZone} ${Properties.CidrBlock}`]),
  );
}

describe("subnets", () => {
  const two = subnetsOf(networkWith(inZones("ab")));

  it("stand in ranges that a deployed network of two zones has", () => {
    expect(Object.values(two)).toEqual([
      "eu-central-1a 10.64.0.0/24",
      "eu-central-1b 10.64.1.0/24",
      "eu-central-1a 10.64.16.0/20",
      "eu-central-1b 10.64.32.0/20",
      "eu-central-1a 10.64.48.0/24",
      "eu-central-1b 10.64.49.0/24",
    ]);
  });

  it.each([
    ["a third zone comes", "abc", 9],
    ["a zone far away in the alphabet comes", "abf", 9],
    ["the zones are written in another order", "ba", 6],
  ])("acceptance 89: keep their ids and ranges when %s", (_what, letters, count) => {
    const later = subnetsOf(networkWith(inZones(letters)));
    expect(later).toMatchObject(two);
    expect(new Set(Object.values(later)).size).toBe(count);
  });

  it.each(["ab", "ac", "bc"])(
    "acceptance 89: keep their ids and ranges when only %s of abc stay, or a zone comes back",
    (letters) => {
      const three = subnetsOf(networkWith(inZones("abc")));
      const fewer = subnetsOf(networkWith(inZones(letters)));
      expect(three).toMatchObject(fewer);
      expect(Object.keys(fewer)).toHaveLength(6);
    },
  );

  it("have ranges that never overlap, in all six zones there may be", () => {
    const all = ["abc", "def"].flatMap((letters) => Object.values(subnetsOf(networkWith(inZones(letters)))));
    const bounds = all.map((text) => {
      const [, third = 0, bits = 0] = (/ 10\.64\.(\d+)\.0\/(\d+)$/.exec(text) ?? []).map(Number);
      return { from: third, to: third + 2 ** (24 - bits) - 1 };
    });
    bounds.sort((one, other) => one.from - other.from);
    expect(bounds).toHaveLength(18);
    for (const [position, { from }] of bounds.entries())
      if (position > 0) expect(from).toBeGreaterThan(bounds[position - 1]?.to ?? Number.NaN);
  });

  it("have a way out through the NAT gateway of their zone, or of another where there are fewer", () => {
    const network = networkWith({ ...inZones("abc"), network: { natGateways: 2, endpointZones: 2 } });
    const routes = Object.entries(resourcesOf(network, "AWS::EC2::Route"))
      .filter(([id]) => id.includes("private"))
      .map(([, { Properties }]) => JSON.stringify(Properties.NatGatewayId).replace(/.*(publicSubnet\d).*/, "$1"));
    expect(routes).toEqual(["publicSubnet1", "publicSubnet2", "publicSubnet1"]);
  });
});

describe("the small environment, without NAT gateways and private addresses of AWS services", () => {
  const { messaging, services } = templatesOf("small");

  it("nothing is made that is paid by the hour, and Valkey has one node", () => {
    expect(resourcesOf(messaging, "AWS::EC2::NatGateway")).toEqual({});
    const endpoints = Object.values(resourcesOf(messaging, "AWS::EC2::VPCEndpoint"));
    expect(endpoints.map(({ Properties }) => Properties.VpcEndpointType)).toEqual(["Gateway", "Gateway"]);
    messaging.hasResourceProperties("AWS::ElastiCache::ReplicationGroup", {
      ReplicasPerNodeGroup: 0,
      MultiAZEnabled: false,
      AutomaticFailoverEnabled: false,
    });
  });

  it("tasks call out from public addresses, and only the load balancer can call them", () => {
    for (const { Properties } of Object.values(resourcesOf(services, "AWS::ECS::Service"))) {
      const { AssignPublicIp, Subnets } = Properties.NetworkConfiguration.AwsvpcConfiguration;
      expect(AssignPublicIp).toBe("ENABLED");
      expect(JSON.stringify(Subnets)).toContain("publicSubnet1");
    }
    const groups = Object.entries(resourcesOf(services, "AWS::EC2::SecurityGroup"));
    const open = groups.filter(([, { Properties }]) => Properties.SecurityGroupIngress).map(([id]) => id);
    expect(open.map((id) => id.replace(/[0-9A-F]{8}$/, ""))).toEqual(["doorgroup"]);
    const rules = Object.values(resourcesOf(services, "AWS::EC2::SecurityGroupIngress"));
    for (const { Properties } of rules) expect(Properties).not.toHaveProperty("CidrIp");
  });
});
