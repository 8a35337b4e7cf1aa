import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { LanguageCounters } from "../workOrder.ts";
import { dryRunSize, dryRunSizeOf } from "./dryRunSize.ts";

const counted = (sent: number): LanguageCounters => ({
  ...{ total: sent + 8, sent, skipped: 5, failed: 3, inDoubt: 0 },
  reasons: { "already-received": 5, unsubscribed: 40 },
});

test("the size of a Dry-Run is what it would have sent in the enabled languages, and nothing else", () => {
  const order = anOrder({ languages: ["EN", "SP"] });
  order.steps["Dry-Run"] = {
    status: "complete",
    languages: { EN: counted(210), SP: counted(80), DE: counted(90) },
  };
  expect(dryRunSize(order)).toBe(290);
  expect(dryRunSizeOf(order, "EN")).toEqual({ recipients: 210, concerned: 218 });
});

test("without a complete Dry-Run there is no size", () => {
  const order = anOrder();
  expect(dryRunSize(order)).toBeUndefined();
  order.steps["Dry-Run"] = { status: "error", languages: { EN: counted(210) } };
  expect(dryRunSize(order)).toBeUndefined();
  expect(dryRunSizeOf(order, "EN")).toBeUndefined();
});
