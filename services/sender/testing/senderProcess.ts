import { processEnvironment } from "@email-agent/shared/service/config.ts";
import { runService } from "@email-agent/shared/service/runService.ts";
import { openSender } from "../src/openSender.ts";
import { sendLimits } from "../src/sendLimits.ts";

// The sender as main.ts runs it, with the times the test gives.
const given = (name: string) => JSON.parse(processEnvironment()[name] ?? "{}") as object;
await runService("sender", (kit) => openSender(kit, { ...sendLimits, ...given("TEST_LIMITS") }, given("TEST_TIMES")));
