import { Aws } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { bucket, type TableVariable } from "../../resources.ts";
import { documentsBucketName } from "../data/buckets.ts";
import { accountSecretsPrefix } from "../data/secrets.ts";
import type { ServiceParts } from "./serviceParts.ts";
import { clusterName, type WorkerName } from "./workerNames.ts";

/** DynamoDB actions by table; a transaction or a batch of statements is judged by the actions it is made of. */
type TableRights = Partial<Record<TableVariable | `${TableVariable}/${string}`, readonly string[]>>;

/** What each service does with the tables and their indexes: what its adapters send, and nothing else. */
const tableRights: Readonly<Record<WorkerName, TableRights>> = {
  ingest: {
    WORK_ORDERS_TABLE: ["GetItem", "Scan", "UpdateItem"],
    "WORK_ORDERS_TABLE/byRunState": ["Query"],
    "WORK_ORDERS_TABLE/byPendingCommand": ["Scan"],
    AUDIT_TABLE: ["GetItem", "PutItem"],
    // What came back of a mail: see shared/src/adapters/bounces.ts.
    CONFIG_TABLE: ["Query"],
    PARTICIPANTS_TABLE: ["GetItem", "Scan", "UpdateItem"],
    DELIVERIES_TABLE: ["BatchGetItem", "GetItem", "UpdateItem"],
    RUNS_TABLE: ["GetItem", "PutItem", "UpdateItem"],
    QUOTA_TABLE: ["UpdateItem"],
  },
  campaign: {
    WORK_ORDERS_TABLE: ["GetItem", "UpdateItem"],
    AUDIT_TABLE: ["PutItem"],
    CONFIG_TABLE: ["GetItem", "Query"],
    EVENTS_TABLE: ["GetItem", "UpdateItem"],
    PARTICIPANTS_TABLE: ["Scan"],
    DELIVERIES_TABLE: ["Query"],
  },
  sender: {
    WORK_ORDERS_TABLE: ["GetItem", "UpdateItem"],
    AUDIT_TABLE: ["PutItem"],
    CONFIG_TABLE: ["GetItem", "Query"],
    EVENTS_TABLE: ["GetItem"],
    PARTICIPANTS_TABLE: ["BatchGetItem", "Scan", "UpdateItem"],
    DELIVERIES_TABLE: ["BatchGetItem", "PartiQLInsert", "PartiQLUpdate", "Query"],
    DRY_RUN_TABLE: ["BatchWriteItem"],
    // The request for a notice is deleted once its mails are sent.
    RUNS_TABLE: ["BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"],
    QUOTA_TABLE: ["Query", "UpdateItem"],
  },
  notifier: {
    WORK_ORDERS_TABLE: ["GetItem", "Scan"],
    "WORK_ORDERS_TABLE/byRunState": ["Query"],
    AUDIT_TABLE: ["GetItem"],
    RUNS_TABLE: ["GetItem", "PutItem"],
    CONNECTIONS_TABLE: ["DeleteItem", "Scan"],
    CONFIG_TABLE: ["GetItem"],
  },
  manager: {
    WORK_ORDERS_TABLE: ["DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem"],
    "WORK_ORDERS_TABLE/byRunState": ["Query"],
    AUDIT_TABLE: ["GetItem", "PartiQLInsert", "PutItem", "Query"],
    // One administrator is always left: a condition on another item of the same transaction.
    CONFIG_TABLE: ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"],
    EVENTS_TABLE: ["DeleteItem", "GetItem", "PutItem", "Scan", "UpdateItem"],
    PARTICIPANTS_TABLE: [
      ...["BatchGetItem", "DeleteItem", "DescribeTable", "GetItem", "PutItem", "Scan", "UpdateItem"],
    ],
    DELIVERIES_TABLE: ["BatchGetItem", "GetItem", "PartiQLUpdate", "Query", "UpdateItem"],
    "DELIVERIES_TABLE/byAttention": ["Query"],
    DRY_RUN_TABLE: ["BatchGetItem", "PartiQLUpdate", "Query"],
    // An administrator dismisses a report of returned mail; people are imported under a fence.
    RUNS_TABLE: ["ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"],
    QUOTA_TABLE: ["Query"],
  },
};

/** DynamoDB uses the key on behalf of the caller; no one may use it in any other way. */
const keyActions = [
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:Encrypt",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
];

const { preparedPrefix, draftsPrefix, templatesPrefix, mediaPrefix, importsPrefix, reportsPrefix, eventReportsPrefix } =
  bucket;
