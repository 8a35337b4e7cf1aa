import type { StepNameOf } from "@email-agent/shared/domain/steps.ts";
import type { StepHandler } from "@email-agent/shared/run/stepRun.ts";
import { type CountPorts, count } from "./count.ts";
import { type PreparePorts, prepare } from "./prepare.ts";

/** A handler for each step of this service; the compiler refuses a row of the catalogue without one. */
export function campaignSteps(ports: CountPorts & PreparePorts): Record<StepNameOf<"campaign">, StepHandler> {
  return { Count: count(ports), Prepare: prepare(ports) };
}
