import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { readySteps, type StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { describe, expect, test } from "vitest";
import { needsAttention, orderStatus } from "./orderStatus.ts";

function withSteps(steps: Partial<Record<StepName, StepRecord["status"]>>) {
  const ready = readySteps();
  for (const [name, status] of Object.entries(steps)) ready[name as StepName] = { status };
  return { steps: ready };
}

describe("what the list says of an order", () => {
  test("an untouched order names its first step", () => {
    expect(orderStatus(withSteps({}))).toEqual({ status: "ready", step: "Count", words: "Next: Count" });
  });
  test("a step at work comes before an older failure", () => {
    expect(orderStatus(withSteps({ Count: "error", Prepare: "working" })).words).toBe("Working: Prepare");
  });
  test("an exception comes before an error", () => {
    expect(orderStatus(withSteps({ Count: "error", Send: "exception" })).words).toBe("Exception: Send");
  });
  test("acceptance 94: what a later release keeps busy comes first, under its own name", () => {
    const order = withSteps({ Count: "error" });
    Object.assign(order.steps, { SMS: { status: "working" } });
    expect(orderStatus(order).words).toBe("Working: SMS");
    Object.assign(order.steps, { SMS: { status: "paused-by-night" } });
    expect(orderStatus(order).words).toBe("Unknown: SMS");
    Object.assign(order.steps, { SMS: { status: "complete" } });
    expect(orderStatus(order).words).toBe("Error: Count");
  });
  test("a sleeping Send says when it wakes", () => {
    const order = withSteps({ Count: "complete" });
    order.steps.Send = { status: "sleeping", nextRunAt: "2026-11-25T17:00:00.000Z" };
    expect(orderStatus(order)).toMatchObject({
      words: "Sleeping: Send",
      waits: { words: "wakes", at: "2026-11-25T17:00:00.000Z" },
    });
  });
  test("a Send that is scheduled says so, with the day and the zone", () => {
    const order = withSteps({ Count: "complete" });
    const at = "2026-11-25T17:00:00.000Z";
    order.steps.Send = { status: "sleeping", nextRunAt: at, scheduled: { at, by: "anna", hashes: {} } };
    expect(orderStatus(order)).toMatchObject({
      words: "Scheduled: Send",
      waits: { words: "sends on", at, style: "start" },
    });
  });
  test("a Send with recipients waiting shows until when", () => {
    const order = withSteps({ Count: "complete" });
    const at = "2026-11-25T17:00:00.000Z";
    order.steps.Send = { status: "working", waiting: { retries: { people: 7, nextAt: at, lastAt: at } } };
    const waits = { words: "7 wait, next attempt", at };
    expect(orderStatus(order, Date.parse(at) - 60_000)).toMatchObject({ words: "Working: Send", waits });
    order.steps.Send = { status: "working", waiting: {} };
    expect(orderStatus(order)).not.toHaveProperty("waits");
  });
  test("acceptance 68: mails that failed or are in doubt are named beside Sent, and need attention", () => {
    const all = { Count: "complete", Prepare: "complete", "Dry-Run": "complete", Test: "complete" } as const;
    const order = withSteps(all);
    const sent = (failed: number, inDoubt: number) => {
      order.steps.Send = {
        status: "complete",
        counters: { total: 5000, sent: 5000 - failed - inDoubt, failed, inDoubt, skipped: 0 },
      };
      return [orderStatus(order).words, orderStatus(order).trouble, needsAttention(order)];
    };
    expect(sent(0, 0)).toEqual(["Sent", undefined, false]);
    expect(sent(1061, 12)).toEqual(["Sent", "1,061 failed, 12 in doubt", true]);
    expect(sent(0, 1)).toEqual(["Sent", "1 in doubt", true]);
    expect(needsAttention(withSteps({ Count: "error" }))).toBe(true);
    expect(needsAttention(withSteps({ Count: "interrupted" }))).toBe(false);
  });
  test("errors among the findings of a step need attention; warnings are named until the mailing is sent", () => {
    const order = withSteps({ Count: "complete" });
    const finding = { language: "EN", rule: "Q3", text: "x" };
    const details = (["error", "warning", "warning"] as const).map((severity) => ({ ...finding, severity }));
    order.steps.Prepare = { status: "error", details };
    expect(orderStatus(order)).toMatchObject({ trouble: "Prepare: 1 error", warnings: "Prepare: 2 warnings" });
    order.steps.Prepare = { status: "error", findings: { error: 1, warning: 2 } };
    expect(orderStatus(order)).toMatchObject({ trouble: "Prepare: 1 error", warnings: "Prepare: 2 warnings" });
    order.steps.Prepare = { status: "ready", findings: { error: 1, warning: 2 } };
    expect(orderStatus(order)).not.toHaveProperty("trouble");
    for (const name of ["Prepare", "Dry-Run", "Test", "Send"] as const)
      order.steps[name] = { status: "complete", findings: { error: 0, warning: 2 } };
    expect(orderStatus(order)).not.toHaveProperty("warnings");
  });
  test("all five complete is Sent; a reset step is next", () => {
    const all = { Count: "complete", Prepare: "complete", "Dry-Run": "complete", Test: "complete" } as const;
    expect(orderStatus(withSteps({ ...all, Send: "complete" })).words).toBe("Sent");
    expect(orderStatus(withSteps({ ...all, Test: "ready", Send: "complete" })).words).toBe("Next: Test");
  });
});
