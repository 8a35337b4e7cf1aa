import { openAws } from "@email-agent/shared/adapters/aws.ts";
import { openRedis } from "@email-agent/shared/adapters/redis.ts";
import { runService } from "@email-agent/shared/kit/runService.ts";
import { startBounces } from "./bounces/startBounces.ts";
import { startMailboxes } from "./bounces/startMailboxes.ts";
import { startIngest } from "./ingest.ts";

await runService("ingest", async ({ config, log, metrics, shutdown: signal, use, check }) => {
  const aws = use(openAws(config, log));
  const redis = use(await openRedis(config, log));
  const ingest = use(startIngest({ aws, redis, config, log, metrics, signal }));
  use(startBounces({ aws, config, log, metrics, signal }));
  use(startMailboxes({ aws, config, log, metrics, signal }));
  for (const [name, isReady] of Object.entries(ingest.checks)) check(name, isReady);
});
