import { readySteps } from "@email-agent/shared/domain/workOrder.ts";
import { expect, test } from "vitest";
import { recipientNumbers } from "./recipientNumbers.ts";

const counters = { total: 12, sent: 7, failed: 2, inDoubt: 1, skipped: 2 };
const orderWith = (step: "Dry-Run" | "Send", record: object) => ({
  steps: { ...readySteps(), [step]: { status: "complete" as const, languages: { EN: counters }, ...record } },
});

test("a button counts the people who were tried, and marks failed mails and mails in doubt", () => {
  const order = orderWith("Send", { runId: "r" });
  expect(recipientNumbers(order, "Send", "EN")).toEqual({ people: 10, failed: 2, inDoubt: 1 });
  expect(recipientNumbers(order, "Send", "SP")).toEqual({ failed: 0, inDoubt: 0 });
});

test("a count of the ledger after a Send shows later resolutions", () => {
  const counted = {
    language: "EN",
    sent: 8,
    failed: 2,
    skipped: 2,
    inDoubt: 0,
    waiting: 0,
    sending: 0,
    leftOut: 0,
    notBegun: 0,
  };
  const order = orderWith("Send", { runId: "r" });
  const now = { ...counted, agrees: true };
  expect(recipientNumbers(order, "Send", "EN", now)).toEqual({ people: 10, failed: 2, inDoubt: 0 });
  const working = orderWith("Send", { runId: "r", status: "working" });
  expect(recipientNumbers(working, "Send", "EN", now).inDoubt).toBe(1);
});

test("numbers of a newer Dry-Run are not those of the list that is shown", () => {
  const newer = orderWith("Dry-Run", { runId: "d2", resultRunId: "d1" });
  expect(recipientNumbers(newer, "Dry-Run", "EN").people).toBeUndefined();
  const complete = orderWith("Dry-Run", { runId: "d1", resultRunId: "d1" });
  expect(recipientNumbers(complete, "Dry-Run", "EN").people).toBe(10);
});

test("a Send stopped before it reported its languages shows no number per language until the ledger is counted", () => {
  const stopped = orderWith("Send", { runId: "r", status: "interrupted", counters: { ...counters, sent: 9 } });
  expect(recipientNumbers(stopped, "Send", "EN")).toEqual({ failed: 0, inDoubt: 0 });
  const reported = orderWith("Send", { runId: "r", status: "interrupted", counters });
  expect(recipientNumbers(reported, "Send", "EN").people).toBe(10);
});
