import { reportVisibilitySeconds } from "@email-agent/shared/domain/bounces/bounceReport.ts";
import { leaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";

/**
 * The single source of names and shapes of everything the product keeps outside its processes: tables, queues, topic,
 * bucket. The local runner, the compose setup, the tests and the CDK app all create their resources from here. Each
 * resource names the environment variable by which the services learn of it.
 */

/** A global secondary index. All key attributes in this product are strings. */
interface IndexShape {
  readonly name: string;
  readonly hash: string;
  readonly range: string;
  readonly projection: "KEYS_ONLY" | "ALL";
}

/** A table. `ttl` names the attribute with epoch seconds after which DynamoDB may delete the item (cleaning up only). */
export interface TableShape {
  /** The name a stack without a prefix gives it; also the default of `variable` where there is one. */
  readonly name: string;
  readonly hash: string;
  readonly range?: string;
  readonly indexes?: readonly IndexShape[];
  readonly ttl?: string;
  readonly stream?: "NEW_AND_OLD_IMAGES";
  /** On AWS encrypted with a key of the account's own, whose use is logged: mail accounts, and who received what. */
  readonly ownKey?: true;
}

/** Every table by the environment variable that carries its name. */
export const tables = {
  WORK_ORDERS_TABLE: {
    name: "email-work-orders",
    hash: "id",
    stream: "NEW_AND_OLD_IMAGES",
    indexes: [
      /**
       * Orders with a run, by the time they must be looked at. Sparse: both attributes exist only while a step works or
       * sleeps, or claims of ended runs are to be settled. Query `runState = working|sleeping|scheduled|settling AND
       * runCheckAt <= :until`, oldest first.
       */
      { name: "byRunState", hash: "runState", range: "runCheckAt", projection: "KEYS_ONLY" },
      /**
       * Commands that are not judged yet. Sparse by its range key, so an order needs no attribute besides
       * `pendingCommandAt`. It is nearly always empty and the order of its entries does not matter (each is judged on
       * its own), so it is read by **Scan of the index** with the filter `pendingCommandAt <= :until`: one read of half
       * a unit. A constant hash attribute would buy an ordering that nothing needs, at the price of an invariant to keep.
       */
      { name: "byPendingCommand", hash: "id", range: "pendingCommandAt", projection: "KEYS_ONLY" },
    ],
  },
  CONNECTIONS_TABLE: { name: "Connections", hash: "connectionId", ttl: "expiresAt" },
  PARTICIPANTS_TABLE: { name: "Participants", hash: "id" },
  EVENTS_TABLE: { name: "Events", hash: "aid" },
  CONFIG_TABLE: { name: "Config", hash: "pk", range: "sk", ownKey: true },
  DELIVERIES_TABLE: {
    name: "Deliveries",
    hash: "pk",
    range: "participantId",
    ownKey: true,
    /** Failed and in-doubt deliveries of a mailing, newest first (query backwards). Sparse by `attention`. */
    indexes: [{ name: "byAttention", hash: "attention", range: "endedAt", projection: "ALL" }],
  },
  DRY_RUN_TABLE: { name: "DryRunRecipients", hash: "pk", range: "participantId", ttl: "ttl" },
  RUNS_TABLE: { name: "Runs", hash: "runId", range: "sk", ttl: "ttl" },
  QUOTA_TABLE: { name: "Quota", hash: "account", range: "bucket", ttl: "ttl" },
  AUDIT_TABLE: { name: "Audit", hash: "workOrderId", range: "sk" },
} as const satisfies Record<string, TableShape>;

export type TableVariable = keyof typeof tables;
/** Environment variable → table name. */
export type TableNames = Record<TableVariable, string>;

/** The table names of one stack; `prefix` keeps stacks (and tests) on one endpoint apart. */
export function tableNames(prefix = ""): TableNames {
  const entries = Object.entries(tables).map(([variable, table]) => [variable, `${prefix}${table.name}`]);
  return Object.fromEntries(entries) as TableNames;
}

/**
 * Which records of the WorkOrders stream invoke the stream router, as Lambda's event filtering writes it: a condition per
 * attribute. A command is written together with `pendingCommandAt`, and its judgement removes it, so the writes of workers
 * to an order whose command was judged pass by. A filter sees no old image: while a command waits, other writes of its order
 * still invoke the router, which compares both images.
 */
export const routerFilter = {
  eventName: ["INSERT", "MODIFY"],
  dynamodb: { NewImage: { pendingCommandAt: { S: [{ exists: true }] } } },
} as const;

/** A queue. A message received `maxReceives` times without being deleted moves to the dead-letter queue. */
export interface QueueShape {
  readonly name: string;
  readonly fifo: boolean;
  /** How long a received message stays hidden; consumers extend it (heartbeat) while they work on the message. */
  readonly visibilitySeconds: number;
  readonly retentionSeconds: number;
  readonly deadLetter?: { readonly name: string; readonly maxReceives: number };
  /** A message that waits longer raises an alarm. Default: a minute. */
  readonly lateSeconds?: number;
  /** The environment variable with the queue's URL; absent where no service reads the queue. */
  readonly variable?: string;
}

const fourteenDaysSeconds = 1_209_600;
/** How long a dead letter waits for a person: the longest SQS keeps one. */
export const deadLetterRetentionSeconds = fourteenDaysSeconds;

export const queues = {
  workOrders: {
    name: "work-order-queue.fifo",
    fifo: true,
    /** A command is judged in well under a second; a killed ingest's message comes back after this. Ingest receives with the same. */
    visibilitySeconds: leaseTimes.commandVisibilityMilliseconds / 1000,
    retentionSeconds: fourteenDaysSeconds,
    deadLetter: { name: "work-order-dead-letters.fifo", maxReceives: 5 },
    variable: "SQS_QUEUE_URL",
  },
  status: {
    name: "email-agent-status",
    fifo: false,
    visibilitySeconds: 30,
    /** A status older than this helps no one: every open manager has read the list since. */
    retentionSeconds: 300,
    deadLetter: { name: "email-agent-status-dead-letters", maxReceives: 5 },
    variable: "STATUS_QUEUE_URL",
  },
  /** Events of SES: bounces and complaints. */
  bounces: {
    name: "email-agent-bounces",
    fifo: false,
    visibilitySeconds: reportVisibilitySeconds,
    retentionSeconds: fourteenDaysSeconds,
    /** An event whose mail is being sent comes back until the outcome is known: within two minutes, where senders run. */
    deadLetter: { name: "email-agent-bounces-dead-letters", maxReceives: 10 },
    lateSeconds: 900,
    variable: "BOUNCE_QUEUE_URL",
  },
  /** Stream records the stream router could not forward after all its tries. */
  routerFailures: {
    name: "email-agent-router-failures",
    fifo: false,
    visibilitySeconds: 30,
    retentionSeconds: fourteenDaysSeconds,
  },
} as const satisfies Record<string, QueueShape>;

/** Status events, delivered raw (the envelope itself, not SNS's wrapping) to the status queue. */
export const topic = { name: "email-agent-status", variable: "STATUS_TOPIC_ARN", rawDelivery: true } as const;

/** What SES publishes for the mails of accounts that use its configuration set, delivered raw to the queue of bounces. */
export const bounceTopic = { name: "email-agent-bounces", rawDelivery: true } as const;

/**
 * Templates, their images and prepared mail content. Private; objects are named by their content hash, never overwritten and
 * never removed (a mail's view page shows them for years, a template's history every version). Drafts are content that
 * failed its check: they are never mailed, and they may go after a while.
 */
export const bucket = {
  name: "email-agent-prepared",
  variable: "S3_BUCKET",
  preparedPrefix: "prepared/",
  draftsPrefix: "drafts/",
  templatesPrefix: "templates/",
  mediaPrefix: "media/",
  draftsDays: 30,
  /** Uploaded files of people, with the plan and the old values of each import: it can be undone while they are there. */
  importsPrefix: "imports/",
  importsDays: 30,
  /** Reports of returned mail that match no mail of ours, as they came. */
  reportsPrefix: "reports/",
  reportsDays: 30,
  /** The numbers of the report of each event, as they were counted last. */
  eventReportsPrefix: "event-reports/",
} as const;
