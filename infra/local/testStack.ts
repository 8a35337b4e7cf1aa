import { randomBytes } from "node:crypto";
import { type Aws, openAws } from "@email-agent/shared/adapters/aws.ts";
import { type TableNames, tableNames } from "../resources.ts";
import { startCloud } from "./cloud.ts";
import { createQueues, type QueueNames } from "./createQueues.ts";
import { createTables } from "./createTables.ts";
import { startDynamo } from "./dynamo.ts";
import { localCredentials, useLocalCredentials } from "./localCredentials.ts";
import { startRedis } from "./redis.ts";

/** Every variable a service needs of the stack. Those of parts that were not requested are empty. */
type StackConfig = TableNames &
  QueueNames & {
    readonly AWS_REGION: string;
    readonly AWS_ENDPOINT_URL: string;
    readonly AWS_ENDPOINT_URL_DYNAMODB: string;
    readonly REDIS_URL: string;
    readonly PUBLIC_TOKEN_SECRET: string;
  };

export interface TestStack extends AsyncDisposable {
  readonly aws: Aws;
  readonly config: StackConfig;
  readonly redisUrl: string;
  /** Ids of the server processes, for tests that kill or freeze them. */
  readonly pids: { readonly dynamo?: number; readonly redis?: number };
}

export interface TestStackOptions {
  /** Tables; default true. */
  readonly dynamo?: boolean;
  /** Default false. */
  readonly redis?: boolean;
  /** Queues, topic and bucket; default false. */
  readonly cloud?: boolean;
  /** A Redis and a database that the test runs itself, to kill or move them. */
  readonly redisUrl?: string;
  readonly dynamoUrl?: string;
  /** How long a received message stays hidden, instead of 30 s. */
  readonly visibilitySeconds?: number;
}

/**
 * Starts the requested stand-ins on free ports, makes tables, queues, topic and bucket under names of their own, and opens
 * the AWS clients as a service does. Takes about a third of a second, so that every test file starts its own:
 * `await using stack = await startTestStack({ redis: true })`.
 *
 * With `AWS_ENDPOINT_URL` or `REDIS_URL` in the environment nothing is started and those are used (LocalStack, compose).
 */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const { dynamo: wantsDynamo = true, redis: wantsRedis = false, cloud: wantsCloud = false } = options;
  const given = process.env["AWS_ENDPOINT_URL"];
  const ownDynamo = options.dynamoUrl ?? given;
  useLocalCredentials();
  await using starting = new AsyncDisposableStack();
  const prefix = `t${randomBytes(4).toString("hex")}-`;
  const [dynamo, redis, cloud] = await Promise.all([
    wantsDynamo && !ownDynamo ? startDynamo().then((started) => starting.use(started)) : undefined,
    wantsRedis && !options.redisUrl ? startRedis().then((started) => starting.use(started)) : undefined,
    wantsCloud && !given ? startCloud().then((started) => starting.use(started)) : undefined,
  ]);
  const names = tableNames(prefix);
  const [queues] = await Promise.all([
    wantsCloud ? createQueues(cloud?.url ?? given ?? "", { ...options, prefix }) : noQueues,
    wantsDynamo ? createTables(dynamo?.url ?? ownDynamo ?? "", names) : names,
  ]);
  const config: StackConfig = {
    ...names,
    ...queues,
    AWS_REGION: localCredentials.region,
    AWS_ENDPOINT_URL: given ?? cloud?.url ?? "",
    AWS_ENDPOINT_URL_DYNAMODB: dynamo?.url ?? ownDynamo ?? "",
    REDIS_URL: options.redisUrl ?? redis?.url ?? "",
    PUBLIC_TOKEN_SECRET: "a-secret-of-the-tests-only",
  };
  const aws = starting.use(openAws(config));
  const running = starting.move();
  return {
    aws,
    config,
    redisUrl: config.REDIS_URL,
    pids: { dynamo: dynamo?.pid, redis: redis?.pid },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const noQueues: QueueNames = {
  SQS_QUEUE_URL: "",
  STATUS_QUEUE_URL: "",
  BOUNCE_QUEUE_URL: "",
  STATUS_TOPIC_ARN: "",
  S3_BUCKET: "",
  routerFailuresQueueUrl: "",
  workOrderDeadLettersQueueUrl: "",
  statusDeadLettersQueueUrl: "",
  bouncesDeadLettersQueueUrl: "",
};
