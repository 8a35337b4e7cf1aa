import { type OpenClients, openClients } from "@email-agent/shared/adapters/openClients.ts";
import { askPrimary } from "@email-agent/shared/adapters/redisPrimary.ts";
import { consumeChunks } from "@email-agent/shared/run/consumeChunks.ts";
import { consumeSteps } from "@email-agent/shared/run/consumeSteps.ts";
import { measureWorkload } from "@email-agent/shared/run/measureWorkload.ts";
import { taskProtection } from "@email-agent/shared/run/taskProtection.ts";
import { takeAccountRequests } from "./accountRequests/takeAccountRequests.ts";
import { takeNotices } from "./notices/takeNotices.ts";
import { runChunk } from "./send/runChunk.ts";
import { settleEndedRuns } from "./send/settleEndedRuns.ts";
import { openSenderPorts, type SenderKit, type SenderTimes } from "./senderPorts.ts";
import { sendLimits } from "./sendLimits.ts";
import { senderSteps } from "./steps/senderSteps.ts";

/** Starts the sender: the handlers of its steps, and the workers of the chunks of a Send. */
export async function openSender(
  kit: SenderKit,
  times: SenderTimes = {},
  clients: OpenClients = openClients,
): Promise<void> {
  const { config, shutdown, use, check } = kit;
  const { limits = sendLimits } = times;
  const ports = await openSenderPorts(kit, times, clients);
  check("redis", () => askPrimary(ports.redis, ports.subscriber, ports.blocking));
  check("work orders", () => ports.orders.get("wo-ready"));
  const protection = use(taskProtection({ ...ports, agentUrl: config.ECS_AGENT_URI }));
  const concurrency = config.SEND_CONCURRENCY;
  use(measureWorkload({ ...ports, owner: "sender", chunks: { queue: ports.chunkQueue, concurrency } }));
  use(
    consumeChunks({
      ...ports,
      ...{ redis: ports.blocking, concurrency, shutdown, protection, times: limits },
      work: (job, stopping) => runChunk(ports, config, limits, job, stopping),
    }),
  );
  use(takeAccountRequests(ports, config, shutdown));
  use(takeNotices(ports, config, shutdown));
  const handlers = senderSteps(ports, config, limits);
  use(
    consumeSteps({
      ...ports,
      ...{ owner: "sender", handlers, redis: ports.blocking, times: limits, protection },
      settle: (job, stopping) => settleEndedRuns(ports, limits, job, stopping),
    }),
  );
}