/** Reading and writing of documents by the beginning of their keys. Asking for the head of one is reading it. */
const documentRights: Partial<Record<WorkerName, { readonly read?: string[]; readonly write?: string[] }>> = {
  ingest: { write: [reportsPrefix] },
  campaign: {
    read: [preparedPrefix, draftsPrefix, templatesPrefix, mediaPrefix],
    write: [preparedPrefix, draftsPrefix],
  },
  sender: { read: [preparedPrefix] },
  manager: {
    read: [
      preparedPrefix,
      draftsPrefix,
      templatesPrefix,
      mediaPrefix,
      importsPrefix,
      reportsPrefix,
      eventReportsPrefix,
    ],
    write: [templatesPrefix, mediaPrefix, importsPrefix, eventReportsPrefix],
  },
};

/** Passwords and DKIM keys of accounts: the sender reads them, and ingest those of bounce mailboxes; the manager makes new ones, changes and deletes none, and can read none. */
const accountSecretRights: Partial<Record<WorkerName, readonly string[]>> = {
  ingest: ["secretsmanager:GetSecretValue"],
  sender: ["secretsmanager:GetSecretValue"],
  manager: ["secretsmanager:CreateSecret"],
};

const receive = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"];

/** What the task of a service may do. Every action is named; resources end in `*` only where their names are made later. */
export function permissionsOf(service: WorkerName, parts: ServiceParts): PolicyStatement[] {
  const { data, messaging, realtime } = parts;
  const allow = (actions: readonly string[], resources: readonly string[]) =>
    new PolicyStatement({ actions: [...actions], resources: [...resources] });
  const statements = (Object.entries(tableRights[service]) as [string, readonly string[]][]).map(([place, actions]) => {
    const [variable, index] = place.split("/") as [TableVariable, string?];
    const { tableArn } = data.tables[variable];
    return allow(
      actions.map((action) => `dynamodb:${action}`),
      [index ? `${tableArn}/index/${index}` : tableArn],
    );
  });
  for (const keyArn of keysOf(service, data))
    statements.push(
      new PolicyStatement({
        actions: keyActions,
        resources: [keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${data.region}.amazonaws.com` } },
      }),
    );
  const documents = documentRights[service];
  const documentsArn = `arn:${Aws.PARTITION}:s3:::${documentsBucketName(data.settings)}`;
  const objects = (prefixes: readonly string[]) => prefixes.map((prefix) => `${documentsArn}/${prefix}*`);
  if (documents?.read) {
    statements.push(allow(["s3:GetObject"], objects(documents.read)));
    // Without it S3 says 403 where there is no such object, and not 404: the code asks whether something was published.
    statements.push(allow(["s3:ListBucket"], [documentsArn]));
  }
  if (documents?.write) statements.push(allow(["s3:PutObject"], objects(documents.write)));
  if (service !== "notifier") statements.push(allow(["sns:Publish"], [messaging.statusTopic.topicArn]));
  if (service === "ingest") {
    statements.push(allow([...receive, "sqs:SendMessage"], [messaging.queues.workOrders.queue.queueArn]));
    statements.push(allow(receive, [messaging.queues.bounces.queue.queueArn]));
  }
  if (service === "notifier") {
    statements.push(allow(receive, [messaging.queues.status.queue.queueArn]));
    const api = `arn:${Aws.PARTITION}:execute-api:${data.region}:${Aws.ACCOUNT_ID}:${realtime.apiId}`;
    const calls = ["DELETE", "POST"].map((method) => `${api}/${realtime.stage.stageName}/${method}/@connections/*`);
    statements.push(allow(["execute-api:ManageConnections"], calls));
  }
  if (service === "campaign" || service === "sender") {
    const task = `task/${clusterName(data.environmentName)}/*`;
    const arn = `arn:${Aws.PARTITION}:ecs:${data.region}:${Aws.ACCOUNT_ID}:${task}`;
    statements.push(allow(["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"], [arn]));
  }
  const accountSecrets = accountSecretRights[service];
  if (accountSecrets) {
    const accounts = `secret:${accountSecretsPrefix(data.environmentName)}*`;
    const arn = `arn:${Aws.PARTITION}:secretsmanager:${data.region}:${Aws.ACCOUNT_ID}:${accounts}`;
    statements.push(allow(accountSecrets, [arn]));
  }
  return statements;
}

/** Resources of statements whose names are made later, as cdk-nag writes them. */
export function openEnded(statements: readonly PolicyStatement[], { realtime }: ServiceParts): string[] {
  const written = (resource: string) =>
    resource
      .replaceAll(Aws.PARTITION, "<AWS::Partition>")
      .replaceAll(Aws.ACCOUNT_ID, "<AWS::AccountId>")
      .replaceAll(realtime.apiId, realtime.apiIdExport);
  return statements.flatMap(({ resources }) => resources.filter((resource) => resource.endsWith("*")).map(written));
}

/** ARNs of the keys with which the tables of a service are encrypted, each once. */
function keysOf(service: WorkerName, { tableKeys }: ServiceParts["data"]): Set<string> {
  const variables = Object.keys(tableRights[service]).map((place) => place.split("/")[0] as TableVariable);
  return new Set(variables.flatMap((variable) => tableKeys[variable]?.keyArn ?? []));
}
