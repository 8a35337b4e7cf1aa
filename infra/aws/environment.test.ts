import { readFileSync } from "node:fs";
import { Aws } from "aws-cdk-lib";
import { expect, it } from "vitest";
import { documentsBucketName } from "./data/buckets.ts";
import { environmentNames, isEnvironmentName, judgeEnvironment, readEnvironment } from "./environment.ts";

const good = readEnvironment("production");
const mistakesOf = (value: unknown) => {
  const result = judgeEnvironment(value);
  return "mistakes" in result ? result.mistakes : [];
};

it.each(environmentNames())("accepts %s", (name) => {
  expect(mistakesOf(readEnvironment(name))).toEqual([]);
});

it("names an environment that there is not", () => {
  expect(() => readEnvironment("staging")).toThrow(
    "There is no environment staging; there are dev, production, small.",
  );
});

it("tells one sentence for each mistake, all at once", () => {
  const { sender } = good.services;
  const { domain: _, ...rest } = good;
  const services = { ...good.services, sender: { ...sender, cpu: 300, maximumTasks: 0.5 } };
  expect(mistakesOf({ ...rest, alarmAddress: "no address", zone: ["eu-central-1a"], services })).toEqual([
    "domain must be a host name without https://, as mail.example.org.",
    "alarmAddress must be one mail address.",
    "services.sender.cpu must be one of 256, 512, 1024, 2048, 4096.",
    "services.sender.maximumTasks must be a whole number.",
    "zone is not known here; check its spelling or take it out.",
  ]);
});

it.each([
  [{ zones: ["eu-west-1a", "eu-west-1b"] }, "zones must lie in eu-central-1."],
  [
    { certificateArn: good.certificateArn.replace("eu-central-1", "us-east-1") },
    "certificateArn must lie in eu-central-1, the region of the load balancer.",
  ],
  [
    { prefix: "organisation1-" },
    "prefix must be empty, or at most 12 lower-case letters or digits and a hyphen, as dev-.",
  ],
  [{ zones: ["eu-central-1a", "eu-central-1a"] }, "zones must name each zone once."],
  [{ domain: "mail.example.com" }, "domain must lie in the hosted zone example.org."],
  [{ network: { natGateways: 3, endpointZones: 2 } }, "network.natGateways must not be more than there are zones."],
])("checks what must fit together", (change, sentence) => {
  expect(mistakesOf({ ...good, ...change })).toEqual([sentence]);
});

it("reads the zones in one order, whatever the order in the file", () => {
  const result = judgeEnvironment({ ...good, zones: good.zones.toReversed() });
  expect("environment" in result && result.environment.zones).toEqual(good.zones);
});

it.each(["eu-north-1", "us-gov-west-1", "ap-southeast-3"])("asks to leave the budget out in %s", (region) => {
  const there = {
    ...good,
    region,
    zones: [`${region}a`, `${region}b`],
    certificateArn: good.certificateArn.replace("eu-central-1", region),
  };
  expect(mistakesOf(there)).toEqual([
    `budgetDollars must be left out: CloudFormation makes no budget in ${region}; make one in the Billing console.`,
  ]);
  const { budgetDollars: _, ...without } = there;
  expect(mistakesOf(without)).toEqual([]);
});

it.each([
  [
    { cpu: 1024, memoryMiB: 1024 },
    "services.sender.memoryMiB must be a whole GiB from 2 to 8 MiB per unit of cpu, as Fargate pairs them.",
  ],
  [{ maximumTasks: 1 }, "services.sender.maximumTasks must not be below minimumTasks."],
  [
    { chunksPerTask: 60 },
    "services.sender.chunksPerTask must not be above sendConcurrency: the chunks one task works on would never start a second task.",
  ],
])("checks the sizes of the sender", (change, sentence) => {
  const services = { ...good.services, sender: { ...good.services.sender, ...change } };
  expect(mistakesOf({ ...good, services })).toEqual([sentence]);
});

it("lets no prefix make a name longer than AWS takes: 63 for a bucket, 40 for a replication group", () => {
  const prefix = "abcdefghijkl-";
  expect(mistakesOf({ ...good, prefix })).toEqual([]);
  const region = "ap-southeast-1";
  const bucket = documentsBucketName({ prefix, region }).replace(Aws.ACCOUNT_ID, "123456789012");
  expect(bucket.length).toBeLessThanOrEqual(63);
  expect(`${prefix}email-agent`.length).toBeLessThanOrEqual(40);
});

it("takes names of environments that can stand in the names of stacks", () => {
  expect(["dev", "production", "acceptance-2"].every(isEnvironmentName)).toBe(true);
  expect(["Dev", "pro_d", "a.b", "x", "ends-", "a-name-of-more-than-twenty"].some(isEnvironmentName)).toBe(false);
});

it.each(environmentNames())(
  "an idle month of %s stays below the first mail of its budget, in a dearer region too",
  (name) => {
    const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    const cells = (begin: string) =>
      page
        .split("\n")
        .find((line) => line.startsWith(begin))
        ?.split("|") ?? [];
    const column = cells("| An idle month").findIndex((cell) => cell.trim() === name);
    const dollars = Number(cells("| **Together** | | **")[column]?.replaceAll("*", ""));
    expect(dollars).toBeGreaterThan(0);
    // The first mail comes at 80 %; regions are up to a quarter dearer than the one of the table.
    expect(dollars * 1.25).toBeLessThan((readEnvironment(name).budgetDollars ?? Number.NaN) * 0.8);
  },
);
