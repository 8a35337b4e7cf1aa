import { processEnvironment } from "@email-agent/shared/kit/config.ts";
import { runService } from "@email-agent/shared/kit/runService.ts";
import { openSender } from "../src/openSender.ts";

// The sender as main.ts runs it, with the times the test gives.
await runService("sender", (kit) => openSender(kit, JSON.parse(processEnvironment()["TEST_TIMES"] ?? "{}")));
