import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { LanguageCounters } from "../workOrder.ts";
import { sendSize, sendSizeOf } from "./sendSize.ts";

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
  order.steps["Dry-Run"] = {
    status: "complete",
    startedAt: "2026-05-01T10:00:00.000Z",
    languages: { EN: { ...counted(210), reasons: { "already-received": 5 } }, SP: counted(80) },
  };
  const reached = (sent: number, inDoubt: number) => ({ total: 500, sent, failed: 2, skipped: 0, inDoubt });
  order.steps.Send = {
    status: "interrupted",
    startedAt: "2026-05-01T11:00:00.000Z",
    languages: { EN: reached(105, 1), SP: reached(80, 0) },
  };
  // 5 of the 106 had it before the Dry-Run; the failed ones are tried again.
  expect(sendSizeOf(order, "EN")).toBe(210 - 101);
  expect(sendSizeOf(order, "SP")).toBe(0);
  expect(sendSize(order)).toBe(109);

  order.steps["Dry-Run"].startedAt = "2026-05-01T12:00:00.000Z";
  expect(sendSize(order)).toBe(290);
});
