import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import { type WorkOrder, workOrderSchema } from "../workOrder.ts";
import { judgeCommand } from "./judgement.ts";
import { restoredOrder } from "./restoredOrder.ts";
import { judgeStart } from "./startGuards.ts";

const now = Date.parse("2026-03-02T08:00:00.000Z");
const restored = { at: "2026-03-02T08:00:00.000Z", ledgerAt: "2026-03-01T06:00:00.000Z", by: "olga" };
const complete = {
  status: "complete",
  runId: "r-0",
  startedAt: "2026-03-01T05:00:00.000Z",
  endedAt: restored.ledgerAt,
} as const;
const before = { Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete };
const run = {
  runId: "r-1",
  startedAt: "2026-03-01T05:30:00.000Z",
  counters: { total: 9, sent: 4, skipped: 0, failed: 0, inDoubt: 0 },
};

function working(): WorkOrder {
  return anOrder({
    ...{ version: 17, fence: 3, steps: { ...before, Send: { ...run, status: "working" } } },
    runLease: { runId: "r-1", step: "Send", token: 3, worker: "w-1" },
    ...{ runState: "working", runCheckAt: restored.ledgerAt, pendingCommandAt: restored.ledgerAt },
    command: {
      id: "01JNQ0000000000000000000A1",
      step: "Send",
      action: "stop",
      requestedBy: "ann",
      requestedAt: restored.ledgerAt,
    },
    editLease: { userId: "ann", token: "t", expiresAt: "2026-03-02T09:00:00.000Z" },
  });
}

test("what worked is interrupted without lease, command and edit lease, and its numbers are counted again", () => {
  const order = workOrderSchema.parse(restoredOrder(working(), restored, now));
  expect(order).toMatchObject({
    ...{ version: 1_000_017, restored, runState: "settling" },
    steps: { Send: { status: "interrupted", message: expect.stringContaining("at work when the backup") } },
    unsettled: { "r-1": { step: "Send", status: "interrupted" } },
  });
  for (const field of ["runLease", "command", "pendingCommandAt", "editLease"]) expect(order).not.toHaveProperty(field);
  expect(order.fence).toBeGreaterThan(1_000_000);
});

test("a sleeping Send never wakes after a restore", () => {
  const Send = { ...run, status: "sleeping", nextRunAt: "2026-03-01T07:00:00.000Z", nextRunId: "r-1-p2" } as const;
  const order = restoredOrder(anOrder({ steps: { ...before, Send }, runState: "sleeping" }), restored, now);
  expect(order.steps.Send.status).toBe("interrupted");
  expect(order.runState).not.toBe("sleeping");
});

test("Send is held until it is released, also by a command that was given before the restore; other steps are not", () => {
  const order = restoredOrder(anOrder({ steps: { ...before, Send: { status: "ready" } } }), restored, now);
  expect(judgeStart(order, "Send", now)).toMatchObject({
    verdict: "rejected",
    reason: expect.stringContaining("mails it sent after 2026-03-01T06:00:00.000Z are not in its ledger"),
  });
  expect(judgeStart(order, "Count", now)).toEqual({ verdict: "granted" });
  const released = {
    ...order,
    restored: { ...restored, released: { at: restored.at, by: "olga", reason: "none sent" } },
  };
  expect(judgeStart(released, "Send", now)).toEqual({ verdict: "granted" });
  const start = (requestedAt: string) =>
    judgeCommand(released, { id: "01JNQ0000000000000000000A2", step: "Send", action: "start", requestedAt }, now)
      .judgement;
  expect(start("2026-03-02T07:59:59.999Z")).toMatchObject({
    outcome: "rejected",
    reason: expect.stringContaining("before"),
  });
  expect(start("2026-03-02T08:00:00.001Z")).toMatchObject({ outcome: "accepted" });
});

test("an order whose step works in a way that is unknown here is not restored", () => {
  const order = anOrder({ steps: { ...before, Send: { status: "paused-by-night" as never } } });
  expect(() => restoredOrder(order, restored, now)).toThrow(/Send of the work order wo-\w+ is "paused-by-night"/);
});
