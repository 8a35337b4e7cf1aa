import { type StepName, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import type { Order } from "../../api/orders.ts";
import { type ButtonFacts, stepCommand } from "./stepCommand.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const nameOf = (id: string) => (id === "boris" ? "Boris Brown" : id);
const facts: ButtonFacts = { role: "write", connection: "connected", pending: undefined, now, nameOf };

/** Steps before `step` complete, `step` in the status. */
function orderAt(step: StepName, status: StepStatus, fields: Partial<Order> = {}): Order {
  const order = anOrder();
  for (const name of stepNames.slice(0, stepNames.indexOf(step))) order.steps[name] = { status: "complete" };
  order.steps[step] = { status };
  return { ...order, ...fields };
}

test.each<[StepStatus, string]>([
  ["ready", "Start"],
  ["working", "Stop"],
  ["complete", "Restart"],
  ["error", "Restart"],
  ["interrupted", "Start"],
  ["exception", "Start"],
  ["sleeping", "Stop"],
])("a step that is %s offers %s", (status, label) => {
  const action = label === "Stop" ? "stop" : "start";
  expect(stepCommand(orderAt("Send", status), "Send", facts)).toEqual({ label, action });
});

test("acceptance 94: a step with a status of a later release cannot be started, and says why", () => {
  const order = orderAt("Send", "paused-by-night" as StepStatus);
  expect(stepCommand(order, "Send", facts).blocked).toMatch(
    /^Send is "paused-by-night", unknown, cannot be started here/,
  );
});

test("acceptance 94: while a step of a later release works no other one starts", () => {
  const order = orderAt("Prepare", "ready");
  Object.assign(order.steps, { SMS: { status: "working" } });
  expect(stepCommand(order, "Prepare", facts).blocked).toMatch(/^SMS is working/);
  Object.assign(order.steps, { SMS: { status: "complete" } });
  expect(stepCommand(order, "Prepare", facts).blocked).toBeUndefined();
});

const lease = (expiresAt: string) => ({ editLease: { userId: "boris", expiresAt } });

test.each<[string, Partial<ButtonFacts>, Partial<Order>, RegExp]>([
  ["read role", { role: "read" }, {}, /Read Only/],
  ["own command", { pending: { step: "Count", action: "stop" } }, {}, /Stop of Count is being checked/],
  ["cut", { connection: "disconnected" }, {}, /Disconnected/],
  ["not current yet", { connection: "connecting" }, {}, /Connecting/],
  ["another's command", {}, { pendingCommandAt: "2026-03-01T11:59:59.000Z" }, /being checked/],
  ["archived", {}, { archived: true }, /archived/],
  ["edited", {}, lease("2026-03-01T12:00:01.000Z"), /^Boris Brown is editing.*take over.*unlocks at /],
  ["archived while edited", {}, { archived: true, ...lease("2026-03-01T12:00:01.000Z") }, /archived/],
])("a start is disabled and says why: %s", (_, more, fields, reason) => {
  const { blocked } = stepCommand(orderAt("Prepare", "ready", fields), "Prepare", { ...facts, ...more });
  expect(blocked).toMatch(reason);
});

test("a start before the predecessor is complete names it and its status", () => {
  expect(stepCommand(anOrder(), "Prepare", facts).blocked).toBe(
    "Prepare needs Count to be complete, but Count is ready. Run Count first.",
  );
});

test("an expired lease blocks no start", () => {
  const order = orderAt("Prepare", "ready", lease("2026-03-01T12:00:00.000Z"));
  expect(stepCommand(order, "Prepare", facts).blocked).toBeUndefined();
});

test("a stop needs the role and that this browser's last command is judged, and nothing else: no connection, no lease", () => {
  const order = orderAt("Prepare", "working", { ...lease("2026-03-01T13:00:00.000Z") });
  const stop = { label: "Stop", action: "stop" };
  expect(stepCommand(order, "Prepare", facts)).toEqual(stop);
  expect(stepCommand(order, "Prepare", { ...facts, connection: "disconnected" })).toEqual(stop);
  expect(stepCommand(order, "Prepare", { ...facts, role: "read" }).blocked).toMatch(/Read Only/);
});
