import { runService } from "@email-agent/shared/service/runService.ts";
import { openSender } from "./openSender.ts";

await runService("sender", (kit) => openSender(kit));
