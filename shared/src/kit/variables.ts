import { z } from "zod";
import { isPrivateHost } from "../domain/delivery/privateHosts.ts";
import { mailAddress } from "../domain/recipients/address.ts";

/** Every process that reads the environment. */
export type ServiceName = "ingest" | "campaign" | "sender" | "notifier" | "manager" | "lambdas";

interface Variable {
  /** Judges the text of the environment; the output is what the service sees. */
  readonly schema: z.ZodType<unknown, string | undefined>;
  readonly meaning: string;
  readonly usedBy: readonly ServiceName[];
  /** Other names, judged in this order when the first name is not set. */
  readonly aliases?: readonly string[];
  /** `operator`: a person must supply it. `infra`: the CDK app or the local stack fills it in. Absent: it has a default or may be empty. */
  readonly from?: "operator" | "infra";
  /** Shown in the tables; absent where there is none. */
  readonly default?: string;
  /** Rows with the same word here are all set, or none is; without it the product does without what they name. */
  readonly together?: string;
  /** Never shown, not even in part. */
  readonly secret?: boolean;
}

const tasks = ["ingest", "campaign", "sender", "notifier", "manager"] as const;
const all = [...tasks, "lambdas"] as const;
const defaultNamespace = "EmailAgent";
const tables = ["campaign", "sender", "manager"] as const;

const text = z.string().trim().min(1);
const address = z
  .string()
  .trim()
  .refine((given) => mailAddress(given) !== undefined, "one mail address, as office@example.org");
const optionalText = z.string().trim().default("");
const wholeNumber = (fallback: number, minimum: number, maximum: number) =>
  z.coerce
    .number({ error: "a whole number" })
    .int("a whole number")
    .min(minimum)
    .max(maximum)
    .default(fallback) as z.ZodType<number, string | undefined>;
const optionalPort = z
  .literal("")
  .transform(() => undefined)
  .or(z.coerce.number({ error: "a whole number" }).int("a whole number").min(0).max(65535))
  .optional() as z.ZodType<number | undefined, string | undefined>;
const url = (schemes: string) =>
  z
    .string()
    .trim()
    .regex(new RegExp(`^(${schemes})://[^\\s/]+`), `a URL that begins with ${schemes.replaceAll("|", ":// or ")}://`);
const optionalUrl = (schemes: string) => url(schemes).or(z.literal("")).default("");
/** One secret, or several to rotate it (see domain/signingSecrets.ts). */
const secretList = (minimum: number) =>
  text.refine(
    (list) => list.split(",").every((secret) => secret.trim().length >= minimum),
    `at least ${minimum} characters; several secrets have commas between, and each is that long`,
  );
const rotation = "several with commas between, newest first: the first is used, all are accepted";
const table = (name: string, meaning: string, usedBy: readonly ServiceName[], aliases: readonly string[] = []) =>
  ({ schema: text.default(name), meaning, usedBy, aliases, default: name }) as const;

/** Sign-in and session cookies travel over this address: encrypted, unless it cannot be reached from elsewhere. */
function isSecureAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || isPrivateHost(hostname);
}

const logLevels = { DEBUG: "debug", INFO: "info", WARNING: "warn", WARN: "warn", ERROR: "error" } as const;
export type LogLevel = (typeof logLevels)[keyof typeof logLevels];

/**
 * All environment variables of the product: the one place that names them. `.env.example`, the environment page,
 * `--help` and `--check` are made from this list; each service reads the rows that name it.
 */
