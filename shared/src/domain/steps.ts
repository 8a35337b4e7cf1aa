/**
 * The step catalogue. A new step is one entry here and one handler in the owning service's `steps/`;
 * routing, queues, the panel, alarms and the local stack read this list and nothing else names a step.
 */
export const steps = [
  { name: "Count", title: "Count", owner: "campaign", queue: "count" },
  { name: "Prepare", title: "Prepare", owner: "campaign", queue: "prepare" },
  { name: "Dry-Run", title: "Dry-Run", owner: "sender", queue: "dry-run" },
  { name: "Test", title: "Test", owner: "sender", queue: "test" },
  { name: "Send", title: "Send", owner: "sender", queue: "send" },
] as const;

export type Step = (typeof steps)[number];
export type StepName = Step["name"];
export type StepOwner = Step["owner"];
/** The names of the steps one service owns: `StepNameOf<"campaign">` is `"Count" | "Prepare"`. */
export type StepNameOf<Owner extends StepOwner> = Extract<Step, { owner: Owner }>["name"];

export const stepNames = steps.map((step) => step.name) as readonly StepName[] as readonly [StepName, ...StepName[]];

/** The statuses of a step. Items of a later release may hold others: see `isKnownStatus`. */
export const stepStatuses = ["ready", "working", "complete", "error", "interrupted", "exception", "sleeping"] as const;
export type KnownStatus = (typeof stepStatuses)[number];

/** False for a status that a later release wrote. It is kept, and its step can be neither started, stopped nor edited here. */
export function isKnownStatus(status: string): status is KnownStatus {
  return (stepStatuses as readonly string[]).includes(status);
}

/** The names of an order's steps that this release does not know, as a later one wrote them. */
export function laterSteps(steps: object): string[] {
  return Object.keys(steps).filter((name) => !isStepName(name));
}

/** True for a name that stands in the catalogue. */
export function isStepName(name: string): name is StepName {
  return (stepNames as readonly string[]).includes(name);
}

/** The catalogue entry of a step. */
export function stepNamed(name: StepName): Step {
  return steps.find((step) => step.name === name) as Step;
}

/** The step that must be complete before `name` may start; undefined for the first. */
export function predecessorOf(name: StepName): StepName | undefined {
  return stepNames[stepNames.indexOf(name) - 1];
}
