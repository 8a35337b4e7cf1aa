import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** The AWS clients of one process; connections are kept alive and opened at first use. */
export interface Aws {
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface AwsConfig {
  readonly AWS_REGION: string;
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB: string;
}

/**
 * Opens the clients. Empty endpoint variables mean AWS itself. Retries are the SDK's own (3 attempts, backoff): every
 * write of the product is conditional or idempotent, so a repeated one is harmless.
 */
export function openAws(config: AwsConfig): Aws {
  const endpoint = config.AWS_ENDPOINT_URL || undefined;
  const common = { region: config.AWS_REGION, ...(endpoint && { endpoint }) };
  const dynamoEndpoint = config.AWS_ENDPOINT_URL_DYNAMODB || endpoint;
  // A sender keeps some dozens of batches in flight; the SDK's default of 50 sockets would queue them.
  const base = new DynamoDBClient({
    region: config.AWS_REGION,
    ...(dynamoEndpoint && { endpoint: dynamoEndpoint }),
    requestHandler: {
      httpAgent: { maxSockets: 200, keepAlive: true },
      httpsAgent: { maxSockets: 200, keepAlive: true },
    },
  });
  const sqs = new SQSClient(common);
  const sns = new SNSClient(common);
  const s3 = new S3Client({ ...common, forcePathStyle: endpoint !== undefined });
  return {
    dynamo: DynamoDBDocumentClient.from(base, { marshallOptions: { removeUndefinedValues: true } }),
    sqs,
    sns,
    s3,
    async [Symbol.asyncDispose]() {
      for (const client of [base, sqs, sns, s3]) client.destroy();
    },
  };
}
