import type { Template } from "aws-cdk-lib/assertions";
import { expect, it } from "vitest";
import { held, idleDollars, idleMonth, oneMailing } from "./cost.ts";
import { environmentNames, readEnvironment } from "./environment.ts";
import { resourcesOf, templatesOf } from "./testing/templates.ts";

const production = readEnvironment("production");

it("counts what the templates hold", () => {
  const templates = Object.values<Template>(templatesOf("production"));
  const count = (type: string) =>
    templates.reduce((sum, template) => sum + Object.keys(resourcesOf(template, type)).length, 0);
  const endpoints = templates
    .flatMap((template) => Object.values(resourcesOf(template, "AWS::EC2::VPCEndpoint")))
    .filter(({ Properties }) => Properties.VpcEndpointType === "Interface");
  const alarms = templates.flatMap((template) => Object.values(resourcesOf(template, "AWS::CloudWatch::Alarm")));
  // An alarm that computes costs as many metrics as it computes from; a query counts those it finds, which are few.
  const metricsOf = ({ Properties: { Metrics = [] } }: (typeof alarms)[number]) =>
    Math.max(1, Metrics.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat).length);
  expect(held).toEqual({
    endpoints: endpoints.length,
    alarms: alarms.length,
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsOf(alarm), 0),
    secrets: count("AWS::SecretsManager::Secret"),
    keys: count("AWS::KMS::Key"),
    webRules: templates
      .flatMap((template) => Object.values(resourcesOf(template, "AWS::WAFv2::WebACL")))
      .reduce((sum, { Properties }) => sum + Properties.Rules.length, 0),
  });
});

it("follows the configuration: another NAT gateway and a third task of ingest cost what the list says", () => {
  const network = { ...production.network, natGateways: production.network.natGateways + 1 };
  const services = { ...production.services, ingest: { ...production.services.ingest, tasks: 3 } };
  const line = (text: string, begin: string) => text.split("\n").find((row) => row.startsWith(begin));
  const table = idleMonth({ before: production, after: { ...production, network, services } });
  expect(line(table, "| NAT")).toBe("| NAT gateways (2; 3) | 0.045 an hour | 65.7 | 98.6 |");
  expect(line(table, "| Fargate ARM64, vCPU")).toBe(
    "| Fargate ARM64, vCPU (5; 5.25) | 0.03238 an hour | 118.2 | 124.1 |",
  );
});

it("counts a public address per task where there is no NAT gateway", () => {
  const network = { natGateways: 0, endpointZones: 0 };
  const table = idleMonth({ production, without: { ...production, network } });
  expect(table).toContain("| Public IPv4 addresses (4; 12) |");
  expect(table).toContain("| NAT gateways (2; 0) | 0.045 an hour | 65.7 | 0.0 |");
});

it.each(environmentNames())(
  "idling in a region that is a quarter dearer raises no alarm of the budget of %s",
  (name) => {
    const environment = readEnvironment(name);
    const { budgetDollars = Number.NaN } = environment;
    // The first mail comes at 80 %.
    expect(idleDollars(environment) * 1.25).toBeLessThan(budgetDollars * 0.8);
  },
);

it("sums up", () => {
  for (const table of [idleMonth({ production }), oneMailing(production)]) {
    const amounts = [...table.matchAll(/\| ([\d.]+) \|$/gm)].map(([, amount]) => Number(amount));
    const together = Number(/\*\*([\d.]+)\*\* \|$/.exec(table)?.[1]);
    expect(Math.abs(amounts.reduce((sum, amount) => sum + amount, 0) - together)).toBeLessThan(1);
  }
});

it("names a node type whose price it does not know", () => {
  const valkey = { ...production.valkey, nodeType: "cache.x1.huge" };
  expect(() => idleMonth({ production: { ...production, valkey } })).toThrow("no price of cache.x1.huge");
});
