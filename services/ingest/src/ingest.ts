import { audit } from "@email-agent/shared/adapters/audit.ts";
import type { Aws } from "@email-agent/shared/adapters/aws.ts";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { queueConsumer } from "@email-agent/shared/adapters/queueConsumer.ts";
import type { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { askPrimary } from "@email-agent/shared/adapters/redisPrimary.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { type StoreConfig, workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { type RunLimits, runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import type { Clock } from "@email-agent/shared/kit/clock.ts";
import type { Log } from "@email-agent/shared/kit/log.ts";
import type { Metrics } from "@email-agent/shared/kit/metrics.ts";
import { sweep } from "@email-agent/shared/kit/sweep.ts";
import { acceptCommand } from "./acceptCommand.ts";
import { type StallLimits, stalledSends } from "./countStalledSends.ts";
import { readiness } from "./readiness.ts";
import { runReaper } from "./reapRuns.ts";
import { resendCommands, resendMilliseconds } from "./resendCommands.ts";
import { settleRuns } from "./settleRuns.ts";
import { takeMessage } from "./takeMessage.ts";

/** The times of ingest; tests pass shorter ones. */
export interface IngestTimes {
  readonly limits?: RunLimits;
  readonly sweepMilliseconds?: number;
  readonly stallSweepMilliseconds?: number;
  readonly stallLimits?: StallLimits;
  readonly resendAfterMilliseconds?: number;
  readonly pollSeconds?: number;
  readonly visibilitySeconds?: number;
}

export interface IngestOptions extends IngestTimes {
  readonly aws: Aws;
  /** A connection that fails fast: a command waits in the queue, not here. */
  readonly redis: Awaited<ReturnType<typeof openRedis>>;
  readonly config: StoreConfig & { readonly SQS_QUEUE_URL: string };
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count" | "record">;
  /** Aborts when no more commands may be taken. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

export interface Ingest extends AsyncDisposable {
  /** Readiness checks by name: all must pass before commands are taken. */
  readonly checks: Readonly<Record<string, () => Promise<unknown>>>;
}

/** Commands are rare and judged in milliseconds: a few loops keep one slow order from delaying others. */
const loops = 4;

/** Takes commands, watches runs and resends lost commands until it is disposed. */
export function startIngest(options: IngestOptions): Ingest {
  const { aws, redis, config, log, metrics, signal, clock = aws.clock, limits = runLimits } = options;
  const { sweepMilliseconds = 5000, stallSweepMilliseconds = 20_000 } = options;
  const { resendAfterMilliseconds = resendMilliseconds } = options;
  const stack = new AsyncDisposableStack();
  const orders = workOrderStore(aws, config, { log, metrics, clock });
  const queues = stack.use(stepQueues(redis, { log, clock }));
  const flags = stack.use(cancelFlags(redis, { log }));
  const ports = { orders, queues, flags, clock, log, metrics, audit: audit(aws, config) };
  const checks = { redis: () => askPrimary(redis), "work orders": () => orders.get("wo-ready") };
  const isReady = readiness(checks, clock);

  const round = { everyMilliseconds: sweepMilliseconds, clock, log, signal };
  stack.use(sweep({ ...round, name: "runs", work: runReaper(ports, limits) }));
  // A settler moves the clock as often as the worker of a run.
  const settle = settleRuns(ports, { lostMilliseconds: limits.pickUpMilliseconds });
  stack.use(sweep({ ...round, name: "settlements", work: settle }));
  const commands = commandQueue(aws, config);
  const resend = resendCommands({ ...ports, commands }, resendAfterMilliseconds);
  const resendIfReady = async (ending: AbortSignal) => {
    // While no commands are taken, a waiting command is not lost.
    const ready = await isReady().then(
      () => true,
      () => false,
    );
    if (ready) await resend(ending);
  };
  stack.use(sweep({ ...round, name: "commands", work: resendIfReady }));
  const countStalled = stalledSends(ports, options.stallLimits);
  stack.use(sweep({ ...round, everyMilliseconds: stallSweepMilliseconds, name: "stalled sends", work: countStalled }));
  stack.use(
    queueConsumer(aws, {
      queueUrl: config.SQS_QUEUE_URL,
      loops,
      isReady,
      handle: (message) => takeMessage(message, (command) => acceptCommand(ports, command), log),
      ...(options.pollSeconds !== undefined && { pollSeconds: options.pollSeconds }),
      ...(options.visibilitySeconds !== undefined && { visibilitySeconds: options.visibilitySeconds }),
      signal,
      log,
    }),
  );
  return { checks, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
