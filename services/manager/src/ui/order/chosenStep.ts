import { isStepName, type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";

/** The step an order stands at: the first that is not complete, the last if all are. */
export function currentStep({ steps }: Pick<Order, "steps">): StepName {
  return stepNames.find((name) => steps[name].status !== "complete") ?? (stepNames.at(-1) as StepName);
}

/** The step an address names by `?step=`; undefined if it names none. */
export function stepInAddress(query: Pick<URLSearchParams, "get">): StepName | undefined {
  const name = query.get("step");
  return name !== null && isStepName(name) ? name : undefined;
}

/** The address of a step of the order one looks at. Lists that were open belong to the step before. */
export function stepAddress(step: StepName): string {
  return `?step=${encodeURIComponent(step)}`;
}
