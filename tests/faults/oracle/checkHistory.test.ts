import type { Delivery } from "@email-agent/shared/domain/delivery/delivery.ts";
import { type AuditLine, commandLine, runEndLine, userLine } from "@email-agent/shared/domain/lifecycle/auditLines.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { aDelivery } from "@email-agent/shared/testing/putDeliveries.ts";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { checkHistory, type History } from "./checkHistory.ts";

const begins = Date.parse("2026-03-01T08:00:00.000Z");
const minute = 60_000;
const at = (minutes: number) => begins + minutes * minute;
const [firstId, stopId, secondId] = [0, 5, 10].map((minutes) => ulid(at(minutes))) as [string, string, string];
const counters = { total: 2, sent: 2, skipped: 0, failed: 0, inDoubt: 0 };
const order = anOrder();
const { id: workOrderId } = order;

function judged(id: string, action: "start" | "stop", minutes: number, runId: string): AuditLine {
  const asked = { id, step: "Send", action, requestedBy: "anna", requestedAt: instant(at(minutes)) };
  return commandLine(workOrderId, asked, {
    id,
    step: "Send",
    action,
    outcome: "accepted",
    runId,
    at: instant(at(minutes)),
  });
}
const ended = (runId: string, status: "complete" | "interrupted", minutes: number, said = counters) =>
  runEndLine(workOrderId, { runId, step: "Send" }, status, said, at(minutes)) as AuditLine;
const delivered = (fields: Partial<Delivery> = {}) =>
  ({ ...aDelivery({ participantId: "p-1", workOrderId, runId: secondId, ...fields }), pk: "x#1" }) as Delivery;
const sends = (fields: Partial<WorkOrder["steps"]["Send"]>): WorkOrder => ({
  ...order,
  ...{ version: 9, fence: 3 },
  lastCommand: { id: secondId, step: "Send", action: "start", outcome: "accepted", at: instant(at(10)) },
  steps: { ...order.steps, Send: { status: "complete", runId: secondId, counters, ...fields } },
});
const state = (version: number, status: "ready" | "working" | "interrupted" | "complete", fence = 1) => ({
  ...{ version, fence },
  steps: { ...order.steps, Send: { status } },
});
const sending = delivered({ status: "sending", claimId: "c-2", sendingAt: instant(at(11)) });

/** A Send that is stopped, started again and completes. */
const good: History = {
  order: sends({}),
  audit: [
    judged(firstId, "start", 0, firstId),
    judged(stopId, "stop", 5, firstId),
    ended(firstId, "interrupted", 5, { ...counters, sent: 1 }),
    judged(secondId, "start", 10, secondId),
    ended(secondId, "complete", 12),
  ],
  ledger: [
    delivered({ sendingAt: instant(at(11)) }),
    delivered({ participantId: "p-2", runId: firstId, sendingAt: instant(at(1)) }),
  ],
  published: [state(1, "ready", 0), state(2, "working"), state(2, "working"), state(5, "interrupted", 2)],
  deliveries: [
    [
      delivered({ status: "sending", runId: firstId, claimId: "c-1" }),
      delivered({ status: "in-doubt", runId: firstId, claimId: "c-1" }),
      delivered({ status: "deferred", runId: firstId, claimId: undefined, resolvedBy: "anna" }),
      sending,
      delivered({ claimId: "c-2" }),
    ],
  ],
};
const without = (sk: string) => good.audit.filter((line) => line.sk !== sk);
const states = (...last: Delivery[]): History => ({ ...good, deliveries: [last] });

test("a history of starts, stops and faults that the product explains has no violation", () => {
  expect(checkHistory(good)).toEqual([]);
});

