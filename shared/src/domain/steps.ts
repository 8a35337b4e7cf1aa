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
