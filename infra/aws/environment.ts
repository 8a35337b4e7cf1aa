import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const whole = (minimum: number, maximum: number) =>
  z
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(minimum, `must be at least ${minimum}`)
    .max(maximum, `must be at most ${maximum}`);
const text = (what: string, pattern: RegExp) =>
  z.string({ error: `must be ${what}` }).regex(pattern, `must be ${what}`);
const choice = <const Values extends readonly [number, ...number[]]>(values: Values) =>
  z
    .number({ error: "must be a number" })
    .refine((value) => values.includes(value), { error: `must be one of ${values.join(", ")}` });

const host = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;
const emailAddress = text("one mail address", /^[^\s@]+@[^\s@]+\.[^\s@]+$/);

const size = { cpu: choice([256, 512, 1024, 2048, 4096]), memoryMiB: whole(512, 30_720) };
/** Fargate takes certain pairs only; the rule here is a little narrower than its table, and the same for every CPU. */
const isPair = ({ cpu, memoryMiB }: { cpu: number; memoryMiB: number }) =>
  memoryMiB >= cpu * 2 && memoryMiB <= cpu * 8 && memoryMiB % (cpu === 256 ? 512 : 1024) === 0;
const wrongPair = {
  error: "must be a whole GiB from 2 to 8 MiB per unit of cpu, as Fargate pairs them",
  path: ["memoryMiB"],
};
const service = z.strictObject({ ...size, tasks: whole(1, 20) }).refine(isPair, wrongPair);
const sender = z
  .strictObject({
    ...size,
    minimumTasks: whole(1, 100),
    maximumTasks: whole(1, 100),
    /** Chunks per task, in hand and waiting, that scaling aims at. */
    chunksPerTask: whole(1, 1000),
    /** Chunks one task works on at once (`SEND_CONCURRENCY`). */
    sendConcurrency: whole(1, 1000),
  })
  .refine(isPair, wrongPair)
  .refine(({ minimumTasks, maximumTasks }) => maximumTasks >= minimumTasks, {
    error: "must not be below minimumTasks",
    path: ["maximumTasks"],
  })
  .refine(({ chunksPerTask, sendConcurrency }) => chunksPerTask <= sendConcurrency, {
    error: "must not be above sendConcurrency: what a task has in hand would never make a second one",
    path: ["chunksPerTask"],
  });

