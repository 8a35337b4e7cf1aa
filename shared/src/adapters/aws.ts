import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clock } from "../kit/clock.ts";
import { AppError } from "../kit/errors.ts";
import type { Log } from "../kit/log.ts";
import { type TableClock, tableClock } from "../kit/tableClock.ts";
import { isTransient } from "../kit/transientErrors.ts";

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

// A connection that died without a word must not hold a claim or a heartbeat: every response has a deadline. SQS holds a
// long poll for 20 s.
const connectionTimeout = 3000;
const dynamoTimeout = 5000;
const otherTimeout = 30_000;
// A sender keeps some dozens of batches in flight; the SDK's default of 50 sockets would queue them.
const sockets = { maxSockets: 200, keepAlive: true };

/**
 * The SDK walks through each request and response to hide secrets before it hands them to `logger.info`, also where that
 * does nothing: a tenth of the time of a scan. Without the two functions it does not begin.
 */
const quiet = { trace() {}, debug() {}, warn() {} } as unknown as Console;

const unheard = { info() {}, warn() {} };

/**
 * Opens the clients. Empty endpoint variables mean AWS itself. Retries are the SDK's own (3 attempts, backoff): every
 * write of the product is conditional or idempotent, so a repeated one is harmless. A transient error that remains is
 * AppError `storage`. `log` hears of a local clock that is off; `local` is that clock.
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
  translateTransientErrors("DynamoDB", document.middlewareStack);
  translateTransientErrors("SQS", sqs.middlewareStack);
  translateTransientErrors("SNS", sns.middlewareStack);
  translateTransientErrors("S3", s3.middlewareStack);
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

/** The part all four clients share; their types differ in what goes in and out. */
interface MiddlewareStack {
  add(
    middleware: (
      next: (args: never) => Promise<never>,
      context: { commandName?: string },
    ) => (args: never) => Promise<never>,
    options: { step: "initialize"; name: string; priority: "high" },
  ): void;
}

/**
 * Makes a client throw AppError `storage` (disposition `retry`) for transient errors, so that a step can tell an outage
 * from a defect. Every other error of the service stays as it is.
 */
function translateTransientErrors(service: string, middlewareStack: unknown): void {
  (middlewareStack as MiddlewareStack).add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (!isTransient(error)) throw error;
        const { name, message } = error as Error;
        // The text of the HTTP handler is for its programmers; this one may become a step's message.
        const reason = name === "TimeoutError" ? "it took too long" : message || name;
        throw new AppError("storage", `${service} did not respond to ${context.commandName ?? "a call"} (${reason}).`, {
          cause: error,
        });
      }
    },
    { step: "initialize", name: "transientErrors", priority: "high" },
  );
}
