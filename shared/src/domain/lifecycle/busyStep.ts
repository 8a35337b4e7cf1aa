import { isKnownStatus, type StepName, stepNames, terminalStatuses } from "../steps.ts";
import type { WorkOrder } from "../workOrder.ts";

type Steps = Pick<WorkOrder, "steps">;

/** The status of a step at rest: it can be started, edited and deleted. */
export const resting = ["ready", ...terminalStatuses] as const;

/** A step that is not at rest. Both may be names of a later release. */
export interface BusyStep {
  readonly name: string;
  readonly status: string;
}

/**
 * The first step that is not at rest, steps of a later release included. A status that is unknown here counts as busy: what
 * another release does with the order meanwhile is not known.
 */
export function busyStep(order: Steps, isWanted: (step: BusyStep) => boolean = () => true): BusyStep | undefined {
  return Object.keys(order.steps)
    .map((name) => ({ name, status: stepStatus(order, name) }))
    .find((step) => !(resting as readonly string[]).includes(step.status) && isWanted(step));
}

/** The status of a step by its name, which may be of a later release. */
export function stepStatus({ steps }: Steps, name: string): string {
  return (steps as Readonly<Record<string, { readonly status?: string }>>)[name]?.status ?? "ready";
}

/** `Send is sleeping.` and the repair; where this release does not know the status, what to do about that instead. */
export function busyWords({ name, status }: BusyStep, repair: string): string {
  return isKnownStatus(status) ? `${name} is ${status}. ${repair}` : `${name} is "${status}", ${unknownHere}.`;
}

/** Words for a step or status of a later release. */
export const unknownHere = "unknown, cannot be started here: finish the update of the services";

/** The step of the catalogue that works or sleeps, if one does. */
export function runningStep({ steps }: Steps): StepName | undefined {
  return stepNames.find((name) => ["working", "sleeping"].includes(steps[name].status));
}
