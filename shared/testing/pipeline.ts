import { randomUUID } from "node:crypto";
import { startCloud } from "../../infra/local/cloud.ts";
import { createQueues, type QueueNames } from "../../infra/local/createQueues.ts";
import { createTables } from "../../infra/local/createTables.ts";
import { startDynamo } from "../../infra/local/dynamo.ts";
import { startRedis } from "../../infra/local/redis.ts";
import { type TableNames, tableNames } from "../../infra/resources.ts";
import { audit } from "../src/adapters/audit.ts";
import { type Aws, openAws } from "../src/adapters/aws.ts";
import { openBlockingRedis, openRedis } from "../src/adapters/redis.ts";
import { workOrderStore } from "../src/adapters/workOrderStore.ts";
import type { Log } from "../src/kit/log.ts";
import type { MetricName } from "../src/kit/metrics.ts";

/** Everything between the table and the workers, over the wire: tables, queues, topic, Redis. */
export interface Pipeline extends AsyncDisposable {
  readonly aws: Aws;
  readonly config: TableNames & QueueNames & { REDIS_URL: string };
  readonly log: Log;
  readonly metrics: CountedMetrics;
  readonly orders: ReturnType<typeof workOrderStore>;
  readonly audit: ReturnType<typeof audit>;
  /** Process id of Redis, where it is a process. */
  readonly redisPid: number | undefined;
  readonly dynamoUrl: string;
  readonly cloudUrl: string;
  openRedis(): Promise<Awaited<ReturnType<typeof openRedis>>>;
  openBlockingRedis(): ReturnType<typeof openBlockingRedis>;
}

export interface CountedMetrics {
  readonly counted: { readonly name: MetricName; readonly value: number }[];
  count(name: MetricName, value: number): void;
  record(name: MetricName, value: number): void;
}

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Starts a pipeline of its own for one test file. */
export async function startPipeline(options: { log?: Log } = {}): Promise<Pipeline> {
  process.env["AWS_ACCESS_KEY_ID"] ??= "local";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "local";
  await using stack = new AsyncDisposableStack();
  const log = options.log ?? silentLog;
  const [dynamo, redis, cloud] = await Promise.all([startDynamo(), startRedis(), startCloud()]);
  for (const started of [dynamo, redis, cloud]) stack.use(started);
  const prefix = `t${randomUUID().slice(0, 8)}-`;
  const [names, queues] = await Promise.all([
    createTables(dynamo.url, tableNames(prefix)),
    createQueues(cloud.url, { prefix }),
  ]);
  const aws = stack.use(
    openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: cloud.url, AWS_ENDPOINT_URL_DYNAMODB: dynamo.url }),
  );
  const config = { ...names, ...queues, REDIS_URL: redis.url };
  const metrics = countedMetrics();
  const owned = stack.move();
  return {
    ...{ aws, config, log, metrics },
    orders: workOrderStore(aws, config, { log, metrics }),
    audit: audit(aws, config),
    redisPid: redis.pid,
    dynamoUrl: dynamo.url,
    cloudUrl: cloud.url,
    openRedis: async () => owned.use(await openRedis(config, log)),
    openBlockingRedis: () => owned.use(openBlockingRedis(config, log)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export function countedMetrics(): CountedMetrics {
  const counted: { name: MetricName; value: number }[] = [];
  const keep = (name: MetricName, value: number) => void counted.push({ name, value });
  return { counted, count: keep, record: keep };
}
