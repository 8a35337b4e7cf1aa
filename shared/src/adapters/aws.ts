import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock } from "../kit/clock.ts";
import type { Log } from "../kit/log.ts";
import { type TableClock, tableClock } from "../kit/tableClock.ts";
import { translatePassingErrors } from "./passingErrors.ts";

/** The AWS clients of one process; connections are kept alive and opened at first use. */
export interface Aws {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
  /** The time all hosts agree on: that of DynamoDB, read from its responses. Whatever is stored or compared with it is in it. */
  readonly clock: Clock;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AwsConfig {
  readonly AWS_REGION: string;
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB: string;
}

// A connection that died without a word must not hold a claim or a heartbeat: every answer has a deadline. SQS holds a
// long poll for 20 s.
const connectionTimeout = 3000;
const dynamoTimeout = 5000;
const otherTimeout = 30_000;
// A sender keeps some dozens of batches in flight; the SDK's default of 50 sockets would queue them.
const sockets = { maxSockets: 200, keepAlive: true };

/**
 * The SDK walks through each request and answer to hide secrets before it hands them to `logger.info`, also where that
 * does nothing: a tenth of the time of a scan. Without the two functions it does not begin.
 */
const quiet = { trace() {}, debug() {}, warn() {} } as unknown as Console;

const unheard = { info() {}, warn() {} };

/**
 * Opens the clients. Empty endpoint variables mean AWS itself. Retries are the SDK's own (3 attempts, backoff): every
 * write of the product is conditional or idempotent, so a repeated one is harmless. What still fails for a passing reason
 * is AppError `storage`. `log` hears of a local clock that is off; `local` is that clock.
 */
export function openAws(config: AwsConfig, log: Pick<Log, "info" | "warn"> = unheard, local?: Clock): Aws {
  const endpoint = config.AWS_ENDPOINT_URL || undefined;
  const dynamoEndpoint = config.AWS_ENDPOINT_URL_DYNAMODB || endpoint;
  const handler = (requestTimeout: number) => ({
    requestHandler: {
      requestTimeout,
      connectionTimeout,
      throwOnRequestTimeout: true,
      httpAgent: sockets,
      httpsAgent: sockets,
    },
  });
  const common = { region: config.AWS_REGION, logger: quiet, ...(endpoint && { endpoint }), ...handler(otherTimeout) };
  const dynamo = new DynamoDBClient({
    region: config.AWS_REGION,
    logger: quiet,
    ...(dynamoEndpoint && { endpoint: dynamoEndpoint }),
    ...handler(dynamoTimeout),
  });
  const sqs = new SQSClient(common);
  const sns = new SNSClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: endpoint !== undefined });
  const document = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });
  const clock = tableClock(log, local);
  observeDates(dynamo, clock);
  translatePassingErrors("DynamoDB", document);
  translatePassingErrors("SQS", sqs);
  translatePassingErrors("SNS", sns);
  translatePassingErrors("S3", s3);
  return {
    dynamo: document,
    sqs,
    sns,
    s3,
    clock,
    async [Symbol.asyncDispose]() {
      for (const client of [dynamo, sqs, sns, s3]) client.destroy();
    },
  };
}

/** Shows the clock the `Date` of each response, errors included, with the times of its own try. */
function observeDates(dynamo: DynamoDBClient, clock: TableClock): void {
  dynamo.middlewareStack.add(
    (next) => async (args) => {
      const askedAt = clock.monotonic();
      const result = await next(args);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = headers?.["date"];
      if (date !== undefined) clock.observe({ date, askedAt, answeredAt: clock.monotonic() });
      return result;
    },
    // Behind the repetition and before errors are thrown, so it is passed by each try.
    { step: "deserialize", priority: "low", name: "observeDates" },
  );
}
