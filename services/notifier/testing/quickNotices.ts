import { runService } from "@email-agent/shared/kit/runService.ts";
import { openNotifier } from "../src/openNotifier.ts";

// A notifier for which ten minutes are five seconds.
const limits = { longPauseMilliseconds: 5000, stalledMilliseconds: 5000 };
const watch = { lookMilliseconds: 1000, scanMilliseconds: 60_000 };
await runService("notifier", (kit) => openNotifier(kit, { limits, watch }));
