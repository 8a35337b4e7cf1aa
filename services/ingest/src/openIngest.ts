import { type OpenClients, openClients } from "@email-agent/shared/adapters/openClients.ts";
import type { ServiceKit } from "@email-agent/shared/kit/runService.ts";
import { reportPorts, startBounces } from "./bounces/startBounces.ts";
import { startMailboxes } from "./bounces/startMailboxes.ts";
import { type IngestTimes, startIngest } from "./ingest.ts";

/** Starts ingest: it judges commands, watches runs, and takes what comes back of mails. */
export async function openIngest(
  { config, log, metrics, shutdown: signal, use, check }: ServiceKit<"ingest">,
  times: IngestTimes = {},
  { openAws, openRedis }: Pick<OpenClients, "openAws" | "openRedis"> = openClients,
): Promise<void> {
  const aws = use(openAws(config, log));
  const redis = use(await openRedis(config, log));
  const ingest = use(startIngest({ ...times, aws, redis, config, log, metrics, signal }));
  const bounces = { aws, config, log, metrics, signal };
  const reports = reportPorts(bounces);
  use(startBounces(bounces, reports));
  use(startMailboxes(bounces, reports));
  for (const [name, isReady] of Object.entries(ingest.checks)) check(name, isReady);
}
