import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { LanguageCounters } from "../workOrder.ts";
import { isNumberAsked, sendSize } from "./sendSize.ts";

const counted = (sent: number): LanguageCounters => ({ total: sent + 8, sent, skipped: 5, failed: 3, inDoubt: 0 });

function dryRunOf(languages: Record<string, LanguageCounters>) {
  const order = anOrder({ languages: ["EN", "SP"] });
  order.steps["Dry-Run"] = { status: "complete", languages };
  return order;
}

test("the size of a Send is what the Dry-Run would have sent in the enabled languages, and nothing else", () => {
  const order = dryRunOf({ EN: counted(210), SP: counted(80), DE: counted(90) });
  expect(sendSize(order)).toBe(290);
  expect(sendSize(anOrder())).toBe(0);
});

test("the number is asked for above the limit, not at it", () => {
  const order = dryRunOf({ EN: counted(60), SP: counted(40) });
  expect(isNumberAsked(order, { confirmSendAbove: 100 })).toBe(false);
  expect(isNumberAsked(order, { confirmSendAbove: 99 })).toBe(true);
  expect(isNumberAsked(anOrder(), { confirmSendAbove: 0 })).toBe(false);
});
