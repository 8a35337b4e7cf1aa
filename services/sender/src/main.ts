import { runService } from "@email-agent/shared/kit/runService.ts";
import { openSender } from "./openSender.ts";

await runService("sender", (kit) => openSender(kit));
