import type { StepNameOf } from "@email-agent/shared/domain/steps.ts";
import type { StepHandler } from "@email-agent/shared/run/stepRun.ts";
import type { SendLimits } from "../sendLimits.ts";
import { type DryRunPorts, dryRun } from "./dryRun.ts";
import { type SendConfig, type SendPorts, send } from "./send.ts";
import { type TestConfig, type TestPorts, test } from "./test.ts";

/** The steps this service owns; the compiler refuses a catalogue entry without a handler. */
export function senderSteps(
  ports: DryRunPorts & TestPorts & SendPorts,
  config: SendConfig & TestConfig,
  limits: SendLimits,
): Record<StepNameOf<"sender">, StepHandler> {
  return {
    "Dry-Run": dryRun(ports, config),
    Test: test(ports, config, limits),
    Send: send(ports, config, limits),
  };
}
