import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { readySteps, type StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { describe, expect, test } from "vitest";
import { orderStatus } from "./orderStatus.ts";

function withSteps(steps: Partial<Record<StepName, StepRecord["status"]>>) {
  const ready = readySteps();
  for (const [name, status] of Object.entries(steps)) ready[name as StepName] = { status };
  return { steps: ready };
}

describe("what the list says of an order", () => {
  test("an untouched order names its first step", () => {
    expect(orderStatus(withSteps({}))).toEqual({ status: "ready", step: "Count", words: "Next: Count" });
  });
  test("work in hand comes before an older failure", () => {
    expect(orderStatus(withSteps({ Count: "error", Prepare: "working" })).words).toBe("Working: Prepare");
  });
  test("an exception comes before an error", () => {
    expect(orderStatus(withSteps({ Count: "error", Send: "exception" })).words).toBe("Exception: Send");
  });
  test("a sleeping Send says when it wakes", () => {
    const order = withSteps({ Count: "complete" });
    order.steps.Send = { status: "sleeping", nextRunAt: "2026-11-25T17:00:00.000Z" };
    expect(orderStatus(order)).toMatchObject({
      words: "Sleeping: Send",
      waits: { words: "wakes", at: "2026-11-25T17:00:00.000Z" },
    });
  });
  test("a Send in which somebody waits says until when", () => {
    const order = withSteps({ Count: "complete" });
    const at = "2026-11-25T17:00:00.000Z";
    order.steps.Send = { status: "working", waiting: { retries: { people: 7, nextAt: at, lastAt: at } } };
    const waits = { words: "7 wait, next attempt", at };
    expect(orderStatus(order, Date.parse(at) - 60_000)).toMatchObject({ words: "Working: Send", waits });
    order.steps.Send = { status: "working", waiting: {} };
    expect(orderStatus(order)).not.toHaveProperty("waits");
  });
  test("all five complete is Sent; a reset step is next", () => {
    const all = { Count: "complete", Prepare: "complete", "Dry-Run": "complete", Test: "complete" } as const;
    expect(orderStatus(withSteps({ ...all, Send: "complete" })).words).toBe("Sent");
    expect(orderStatus(withSteps({ ...all, Test: "ready", Send: "complete" })).words).toBe("Next: Test");
  });
});
