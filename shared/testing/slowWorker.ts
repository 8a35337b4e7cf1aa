// A worker process with slow handlers on every queue, to be killed and frozen by tests. Argument: JSON of WorkerSetup.
import { openAws } from "../src/adapters/aws.ts";
import { cancelFlags } from "../src/adapters/cancelFlags.ts";
import { openBlockingRedis, openRedis } from "../src/adapters/redis.ts";
import { stepQueues } from "../src/adapters/stepQueues.ts";
import { type StoreConfig, workOrderStore } from "../src/adapters/workOrderStore.ts";
import type { LeaseTimes } from "../src/domain/lifecycle/leaseTimes.ts";
import { systemClock as clock } from "../src/kit/clock.ts";
import { openLog } from "../src/kit/log.ts";
import { openMetrics } from "../src/kit/metrics.ts";
import { consumeSteps } from "../src/run/consumeSteps.ts";
import { slowStep } from "./slowSteps.ts";

export interface WorkerSetup {
  readonly config: StoreConfig & { readonly REDIS_URL: string };
  readonly cloudUrl: string;
  readonly dynamoUrl: string;
  readonly times: Partial<LeaseTimes>;
}

const setup = JSON.parse(process.argv[2] ?? "") as WorkerSetup;
const { config, times } = setup;
const log = openLog("slow-worker", "warn");
const metrics = openMetrics("slow-worker", "EmailAgent", () => {});
const aws = openAws({
  AWS_REGION: "us-east-1",
  AWS_ENDPOINT_URL: setup.cloudUrl,
  AWS_ENDPOINT_URL_DYNAMODB: setup.dynamoUrl,
});
const redis = await openRedis(config, log);
const orders = workOrderStore(aws, config, { log, metrics });
const queues = stepQueues(redis, { log });
const flags = cancelFlags(redis, { log }, openBlockingRedis(config, log));
const slow = slowStep(redis);
const common = { redis: openBlockingRedis(config, log), orders, queues, flags, clock, log, metrics, times };
consumeSteps({ ...common, owner: "campaign", handlers: { Count: slow, Prepare: slow } });
consumeSteps({ ...common, owner: "sender", handlers: { "Dry-Run": slow, Test: slow, Send: slow } });
process.stdout.write("working\n");
