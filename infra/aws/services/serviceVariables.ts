import { type VariableName, variablesOf } from "@email-agent/shared/kit/variables.ts";
import { Secret as EcsSecret } from "aws-cdk-lib/aws-ecs";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { TableVariable } from "../../resources.ts";
import { accountSecretsPrefix } from "../data/secrets.ts";
import { metricNamespace } from "../watch/productMetrics.ts";
import type { ServiceParts } from "./serviceParts.ts";
import type { WorkerName } from "./workerNames.ts";

/** Where the Email Manager listens in its container. */
export const managerPort = 8080;
export const healthPort = 8080;

/** Variables that operators of AWS never set: stand-ins of the local stack, and what AWS offers a better way for. */
const leftOut: readonly VariableName[] = [
  "AWS_PROFILE", // the task's role
  "ECS_AGENT_URI", // set by ECS
  "DNS_SERVERS", // those of the VPC
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_DYNAMODB",
  "WEBSOCKET_MANAGEMENT_URL", // derived
  "MAILCHIMP_BASE_URL",
  "LINK_CHECK_HOSTS",
  "MANAGER_LINKS",
  "OIDC_INTERNAL_URL", // Cognito is reached at its public address
  "EMAIL_HOST", // every account of Config names its own
  "EMAIL_PORT",
  "EMAIL_USERNAME",
  "EMAIL_PASSWORD",
  "OIDC_USER_CLAIM",
  "TEMPLATES_DIR",
  "CHUNK_SIZE",
  "METRICS_PORT", // CloudWatch has the metrics
  "OTEL_EXPORTER_OTLP_ENDPOINT", // no collector runs beside the services
  "REALTIME_TICKET_SECRET_ARN", // of the Lambdas; the container gets the secret itself
];

/**
 * The environment of one service's container, made from the rows of `variables.ts`: a row that gets no value here, and
 * is not left out by name, is an error at synthesis, not when the task starts.
 */
export function serviceVariables(service: WorkerName, parts: ServiceParts) {
  const plain = plainValues(parts);
  const secret = secretValues(parts);
  const isMailchimpUsed = parts.data.settings.mailchimp !== undefined;
  const environment: Record<string, string> = {};
  const secrets: Record<string, EcsSecret> = {};
  for (const { name, variable } of variablesOf(service)) {
    // The secret of its key exists all the same, so that taking Mailchimp out or in changes one stack only.
    if (variable.together === "Mailchimp" && !isMailchimpUsed) continue;
    const held = secret[name];
    const value = plain[name];
    if (held) secrets[name] = EcsSecret.fromSecretsManager(held);
    else if (value !== undefined) environment[name] = value;
    else if (!leftOut.includes(name))
      throw new Error(`infra/aws gives ${service} no ${name}: see serviceVariables.ts.`);
  }
  return { environment, secrets };
}

function plainValues({ data, messaging, realtime }: ServiceParts): Partial<Record<VariableName, string>> {
  const { settings, signIn } = data;
  const names = Object.entries(data.tables).map(([variable, table]) => [variable, table.tableName]);
  const url = `https://${settings.domain}`;
  return {
    ...(Object.fromEntries(names) as Record<TableVariable, string>),
    AWS_REGION: data.region,
    LOG_LEVEL: settings.logLevel,
    METRICS_NAMESPACE: metricNamespace(data),
    S3_BUCKET: data.documents.bucketName,
    SQS_QUEUE_URL: messaging.queues.workOrders.queue.queueUrl,
    BOUNCE_QUEUE_URL: messaging.queues.bounces.queue.queueUrl,
    STATUS_QUEUE_URL: messaging.queues.status.queue.queueUrl,
    STATUS_TOPIC_ARN: messaging.statusTopic.topicArn,
    WEBSOCKET_API_URL: realtime.stage.url,
    ...(settings.mailchimp && {
      MAILCHIMP_AUDIENCE: settings.mailchimp.audience,
      MAILCHIMP_SERVER_PREFIX: settings.mailchimp.serverPrefix,
      MAILCHIMP_REPLY_TO: settings.mailchimp.replyTo,
    }),
    EMAIL_FROM: settings.email.from,
    PROFILE_URL: settings.email.profileUrl,
    DEFAULT_PREVIEW_TEXT: settings.email.defaultPreviewText,
    PUBLIC_BASE_URL: url,
    MANAGER_URL: url,
    MANAGER_HOST: "0.0.0.0",
    MANAGER_PORT: String(managerPort),
    TRUSTED_PROXIES: "1",
    OIDC_ISSUER: signIn.issuer,
    OIDC_CLIENT_ID: signIn.client.userPoolClientId,
    FIRST_ADMIN: settings.firstAdministrator ?? "",
    SEND_CONCURRENCY: String(settings.services.sender.sendConcurrency),
    HEALTH_PORT: String(healthPort),
    SECRETS_PREFIX: accountSecretsPrefix(data.environmentName),
  };
}

function secretValues({ data, messaging }: ServiceParts): Partial<Record<VariableName, ISecret>> {
  return { ...data.secrets, OIDC_CLIENT_SECRET: data.signIn.clientSecret, REDIS_URL: messaging.redisUrl };
}
