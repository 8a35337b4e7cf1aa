import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { currentStep, stepAddress, stepInAddress } from "./chosenStep.ts";

function completeUpTo(step: StepName | undefined) {
  const order = anOrder();
  for (const name of stepNames.slice(0, step ? stepNames.indexOf(step) : undefined))
    order.steps[name] = { status: "complete" };
  return order;
}

test("the current step is the first that is not complete, and the last if all are", () => {
  for (const name of stepNames) expect(currentStep(completeUpTo(name))).toBe(name);
  expect(currentStep(completeUpTo(undefined))).toBe("Send");
});

test("the address of a step leads to it; other words lead nowhere", () => {
  for (const name of stepNames) expect(stepInAddress(new URLSearchParams(stepAddress(name)))).toBe(name);
  expect(stepInAddress(new URLSearchParams("step=constructor"))).toBeUndefined();
  expect(stepInAddress(new URLSearchParams(""))).toBeUndefined();
});
