import { isStepName, type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { Order } from "../../api/orders.ts";

/** The current step of an order: the first that is not complete, the last if all are. */
export function currentStep({ steps }: Pick<Order, "steps">): StepName {
  return stepNames.find((name) => steps[name].status !== "complete") ?? (stepNames.at(-1) as StepName);
}

/** The step an address names by `?step=`; undefined if it names none. */
export function stepInAddress(query: Pick<URLSearchParams, "get">): StepName | undefined {
  const name = query.get("step");
  return name !== null && isStepName(name) ? name : undefined;
}

/** The address of a step of this order. It drops an open list, which belongs to another step. */
export function stepAddress(step: StepName): string {
  return `?step=${encodeURIComponent(step)}`;
}
