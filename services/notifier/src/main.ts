import "./smallHeap.ts";
import { runService } from "@email-agent/shared/kit/runService.ts";
import { openNotifier } from "./openNotifier.ts";

await runService("notifier", (kit) => openNotifier(kit));
