import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { LanguageCounters } from "../workOrder.ts";
import { sendSize } from "./sendSize.ts";

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