export const variables = {
  AWS_PROFILE: {
    schema: z.string().trim().optional(),
    meaning: "Named profile; needed only where no role, container, web-identity or environment credentials exist",
    usedBy: all,
    from: "operator",
  },
  SQS_QUEUE_URL: {
    schema: url("https?"),
    meaning: "Work order FIFO queue; a name without .fifo gives a warning",
    usedBy: ["ingest", "lambdas"],
    from: "operator",
  },
  WEBSOCKET_API_URL: {
    schema: url("wss?"),
    meaning: "wss://…/stage; the management address is derived from it",
    usedBy: ["notifier", "manager"],
    aliases: ["WEBSOCKET_ENDPOINT"],
    from: "operator",
  },
  WEBSOCKET_MANAGEMENT_URL: {
    schema: optionalUrl("https?"),
    meaning: "Management address of the WebSocket API, where it cannot be derived",
    usedBy: ["notifier"],
  },
  WORK_ORDERS_TABLE: {
    schema: text,
    meaning: "Table of work orders (infra names it email-work-orders)",
    usedBy: ["ingest", "campaign", "sender", "notifier", "manager", "lambdas"],
    aliases: ["DYNAMODB_TABLE_WORK_ORDERS", "DYNAMODB_TABLE"],
    from: "operator",
  },
  CONNECTIONS_TABLE: {
    schema: text,
    meaning: "Table of open WebSocket connections",
    usedBy: ["notifier", "lambdas"],
    from: "operator",
  },
  S3_BUCKET: {
    schema: text,
    meaning: "Bucket of the templates, their images and the prepared HTML",
    usedBy: ["ingest", ...tables],
    from: "operator",
  },
  MAILCHIMP_API_KEY: {
    schema: optionalText,
    meaning:
      "Mailchimp access. MAILCHIMP_* are all set or none: without them templates come from the bucket and the folder",
    usedBy: ["campaign"],
    together: "Mailchimp",
    secret: true,
  },
  MAILCHIMP_AUDIENCE: {
    schema: optionalText,
    meaning: "Name of the Mailchimp audience",
    usedBy: ["campaign"],
    together: "Mailchimp",
  },
  MAILCHIMP_SERVER_PREFIX: {
    schema: optionalText,
    meaning: "Mailchimp data centre, as us21",
    usedBy: ["campaign"],
    together: "Mailchimp",
  },
  MAILCHIMP_REPLY_TO: {
    schema: address.or(z.literal("")).default(""),
    meaning: "Reply-to of templates and fallback of messages; empty: the account's From address",
    usedBy: ["campaign", "sender", "manager"],
    together: "Mailchimp",
  },
  EMAIL_HOST: {
    schema: text.default("smtp.gmail.com"),
    meaning: "SMTP host of accounts that set none",
    usedBy: ["sender"],
    default: "smtp.gmail.com",
  },
  EMAIL_PORT: {
    schema: wholeNumber(587, 1, 65535),
    meaning: "SMTP port of accounts that set none",
    usedBy: ["sender"],
    default: "587",
  },
  EMAIL_FROM: {
    schema: address.default("noreply@example.com"),
    meaning: "From address of accounts that set none",
    usedBy: ["campaign", "sender", "manager"],
    default: "noreply@example.com",
  },
  EMAIL_USERNAME: {
    schema: optionalText,
    meaning: "Stand-in user name, used at EMAIL_HOST only; may be empty only for loopback and private hosts",
    usedBy: ["sender"],
  },
  EMAIL_PASSWORD: {
    schema: optionalText,
    meaning: "Stand-in password, used at EMAIL_HOST only; may be empty only for loopback and private hosts",
    usedBy: ["sender"],
    secret: true,
  },
  AWS_REGION: {
    schema: text.default("us-east-1"),
    meaning: "Region of every client",
    usedBy: all,
    default: "us-east-1",
  },
  METRICS_NAMESPACE: {
    schema: text.default(defaultNamespace),
    meaning: "CloudWatch namespace of the metrics; environments of one account must not share it",
    usedBy: tasks,
    default: defaultNamespace,
  },
  METRICS_PORT: {
    schema: optionalPort,
    meaning:
      "Port of /metrics for Prometheus, on every address of the machine: keep it from the internet; 0 picks one. If it is absent there is none",
    usedBy: tasks,
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: optionalUrl("https?"),
    meaning:
      "Base address of an OpenTelemetry collector that takes OTLP over HTTP (port 4318), for traces across the queues. Empty: none are made",
    usedBy: tasks,
  },
  LOG_LEVEL: {
    schema: z
      .string()
      .trim()
      .toUpperCase()
      .pipe(z.enum(["DEBUG", "INFO", "WARNING", "WARN", "ERROR"], { error: "DEBUG, INFO, WARNING or ERROR" }))
      .default("INFO")
      .transform((name): LogLevel => logLevels[name]),
    meaning: "DEBUG, INFO, WARNING (WARN) or ERROR, any case",
    usedBy: all,
    default: "INFO",
  },
  TEMPLATES_DIR: {
    schema: text.default("src/templates"),
    meaning: "Folder of local templates, used when neither the bucket nor Mailchimp has one of that name",
    usedBy: ["campaign"],
    default: "src/templates",
  },
  PARTICIPANTS_TABLE: table(
    "Participants",
    "Table of participants",
    ["ingest", ...tables],
    ["DYNAMODB_TABLE_PARTICIPANTS"],
  ),
  CONFIG_TABLE: table(
    "Config",
    "Table of stages, pools, prompts, accounts, languages, users, settings",
    ["ingest", ...tables, "notifier", "lambdas"],
    ["DYNAMODB_TABLE_CONFIG"],
  ),
  EVENTS_TABLE: table("Events", "Table of events", tables),
  DELIVERIES_TABLE: table("Deliveries", "The delivery ledger", ["ingest", ...tables]),
  DRY_RUN_TABLE: table("DryRunRecipients", "Results of Dry-Runs", ["sender", "manager"]),
  RUNS_TABLE: table("Runs", "Plans and chunks of runs; notices", ["ingest", "sender", "notifier", "manager"]),
  QUOTA_TABLE: table("Quota", "Messages per account and 5 minutes", ["ingest", "sender", "manager"]),
  AUDIT_TABLE: table("Audit", "Append-only record of commands, results and edits", [
    "ingest",
    "campaign",
    "sender",
    "notifier",
    "manager",
  ]),
  REDIS_URL: {
    schema: url("rediss?").default("redis://127.0.0.1:6379"),
    meaning:
      "BullMQ, limits, cancel flags; noeviction and append-only file on. Its loss costs time, never mail or commands",
    usedBy: ["ingest", "campaign", "sender"],
    default: "redis://127.0.0.1:6379",
    secret: true,
  },
  STATUS_TOPIC_ARN: {
    schema: text,
    meaning: "SNS topic of status events",
    usedBy: ["ingest", "campaign", "sender", "manager"],
    from: "infra",
  },
  BOUNCE_QUEUE_URL: {
    schema: optionalUrl("https?"),
    meaning: "SQS queue of bounces and complaints of Amazon SES; empty: none are taken from there",
    usedBy: ["ingest"],
  },
  STATUS_QUEUE_URL: {
    schema: url("https?"),
    meaning: "SQS queue of status events",
    usedBy: ["notifier"],
    from: "infra",
  },
  REALTIME_TICKET_SECRET: {
    schema: secretList(16),
    meaning: `Signs WebSocket tickets; ${rotation}`,
    usedBy: ["manager", "lambdas"],
    from: "infra",
    secret: true,
  },
  REALTIME_TICKET_SECRET_ARN: {
    schema: optionalText,
    meaning: "Secret of AWS Secrets Manager that holds REALTIME_TICKET_SECRET; read instead of it where set",
    usedBy: ["lambdas"],
  },
  PUBLIC_TOKEN_SECRET: {
    schema: secretList(16),
    meaning: `Signs unsubscribe and view links and Message-IDs; ${rotation}`,
    usedBy: ["ingest", "sender", "manager"],
    from: "infra",
    secret: true,
  },
  MANAGER_URL: {
    schema: url("https?").refine(isSecureAddress, "an https address (http only on loopback and private hosts)"),
    meaning: "Address at which browsers reach the Email Manager, without a path",
    usedBy: ["manager"],
    from: "infra",
  },
  MANAGER_HOST: {
    schema: text.default("127.0.0.1"),
    meaning: "Address the Email Manager listens on; 0.0.0.0 in a container",
    usedBy: ["manager"],
    default: "127.0.0.1",
  },
  MANAGER_PORT: {
    schema: wholeNumber(8090, 1, 65535),
    meaning: "Port the Email Manager listens on",
    usedBy: ["manager"],
    default: "8090",
  },
  TRUSTED_PROXIES: {
    schema: wholeNumber(0, 0, 10),
    meaning:
      "Proxies in front of the Email Manager that append to X-Forwarded-For; 1 behind a load balancer or nginx. Request limits per client need it there",
    usedBy: ["manager"],
    default: "0",
  },
  MANAGER_LINKS: {
    schema: optionalText.pipe(
      z.string().regex(/^(?:[^=,]+=https?:\/\/[^\s,]+(?:,|$))*$/, "a list like Inbox=http://127.0.0.1:8021,…"),
    ),
    meaning: "Further pages the Email Manager links to, as name=address,…; the local stack names the inbox here",
    usedBy: ["manager"],
  },
  OIDC_ISSUER: {
    schema: url("https?").refine(isSecureAddress, "an https address (http only on loopback and private hosts)"),
    meaning: "OpenID Connect issuer that signs users in (Cognito in production)",
    usedBy: ["manager"],
    from: "infra",
  },
  OIDC_INTERNAL_URL: {
    schema: optionalUrl("https?").refine(
      (address) => address === "" || isSecureAddress(address),
      "an https address (http only on loopback and private hosts)",
    ),
    meaning:
      "Address at which the Email Manager itself reaches the issuer, where that is not OIDC_ISSUER (in containers); browsers and tokens keep OIDC_ISSUER",
    usedBy: ["manager"],
  },
  OIDC_CLIENT_ID: {
    schema: text,
    meaning: "Client id of the Email Manager at the issuer",
    usedBy: ["manager"],
    from: "infra",
  },
  OIDC_CLIENT_SECRET: {
    schema: text,
    meaning: "Client secret of the Email Manager at the issuer",
    usedBy: ["manager"],
    from: "infra",
    secret: true,
  },
  OIDC_USER_CLAIM: {
    schema: text.default("sub"),
    meaning: "Claim of the id token that is the user id in Config; an opaque one, as the audit stores it",
    usedBy: ["manager"],
    default: "sub",
  },
  FIRST_ADMIN: {
    schema: optionalText.pipe(z.string().regex(/^\S*$/, "one mail address or one user id, without blanks")),
    meaning:
      "First administrator, by mail address (then invited) or user id: added when the Email Manager starts and Config has no administrator; otherwise it does nothing",
    usedBy: ["manager"],
  },
  SESSION_SECRET: {
    schema: secretList(32),
    meaning: `Seals the session cookies of the Email Manager; ${rotation}`,
    usedBy: ["manager"],
    from: "infra",
    secret: true,
  },
  PUBLIC_BASE_URL: {
    schema: optionalUrl("https?"),
    meaning: "Address of the public unsubscribe and view pages; notices link to work orders under it",
    usedBy: ["campaign", "sender", "manager"],
  },
  PROFILE_URL: {
    schema: optionalUrl("https?"),
    meaning: "Page behind UPDATE_PROFILE links",
    usedBy: ["campaign", "sender", "manager"],
  },
  REGISTRATION_HASH_SECRET: {
    schema: z
      .string()
      .trim()
      .regex(/^([0-9a-f]{64})?$/i, "64 hexadecimal digits")
      .default(""),
    meaning: "Key of the hash macro; campaign checks its presence only",
    usedBy: ["campaign", "sender", "manager"],
    secret: true,
  },
  DEFAULT_PREVIEW_TEXT: {
    schema: optionalText,
    meaning: "Preview line of orders that set none",
    usedBy: ["campaign", "sender", "manager"],
  },
  SEND_CONCURRENCY: {
    schema: wholeNumber(50, 1, 1000),
    meaning: "Chunks one sender process works on; those of slow accounts mostly wait",
    usedBy: ["sender"],
    default: "50",
  },
  CHUNK_SIZE: { schema: wholeNumber(100, 1, 100), meaning: "Recipients per chunk", usedBy: ["sender"], default: "100" },
  AWS_ENDPOINT_URL: {
    schema: optionalUrl("https?"),
    meaning: "Local stand-in of AWS; empty in production",
    usedBy: all,
  },
  AWS_ENDPOINT_URL_DYNAMODB: {
    schema: optionalUrl("https?"),
    meaning: "Local stand-in of DynamoDB, where it is another one",
    usedBy: all,
  },
  MAILCHIMP_BASE_URL: {
    schema: optionalUrl("https?"),
    meaning: "Local stand-in of Mailchimp; empty in production",
    usedBy: ["campaign"],
  },
  LINK_CHECK_HOSTS: {
    schema: optionalText.pipe(
      z
        .string()
        .regex(/^(?:[^\s=,]+=[^\s=,:]+:\d+(?:,|$))*$/, "a list like example.org=127.0.0.1:4080,*=127.0.0.1:4080"),
    ),
    meaning:
      "Local web server that the link checker asks instead of a host (* for every name), as host=address:port,…; refused unless AWS_ENDPOINT_URL is loopback or private",
    usedBy: ["campaign"],
  },
  DNS_SERVERS: {
    schema: optionalText.pipe(
      z.string().regex(/^([\da-f.:[\]]+(,|$))*$/i, "addresses with an optional port, as 192.0.2.53,[2001:db8::53]:53"),
    ),
    meaning:
      "DNS servers that the check of an account and limits of receiving domains ask, with commas between; empty: those of the system",
    usedBy: ["sender"],
  },
  SECRETS_PREFIX: {
    schema: optionalText.pipe(
      z.string().regex(/^([\w/+=.@-]{0,200}\/)?$/, "a name that ends in /, as email-agent/production/accounts/"),
    ),
    meaning:
      "Beginning of the names under which the Settings keep passwords and DKIM keys of accounts in AWS Secrets Manager; empty: they are kept in Config",
    usedBy: ["manager"],
  },
  ECS_AGENT_URI: {
    schema: optionalUrl("http"),
    meaning: "Agent of the container, set by ECS: keeps the task from scale-in while it works; empty elsewhere",
    usedBy: ["campaign", "sender"],
  },
  HEALTH_PORT: {
    schema: wholeNumber(8080, 0, 65535),
    meaning: "Port of /healthz (alive) and /readyz (dependencies) on loopback; 0 picks one",
    usedBy: ["ingest", "campaign", "sender", "notifier"],
    default: "8080",
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;

/** What one service sees: its rows, judged. */
export type ConfigOf<Service extends ServiceName> = {
  [Name in VariableName as Service extends (typeof variables)[Name]["usedBy"][number] ? Name : never]: z.output<
    (typeof variables)[Name]["schema"]
  >;
};

/** The rows of one service, in the order of the list. */
export function variablesOf(service: ServiceName): { name: VariableName; variable: Variable }[] {
  return (Object.keys(variables) as VariableName[])
    .map((name) => ({ name, variable: variables[name] as Variable }))
    .filter(({ variable }) => variable.usedBy.includes(service));
}
