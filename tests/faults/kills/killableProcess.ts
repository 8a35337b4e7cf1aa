// A service of the product as its main.ts runs it, with shortened times and with clients that end the process at a fault point.
import { commandQueue } from "@email-agent/shared/adapters/commandQueue.ts";
import { processEnvironment } from "@email-agent/shared/kit/config.ts";
import { openLog } from "@email-agent/shared/kit/log.ts";
import { runService } from "@email-agent/shared/kit/runService.ts";
import { makeStreamRouter } from "../../../infra/lambdas/streamRouter.ts";
import { startStreamPump } from "../../../infra/local/streamPump.ts";
import { openCampaign } from "../../../services/campaign/src/openCampaign.ts";
import { openIngest } from "../../../services/ingest/src/openIngest.ts";
import { openNotifier } from "../../../services/notifier/src/openNotifier.ts";
import { openSender } from "../../../services/sender/src/openSender.ts";
import { type KillableService, watchFaults } from "./faultPoints.ts";
import { campaignTimes, ingestTimes, notifierTimes, senderTimes } from "./shortenedTimes.ts";
import { watchedClients } from "./watchedClients.ts";

const environment = processEnvironment();
const variable = (name: string) => environment[name] ?? "";
const service = variable("FAULTS_SERVICE") as KillableService;
const clients = watchedClients(watchFaults(variable("FAULTS_FOLDER"), service));

const start: Record<KillableService, () => Promise<void>> = {
  ingest: () => runService("ingest", (kit) => openIngest(kit, ingestTimes, clients)),
  campaign: () => runService("campaign", (kit) => openCampaign(kit, campaignTimes, clients)),
  sender: () => runService("sender", (kit) => openSender(kit, senderTimes, clients)),
  notifier: () => runService("notifier", (kit) => openNotifier(kit, notifierTimes, clients)),
  // The event source mapping of AWS and the Lambda in one process: a death takes both.
  async router() {
    const aws = clients.openAws({
      AWS_REGION: variable("AWS_REGION"),
      AWS_ENDPOINT_URL: variable("AWS_ENDPOINT_URL"),
      AWS_ENDPOINT_URL_DYNAMODB: variable("AWS_ENDPOINT_URL_DYNAMODB"),
    });
    const log = openLog("stream-router", "info");
    await startStreamPump({
      dynamoUrl: variable("AWS_ENDPOINT_URL_DYNAMODB"),
      tableName: variable("WORK_ORDERS_TABLE"),
      handler: makeStreamRouter({ queue: commandQueue(aws, { SQS_QUEUE_URL: variable("SQS_QUEUE_URL") }), log }),
      checkpointFile: variable("FAULTS_CHECKPOINT"),
    });
    log.info({}, "ready");
  },
};

await start[service]();
