import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import { stepNames } from "../steps.ts";
import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { judgeStart } from "./startGuards.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");

function readyToSend(fields: Record<string, unknown> = {}): WorkOrder {
  const order = anOrder(fields);
  for (const name of stepNames.slice(0, -1)) order.steps[name] = { status: "complete" };
  return order;
}
const editLease = { userId: "anna", token: "t", expiresAt: instant(now + 1) };
const sendUntil = instant(now);

test("an order whose guards all hold may start", () => {
  expect(judgeStart(readyToSend(), "Send", now)).toEqual({ verdict: "granted" });
  expect(judgeStart(anOrder(), "Count", now)).toEqual({ verdict: "granted" });
});

test("the first guard that hits is the reason, in the order of the list", () => {
  const order = readyToSend({ archived: true, editLease, sendContinuously: true, sendUntil });
  order.steps.Test = { status: "working" };
  order.steps.Send = { status: "working" };
  const reasons: string[] = [];
  const repairs: ((order: WorkOrder) => void)[] = [
    (it) => {
      it.archived = false;
    },
    (it) => {
      delete it.editLease;
    },
    (it) => {
      it.steps.Test = { status: "error" };
    },
    (it) => {
      it.steps.Send = { status: "ready" };
    },
    (it) => {
      it.steps.Test = { status: "complete" };
    },
    (it) => {
      it.sendUntil = instant(now + 1);
    },
  ];
  for (const repair of repairs) {
    const verdict = judgeStart(order, "Send", now);
    reasons.push(verdict.verdict === "granted" ? "granted" : `${verdict.verdict}: ${verdict.reason}`);
    repair(order);
  }
  expect(reasons).toEqual([
    "rejected: The work order is archived. Restore it first.",
    "rejected: The work order is being edited. Save or close the form first.",
    "rejected: Test is working. Stop it or wait for its end first.",
    "ignored: Send is already working.",
    "predecessor: Send needs Test to be complete, but Test is error. Run Test first.",
    `rejected: Continuous sending ended at ${sendUntil}. Move send until into the future first.`,
  ]);
  expect(judgeStart(order, "Send", now)).toEqual({ verdict: "granted" });
});

test("an expired edit lease blocks no start", () => {
  expect(judgeStart(readyToSend({ editLease: { ...editLease, expiresAt: instant(now) } }), "Send", now).verdict).toBe(
    "granted",
  );
});

test("while Send sleeps only Send may be started, and a refused start lets it sleep on", () => {
  const order = readyToSend();
  order.steps.Send = { status: "sleeping" };
  expect(judgeStart(order, "Count", now)).toMatchObject({ verdict: "rejected" });
  expect(judgeStart(order, "Send", now)).toEqual({ verdict: "granted" });
  order.steps.Test = { status: "ready" };
  expect(judgeStart(order, "Send", now)).toMatchObject({ verdict: "rejected" });
});