/** Everything that differs between two installations of the product. */
const environmentSchema = z
  .strictObject({
    region: text("a region, as eu-central-1", /^[a-z]{2}(-[a-z]+)+-\d$/),
    zones: z
      .array(text("an availability zone, as eu-central-1a", /^[a-z]{2}(-[a-z]+)+-\d[a-z]$/), {
        error: "must be a list of availability zones",
      })
      .min(2, "must name at least two availability zones: the load balancer and Valkey stand in two")
      .max(3, "must name at most three availability zones"),
    /** Before the names of tables, queues and topics, so that two environments fit into one account. Bucket names take 63 characters. */
    prefix: text(
      "empty, or at most 12 lower-case letters or digits and a hyphen, as dev-",
      /^([a-z][a-z0-9]{0,11}-)?$/,
    ),
    /** Data outlives the stacks, and nothing is deleted by mistake. */
    keepData: z.boolean({ error: "must be true or false" }),
    domain: text("a host name without https://, as mail.example.org", host),
    certificateArn: text(
      "the ARN of an ACM certificate for the domain, as arn:aws:acm:<region>:<account>:certificate/<id>",
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[0-9a-f-]{36}$/,
    ),
    /** The Route 53 zone in which the domain is created; without it the operator points the domain to the load balancer. */
    hostedZone: z
      .strictObject({
        id: text("the id of a hosted zone, as Z0123456789ABC", /^Z[A-Z0-9]+$/),
        name: text("a host name", host),
      })
      .optional(),
    /** Before .auth.<region>.amazoncognito.com; unique in the region. */
    signInPrefix: text(
      "lower-case letters, digits and hyphens, without aws or cognito",
      /^(?!.*(aws|cognito|amazon))[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$/,
    ),
    alarmAddress: emailAddress,
    budgetDollars: whole(1, 1_000_000),
    logDays: choice([7, 14, 30, 60, 90, 180, 365]),
    logLevel: z.enum(["DEBUG", "INFO", "WARNING", "ERROR"], { error: "must be DEBUG, INFO, WARNING or ERROR" }),
    mailchimp: z.strictObject({
      audience: z.string({ error: "must be the name of the Mailchimp audience" }).min(1, "must not be empty"),
      serverPrefix: text("the data centre, as us21", /^[a-z]{2}\d+$/),
      replyTo: emailAddress,
    }),
    email: z.strictObject({
      from: emailAddress,
      profileUrl: text("an https address, or empty", /^(https:\/\/\S+)?$/),
      defaultPreviewText: z.string({ error: "must be a text, may be empty" }),
    }),
    network: z.strictObject({
      natGateways: whole(1, 3),
      /** Zones in which the private addresses of AWS services stand; the others reach them across zones. */
      endpointZones: whole(1, 3),
    }),
    valkey: z.strictObject({
      nodeType: text("an ElastiCache node type, as cache.t4g.small", /^cache\.[a-z0-9]+\.[a-z0-9]+$/),
      replicas: whole(1, 5),
      snapshotDays: whole(1, 35),
    }),
    realtime: z.strictObject({
      requestsPerSecond: whole(1, 10_000),
      burst: whole(1, 5000),
      /** API Gateway logs through one role per account and region: false where that is set already. */
      setAccountLogRole: z.boolean({ error: "must be true or false" }),
    }),
    publicPages: z.strictObject({ requestsPerFiveMinutes: whole(10, 1_000_000) }),
    services: z.strictObject({ ingest: service, campaign: service, notifier: service, manager: service, sender }),
  })
  .check(({ value, issues }) => {
    const wrong = (path: string[], message: string) => issues.push({ code: "custom", input: value, path, message });
    if (value.zones.some((zone) => zone.slice(0, -1) !== value.region)) wrong(["zones"], `must lie in ${value.region}`);
    if (value.certificateArn.split(":")[3] !== value.region)
      wrong(["certificateArn"], `must lie in ${value.region}, where the load balancer stands`);
    if (value.hostedZone && !`.${value.domain}`.endsWith(`.${value.hostedZone.name}`))
      wrong(["domain"], `must lie in the hosted zone ${value.hostedZone.name}`);
    for (const name of ["natGateways", "endpointZones"] as const)
      if (value.network[name] > value.zones.length) wrong(["network", name], "must not be more than there are zones");
  });

export type Environment = z.output<typeof environmentSchema>;

const folder = join(import.meta.dirname, "environments");

/** The environments there are: the files of `environments/`, by name. Throws an Error if one has a name AWS would not take. */
export function environmentNames(): string[] {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort();
  const wrong = names.find((name) => !isEnvironmentName(name));
  if (wrong === undefined) return names;
  throw new Error(`environments/${wrong}.json: its name must be at most 20 lower-case letters, digits and hyphens.`);
}

/** It stands in the names of stacks, clusters, alarms, logs and secrets. */
export function isEnvironmentName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,18}[a-z0-9]$/.test(name);
}

/** Reads and judges one environment. Throws an Error with one sentence per mistake, each naming the field and the repair. */
export function readEnvironment(name: string): Environment {
  const known = environmentNames();
  if (!known.includes(name)) throw new Error(`There is no environment ${name}; there are ${known.join(", ")}.`);
  const file = `environments/${name}.json`;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${cause instanceof Error ? cause.message : cause}.`, { cause });
  }
  const answer = judgeEnvironment(value);
  if ("environment" in answer) return answer.environment;
  throw new Error(answer.mistakes.map((mistake) => `${file}: ${mistake}`).join("\n"));
}

/** Judges the content of an environment file; every mistake is one sentence. */
export function judgeEnvironment(
  value: unknown,
): { readonly environment: Environment } | { readonly mistakes: readonly string[] } {
  const parsed = environmentSchema.safeParse(value);
  if (parsed.success) return { environment: parsed.data };
  return { mistakes: parsed.error.issues.flatMap(sentences) };
}

function sentences(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map(
      (key) => `${[...issue.path, key].join(".")} is not known here; check its spelling or take it out.`,
    );
  const message = issue.code === "invalid_type" && !issue.message.startsWith("must") ? "is missing" : issue.message;
  return [`${path || "the file"} ${message}.`];
}
