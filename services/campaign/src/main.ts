import { runService } from "@email-agent/shared/kit/runService.ts";
import { openCampaign } from "./openCampaign.ts";

await runService("campaign", (kit) => openCampaign(kit));
