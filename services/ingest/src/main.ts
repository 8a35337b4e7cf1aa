import { audit } from "@email-agent/shared/adapters/audit.ts";
import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { fifoConsumer } from "@email-agent/shared/adapters/fifoConsumer.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import { runLimits } from "@email-agent/shared/domain/runLimits.ts";
import { systemClock as clock } from "@email-agent/shared/service/clock.ts";
import { runService } from "@email-agent/shared/service/runService.ts";
import { acceptCommand } from "./acceptCommand.ts";
import { readiness } from "./readiness.ts";
import { reapRuns } from "./reapRuns.ts";
import { resendCommands } from "./resendCommands.ts";
import { sweep } from "./sweep.ts";
import { takeMessage } from "./takeMessage.ts";

const everyMilliseconds = 5000;
/** Commands are rare and judged in milliseconds: a few loops keep one slow order from holding others up. */
const loops = 4;

await runService("ingest", async ({ config, log, metrics, shutdown: signal, use, check }) => {
  const aws = use(openAws(config));
  const redis = use(await openRedis(config, log));
  const orders = workOrderStore(aws, config, { log, metrics });
  const queues = use(stepQueues(redis, { log }));
  const flags = use(cancelFlags(redis, { log }));
  const ports = {
    ...{ orders, queues, flags, clock, log, metrics },
    audit: audit(aws, config),
    commands: commandQueue(aws, config),
  };
  const checks = { redis: () => redis.ping(), "work orders": () => orders.get("wo-ready") };
  for (const [name, isReady] of Object.entries(checks)) check(name, isReady);

  const round = { everyMilliseconds, clock, log, signal };
  use(sweep({ ...round, name: "runs", work: () => reapRuns(ports, runLimits) }));
  use(sweep({ ...round, name: "commands", work: resendCommands(ports) }));
  use(
    fifoConsumer(aws, {
      queueUrl: config.SQS_QUEUE_URL,
      loops,
      isReady: readiness(checks, clock),
      handle: (message) => takeMessage(message, (command) => acceptCommand(ports, command), log),
      signal,
      log,
    }),
  );
});
