import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { LanguageCounters } from "../workOrder.ts";
import { changeSince, sendSize, sendSizeOf } from "./sendSize.ts";

const counted = (sent: number): LanguageCounters => ({ total: sent + 8, sent, skipped: 5, failed: 3, inDoubt: 0 });

test("the size of a Send is what the Dry-Run would have sent in the enabled languages, and nothing else", () => {
  const order = anOrder({ languages: ["EN", "SP"] });
  order.steps["Dry-Run"] = {
    status: "complete",
    languages: { EN: counted(210), SP: counted(80), DE: counted(90) },
  };
  expect(sendSize(order)).toBe(290);
});

test("without a complete Dry-Run nobody knows the size", () => {
  const order = anOrder();
  expect(sendSize(order)).toBeUndefined();
  order.steps["Dry-Run"] = { status: "error", languages: { EN: counted(210) } };
  expect(sendSize(order)).toBeUndefined();
});

test("whom a Send reached since the Dry-Run is no longer to be mailed, per language", () => {
  const order = anOrder({ languages: ["EN", "SP"] });
  order.steps["Dry-Run"] = { status: "complete", languages: { EN: counted(210), SP: counted(80) } };
  expect(sendSizeOf(order, "EN", { EN: 101 })).toBe(109);
  expect(sendSizeOf(order, "SP", { EN: 101 })).toBe(80);
  expect(sendSize(order, { EN: 101, SP: 90 })).toBe(109);
  expect(sendSize(order, { EN: -2 })).toBe(292);
});

const [before, begun, after] = ["2026-05-01T09:00:00.000Z", "2026-05-01T10:00:00.000Z", "2026-05-01T11:00:00.000Z"];
test.each([
  ["sent since", { status: "sent", sendingAt: after }, 1],
  ["being sent", { status: "sending", sendingAt: begun }, 1],
  ["in doubt since", { status: "in-doubt", sendingAt: after }, 1],
  ["failed since, and tried again", { status: "failed", sendingAt: after }, 0],
  ["put off since", { status: "deferred", sendingAt: after }, 0],
  ["in doubt since, resolved as not received", { status: "deferred", sendingAt: after, resolvedAt: after }, 0],
  ["sent before", { status: "sent", sendingAt: before }, 0],
  ["in doubt before, resolved since as received", { status: "sent", sendingAt: before, resolvedAt: after }, 0],
  ["in doubt before, resolved since as not received", { status: "deferred", sendingAt: before, resolvedAt: after }, -1],
  ["resolved before as not received", { status: "deferred", sendingAt: before, resolvedAt: before }, 0],
] as const)("what a delivery takes off the numbers of a Dry-Run: %s", (_, delivery, change) => {
  expect(changeSince(delivery, begun)).toBe(change);
});
