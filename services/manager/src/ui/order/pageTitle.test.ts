import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { pageTitle } from "./pageTitle.ts";

const counters = { total: 1500, sent: 640, failed: 3, skipped: 2, inDoubt: 0 };
const named = { eventCode: "E2026", subEvent: "weekend", stage: "reg" };
const order = (steps: Partial<ReturnType<typeof anOrder>["steps"]> = {}) => {
  const made = anOrder(named);
  return { ...made, steps: { ...made.steps, ...steps } };
};

test("the title of a tab says which work order it shows, at which step it is, and how far", () => {
  expect(pageTitle(order())).toBe("Ready: Count · E2026 weekend reg · Email Manager");
  const working = { status: "working", counters, languages: {} } as const;
  expect(pageTitle(order({ Send: working }))).toBe("43 % Send · E2026 weekend reg · Email Manager");
  expect(pageTitle(order({ Count: { ...working } }))).toBe("Working: Count · E2026 weekend reg · Email Manager");
  expect(pageTitle(order({ Send: { status: "sleeping" } }))).toBe("Sleeping: Send · E2026 weekend reg · Email Manager");
});
