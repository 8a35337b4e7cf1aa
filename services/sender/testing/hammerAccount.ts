import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { quota } from "@email-agent/shared/adapters/quota.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import type { Account } from "@email-agent/shared/domain/account.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { dispositionOf } from "@email-agent/shared/kit/errors.ts";
import { accountLimiter } from "../src/limits/accountLimiter.ts";
import type { LimitTimes } from "../src/limits/limitTimes.ts";

/** The options of a hammering process, as JSON in its first argument. */
export interface Hammering {
  readonly redisUrl: string;
  readonly dynamoUrl: string;
  readonly QUOTA_TABLE: string;
  readonly account: Account;
  readonly times: LimitTimes;
  readonly batch: number;
  /** Also holds a connection slot, and prints so. */
  readonly takesSlot?: boolean;
  /** How many send side by side; default 1. */
  readonly connections?: number;
  /** The longest a connection is busy between two messages; default 0. */
  readonly busyMilliseconds?: number;
}

/**
 * A sender reduced to its limits, for tests that start several and kill some: it reserves and begins messages as fast as
 * it may. Each begun message is a line `sent <epoch ms>`; a taken slot is a line `slot`. It ends with SIGTERM.
 */
async function hammer({
  redisUrl,
  dynamoUrl,
  QUOTA_TABLE,
  account,
  times,
  batch,
  takesSlot,
  connections = 1,
  busyMilliseconds = 0,
}: Hammering): Promise<void> {
  const never = new AbortController().signal;
  const ready = async () => true;
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const aws = openAws({ AWS_REGION: "us-east-1", AWS_ENDPOINT_URL: "", AWS_ENDPOINT_URL_DYNAMODB: dynamoUrl });
  const redis = await openRedis({ REDIS_URL: redisUrl }, log);
  const limiter = accountLimiter({ redis, quota: quota(aws, { QUOTA_TABLE }), log }, times);
  for (let held = !takesSlot; !held; ) {
    held = (await limiter.takeSlot(account, 1000, never)) !== undefined;
    if (held) process.stdout.write("slot\n");
  }
  const send = async (): Promise<never> => {
    for (;;) {
      try {
        const result = await limiter.reserve(account, batch, 500, never);
        if (result.kind !== "reserved") await systemClock.sleep(20);
        else if (result.valid())
          for (let n = 0; n < result.count; n++) {
            const slot = await result.waitForRateSlot(ready, never);
            if (slot.kind === "paused") break;
            process.stdout.write(`sent ${performance.timeOrigin + performance.now()}\n`);
            if (busyMilliseconds > 0) await systemClock.sleep(Math.random() * busyMilliseconds);
          }
      } catch (error) {
        if (dispositionOf(error) !== "retry") throw error;
        await systemClock.sleep(20);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
}

await hammer(JSON.parse(process.argv[2] ?? "{}") as Hammering);
