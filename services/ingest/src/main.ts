import { runService } from "@email-agent/shared/kit/runService.ts";
import { openIngest } from "./openIngest.ts";

await runService("ingest", (kit) => openIngest(kit));