const corrupted: Record<string, [History, string]> = {
  "a judgement that the audit lacks": [{ ...good, audit: without(`C#${secondId}`) }, "its line says undefined"],
  "a start that began another run": [
    { ...good, audit: [...without(`C#${firstId}`), judged(firstId, "start", 0, secondId)] },
    "began the run",
  ],
  "a stop that ended nothing": [{ ...good, audit: without(`E#${firstId}#Send`) }, "did not end by it"],
  "an end without a start": [{ ...good, audit: [...good.audit, ended(ulid(at(1)), "complete", 3)] }, "never started"],
  "an end before its start": [
    { ...good, audit: [...without(`E#${secondId}#Send`), ended(secondId, "complete", 9)] },
    "ended before it was started",
  ],
  "two passes of one run that both ended it": [
    { ...good, audit: [...good.audit, ended(`${secondId}-p2`, "complete", 13)] },
    "ended twice",
  ],
  "a run without an end": [{ ...good, audit: without(`E#${secondId}#Send`) }, "has no end"],
  "a version that was published and is lost": [{ ...good, published: [state(10, "ready")] }, "is lost"],
  "a token that falls": [{ ...good, published: [state(1, "ready", 2), state(2, "working", 1)] }, "The token fell"],
  "two contents of a version": [{ ...good, published: [state(2, "working"), state(2, "complete")] }, "two contents"],
  "a stopped step that completes": [
    { ...good, published: [state(5, "interrupted"), state(6, "complete")] },
    "Send went from interrupted to complete in version 6",
  ],
  "a claim of a run that was never started": [
    { ...good, ledger: [delivered({ runId: ulid(at(1)) })] },
    "never started",
  ],
  "a claim before its run": [{ ...good, ledger: [delivered({ sendingAt: instant(at(9)) })] }, "before the run"],
  "a claim three seconds after a stop": [
    { ...good, ledger: [delivered({ runId: firstId, sendingAt: instant(at(5) + 3000) })] },
    "was claimed 3000 ms after the run",
  ],
  "a claim of a person who has the mail": [states(delivered({ claimId: "c-1" }), sending), "claimed although sent"],
  "a claim of a person who may have the mail": [
    states(delivered({ status: "in-doubt", claimId: "c-1" }), sending),
    "claimed although in-doubt",
  ],
  "two claims at a time": [states({ ...sending, claimId: "c-1" }, sending), "claimed twice"],
  "a failure that its own run tries again": [
    states(delivered({ status: "failed", claimId: "c-1" }), { ...sending, attempt: 2 }),
    "claimed again by the run that failed",
  ],
  "an attempt that is not counted": [
    states(delivered({ status: "deferred", claimId: "c-1", attempt: 2 }), { ...sending, attempt: 2 }),
    "follows attempt 2",
  ],
  "an outcome that is undone": [states(delivered({ claimId: "c-2" }), sending), "back to sending"],
  "a doubt that no user resolved": [
    states(delivered({ status: "in-doubt" }), delivered({ status: "deferred", claimId: undefined })),
    "no user resolved it",
  ],
  "a reset without a cause": [{ ...good, order: sends({ status: "ready", counters: undefined }) }, "nothing reset it"],
  "numbers that do not add up": [
    { ...good, audit: [...without(`E#${secondId}#Send`), ended(secondId, "complete", 12, { ...counters, sent: 1 })] },
    "does not add up",
  ],
  "numbers of a step that its line does not have": [
    { ...good, order: sends({ counters: { ...counters, sent: 1, failed: 1 } }) },
    "its step",
  ],
};

test.each(Object.entries(corrupted))("acceptance 205: %s is found", (_, [history, sentence]) => {
  expect(checkHistory(history).join("\n")).toContain(sentence);
});

test("what an edit reset, and what new content reset, is explained", () => {
  const data = { changed: { subEvent: "x" }, reset: ["Count", "Send"] };
  const edit = userLine({ workOrderId, by: "anna", what: "edited", data }, ulid(), at(20));
  const prepareId = ulid(at(20));
  const start = { id: prepareId, step: "Prepare", action: "start", requestedBy: "anna", requestedAt: instant(at(20)) };
  const accepted = { ...start, outcome: "accepted", runId: prepareId, at: instant(at(20)) };
  const prepared = runEndLine(
    workOrderId,
    { runId: prepareId, step: "Prepare" },
    "complete",
    counters,
    at(21),
  ) as AuditLine;
  const reset = sends({ status: "ready", counters: undefined });
  for (const lines of [[edit], [commandLine(workOrderId, start, accepted), prepared]])
    expect(checkHistory({ ...good, order: reset, audit: [...good.audit, ...lines] })).toEqual([]);
});
