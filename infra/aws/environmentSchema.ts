import { z } from "zod";
import { existingTablesSchema, wrongExistingTables } from "./existingTables.ts";

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
/** A service whose tasks follow its work, from `tasks` to `maximumTasks` (default: no more than `tasks`). */
const scaled = z
  .strictObject({ ...size, tasks: whole(1, 20), maximumTasks: whole(1, 20).optional() })
  .refine(isPair, wrongPair)
  .refine(({ tasks, maximumTasks = tasks }) => maximumTasks >= tasks, {
    error: "must not be below tasks",
    path: ["maximumTasks"],
  });
const sender = z
  .strictObject({
    ...size,
    minimumTasks: whole(1, 100),
    maximumTasks: whole(1, 100),
    /** Chunks per task, running and waiting, that sender scaling aims at: this share of `sendConcurrency` is a full task. */
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
    error: "must not be above sendConcurrency: the chunks one task works on would never start a second task",
    path: ["chunksPerTask"],
  });

/**
 * Where CloudFormation knows no AWS::Budgets::Budget, by the resource types it lists per region. The budget of an account is
 * the same in every region; there it is made in the Billing console.
 */
const regionsWithoutBudgets =
  /^(af|ap-east|il|me|mx|us-gov)-|^ap-(northeast-3|south-2|southeast-[3-7])$|^ca-west-1$|^eu-(central-2|north-1|south-[12])$/;

/** Everything that differs between two installations of the product. */
export const environmentSchema = z
  .strictObject({
    region: text("a region, as eu-central-1", /^[a-z]{2}(-[a-z]+)+-\d$/),
    zones: z
      .array(text("an availability zone, as eu-central-1a", /^[a-z]{2}(-[a-z]+)+-\d[a-f]$/), {
        error: "must be a list of availability zones",
      })
      .min(2, "must name at least two availability zones: the load balancer and Valkey need two")
      .max(3, "must name at most three availability zones")
      .refine((zones) => new Set(zones).size === zones.length, { error: "must name each zone once" })
      // The order in the file means nothing: a zone's subnets go by its letter (messaging/subnets.ts).
      .transform((zones) => zones.toSorted()),
    /** Before the names of tables, queues and topics, so that two environments fit into one account. Bucket names take 63 characters. */
    prefix: text(
      "empty, or at most 12 lower-case letters or digits and a hyphen, as dev-",
      /^([a-z][a-z0-9]{0,11}-)?$/,
    ),
    /** Data outlives the stacks, and nothing is deleted by mistake. */
    keepData: z.boolean({ error: "must be true or false" }),
    existingTables: existingTablesSchema,
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
    /** A mail address of the user pool, or a user id (`sub`): the administrator of a Config that has none (`FIRST_ADMIN`). */
    firstAdministrator: text("one mail address or one user id, without blanks", /^\S+$/).optional(),
    alarmAddress: emailAddress,
    /** A budget of the account, reported at 80 % and 100 %. Absent: none. */
    budgetDollars: whole(1, 1_000_000).optional(),
    logDays: choice([7, 14, 30, 60, 90, 180, 365]),
    logLevel: z.enum(["DEBUG", "INFO", "WARNING", "ERROR"], { error: "must be DEBUG, INFO, WARNING or ERROR" }),
    /** Absent: templates come from the bucket only. */
    mailchimp: z
      .strictObject({
        audience: z.string({ error: "must be the name of the Mailchimp audience" }).min(1, "must not be empty"),
        serverPrefix: text("the data centre, as us21", /^[a-z]{2}\d+$/),
        replyTo: emailAddress,
      })
      .optional(),
    email: z.strictObject({
      from: emailAddress,
      profileUrl: text("an https address, or empty", /^(https:\/\/\S+)?$/),
      defaultPreviewText: z.string({ error: "must be a text, may be empty" }),
    }),
    network: z.strictObject({
      /** With 0 the tasks get public addresses and call out directly; nothing can call them but the load balancer. */
      natGateways: whole(0, 3),
      /** Zones with private addresses of AWS services; the others reach them across zones. With 0 there are none. */
      endpointZones: whole(0, 3),
    }),
    valkey: z.strictObject({
      nodeType: text("an ElastiCache node type, as cache.t4g.small", /^cache\.[a-z0-9]+\.[a-z0-9]+$/),
      /** With 0 a lost node is replaced by an empty one: work pauses for minutes, nothing is lost. */
      replicas: whole(0, 5),
      snapshotDays: whole(1, 35),
    }),
    realtime: z.strictObject({
      requestsPerSecond: whole(1, 10_000),
      burst: whole(1, 5000),
      /** API Gateway logs through one role per account and region: false where that is set already. */
      setAccountLogRole: z.boolean({ error: "must be true or false" }),
    }),
    publicPages: z.strictObject({ requestsPerFiveMinutes: whole(10, 1_000_000) }),
    services: z.strictObject({ ingest: service, campaign: scaled, notifier: scaled, manager: service, sender }),
  })
  .check(({ value, issues }) => {
    const wrong = (path: string[], message: string) => issues.push({ code: "custom", input: value, path, message });
    if (value.region.startsWith("cn-")) wrong(["region"], "must lie outside China: Cognito has no user pools there");
    if (value.budgetDollars !== undefined && regionsWithoutBudgets.test(value.region))
      wrong(
        ["budgetDollars"],
        `must be left out: CloudFormation makes no budget in ${value.region}; make one in the Billing console`,
      );
    if (value.zones.some((zone) => zone.slice(0, -1) !== value.region)) wrong(["zones"], `must lie in ${value.region}`);
    if (value.certificateArn.split(":")[3] !== value.region)
      wrong(["certificateArn"], `must lie in ${value.region}, the region of the load balancer`);
    if (value.hostedZone && !`.${value.domain}`.endsWith(`.${value.hostedZone.name}`))
      wrong(["domain"], `must lie in the hosted zone ${value.hostedZone.name}`);
    for (const { table, field, message } of wrongExistingTables(value))
      wrong(["existingTables", table, field], message);
    for (const name of ["natGateways", "endpointZones"] as const)
      if (value.network[name] > value.zones.length) wrong(["network", name], "must not be more than there are zones");
  });
