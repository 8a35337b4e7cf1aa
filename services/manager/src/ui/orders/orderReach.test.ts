import type { StepName } from "@email-agent/shared/domain/steps.ts";
import { readySteps, type StepRecord } from "@email-agent/shared/domain/workOrder.ts";
import { expect, test } from "vitest";
import { orderReach, reachWords } from "./orderReach.ts";

const counters = { total: 1500, sent: 1471, failed: 20, inDoubt: 2, skipped: 7 };

function words(steps: Partial<Record<StepName, StepRecord>>) {
  const reach = orderReach({ steps: { ...readySteps(), ...steps } });
  return reach && `${reachWords(reach)}, ${reach.by}`;
}

test("people reached of those eligible: by Send, before it by Dry-Run, before that by Count", () => {
  const counted: StepRecord = { status: "complete", counters: { ...counters, sent: 1493, failed: 0, inDoubt: 0 } };
  expect(words({})).toBeUndefined();
  expect(words({ Count: { ...counted, status: "working" } })).toBeUndefined();
  expect(words({ Count: counted })).toBe("7 of 1,500, Count");
  const dryRun: StepRecord = { status: "complete", counters: { ...counters, total: 1498, skipped: 0 } };
  expect(words({ Count: counted, "Dry-Run": dryRun })).toBe("0 of 1,498, Dry-Run");
  expect(words({ Count: counted, Send: { status: "error", counters } })).toBe("1,471 of 1,500, Send");
});

test("a Send that still finds recipients says so far, and one that has not counted yet leaves the numbers before it", () => {
  const counted: StepRecord = { status: "complete", counters };
  const working: StepRecord = { status: "working", counters };
  expect(words({ Count: counted, Send: working })).toBe("7 of 1,500, Count");
  expect(words({ Send: { ...working, languages: { EN: counters }, planning: true } })).toBe(
    "1,471 of 1,500 so far, Send",
  );
});
