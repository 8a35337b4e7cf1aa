import { bucketTemplates } from "@email-agent/shared/adapters/bucketTemplates.ts";
import { cancelFlags } from "@email-agent/shared/adapters/cancelFlags.ts";
import { configTable } from "@email-agent/shared/adapters/configTable.ts";
import { deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import { documents } from "@email-agent/shared/adapters/documents.ts";
import { events } from "@email-agent/shared/adapters/events.ts";
import { type OpenClients, openClients } from "@email-agent/shared/adapters/openClients.ts";
import { participants } from "@email-agent/shared/adapters/participants.ts";
import { askPrimary } from "@email-agent/shared/adapters/redisPrimary.ts";
import { stepQueues } from "@email-agent/shared/adapters/stepQueues.ts";
import { workOrderStore } from "@email-agent/shared/adapters/workOrderStore.ts";
import type { LeaseTimes } from "@email-agent/shared/domain/lifecycle/leaseTimes.ts";
import type { ServiceKit } from "@email-agent/shared/kit/runService.ts";
import { consumeSteps } from "@email-agent/shared/run/consumeSteps.ts";
import { measureWorkload } from "@email-agent/shared/run/measureWorkload.ts";
import { taskProtection } from "@email-agent/shared/run/taskProtection.ts";
import { linkFetcher } from "./adapters/linkFetcher.ts";
import { publicRoutes, standInRoutes, systemResolver } from "./adapters/linkRoutes.ts";
import { mailchimp } from "./adapters/mailchimp.ts";
import { templateFiles } from "./adapters/templateFiles.ts";
import { backgroundWork } from "./backgroundWork.ts";
import { linkStandIns } from "./linkStandIns.ts";
import { campaignSteps } from "./steps/campaignSteps.ts";

/** Starts the campaign service: the handlers of its steps. Tests pass shorter `times`. */
export async function openCampaign(
  { config, log, metrics, use, check }: ServiceKit<"campaign">,
  times: Partial<LeaseTimes> = {},
  { openAws, openRedis, openBlockingRedis }: OpenClients = openClients,
): Promise<void> {
  const routes = standInRoutes(linkStandIns(config), systemResolver, publicRoutes(systemResolver));
  const aws = use(openAws(config, log));
  const { clock } = aws;
  const redis = use(await openRedis(config, log));
  const orders = workOrderStore(aws, config, { log, metrics });
  const queues = use(stepQueues(redis, { log, clock }));
  const flags = use(cancelFlags(redis, { log }));
  // Registered before the consumer, so it closes after it and still cleans up after stopped steps.
  const background = use(backgroundWork());
  const store = documents(aws, config);
  const ports = {
    ...{ orders, clock, background },
    settings: config,
    config: configTable(aws, config, { log }),
    events: events(aws, config),
    participants: participants(aws, config),
    deliveries: deliveries(aws, config),
    documents: store,
    bucketTemplates: bucketTemplates(aws, config, store),
    // The environment has all of its variables or none.
    ...(config.MAILCHIMP_API_KEY !== "" && { mailchimp: { api: mailchimp(config, clock), settings: config } }),
    templateFiles: templateFiles(config),
    links: linkFetcher(routes),
  };
  const blocking = use(openBlockingRedis(config, log));
  check("redis", () => askPrimary(redis, blocking));
  check("work orders", () => orders.get("wo-ready"));
  use(measureWorkload({ owner: "campaign", queues, log, metrics }));
  const protection = use(taskProtection({ agentUrl: config.ECS_AGENT_URI, clock, log }));
  use(
    consumeSteps({
      ...{ owner: "campaign", handlers: campaignSteps(ports), redis: blocking },
      ...{ orders, queues, flags, clock, log, metrics, protection, times },
    }),
  );
}
