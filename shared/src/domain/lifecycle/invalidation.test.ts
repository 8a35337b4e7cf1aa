import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { stepNames } from "../steps.ts";
import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { publishContent, resetBy, resetWrite } from "./invalidation.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const hash = (letter: string) => letter.repeat(64);
const content = (letter: string) => ({ s3Key: `k/${letter}`, hash: hash(letter), bytes: 10 });
const preparedAt = "2026-02-01T00:00:00.000Z";

function complete(fields: Record<string, unknown> = {}): WorkOrder {
  const order = anOrder({ prepared: { EN: { ...content("a"), preparedAt } }, ...fields });
  for (const name of stepNames)
    order.steps[name] = { status: "complete", runId: `run-${name}`, endedAt: instant(now), resultRunId: "r" };
  return order;
}
const fromPrepare = ["Prepare", "Dry-Run", "Test", "Send"];

const cases: [patch: Partial<WorkOrder>, steps: string[], clears: boolean][] = [
  [{ eventCode: "E2027" }, [...stepNames], true],
  [{ subEvent: "other" }, [...stepNames], true],
  [{ stage: "reminder" }, [...stepNames], true],
  [{ languages: ["EN", "SP"] }, [...stepNames], true],
  [{ revision: 2 }, [...stepNames], true],
  [{ parentOrderId: "wo-x" }, [...stepNames], true],
  [{ subjects: { EN: "New" } }, fromPrepare, false],
  [{ previewTexts: { EN: "New" } }, fromPrepare, false],
  [{ zoomId: "123456789" }, fromPrepare, false],
  [{ salutationByName: false }, fromPrepare, false],
  [{ regLinkPresent: true }, fromPrepare, false],
  [{ inPerson: true }, fromPrepare, false],
  [{ account: "other" }, ["Test", "Send"], false],
  [{ testers: ["p-1"] }, [], false],
  [{ sendContinuously: true, sendUntil: instant(now), sendInterval: 60 }, [], false],
];

test.each(cases)("a change of %j resets %j", (patch, steps, clearsPrepared) => {
  const order = complete();
  const reset = resetBy(order, patch);
  expect(reset).toMatchObject({ steps, clearsPrepared, needsConfirmation: false });
  const after = applyOrderWrite(order, resetWrite(order, reset));
  for (const name of stepNames) expect(after?.steps[name].status).toBe(steps.includes(name) ? "ready" : "complete");
  expect(Object.keys(after?.prepared ?? {})).toEqual(clearsPrepared ? [] : ["EN"]);
});

test("a field saved with an equal value resets nothing, whatever the order of a map's keys", () => {
  const order = complete({ languages: ["EN", "SP"], subjects: { EN: "a", SP: "b" } });
  const same = { account: order.account, subjects: { SP: "b", EN: "a" }, zoomId: undefined };
  expect(resetBy(order, same)).toMatchObject({ steps: [], changed: [] });
  expect(resetBy(order, { languages: ["SP", "EN"] }).steps).toEqual([...stepNames]);
});

test("a reset says why, keeps the run ids of the lists, and needs a confirmation where a state would be lost", () => {
  const order = complete();
  order.steps.Send = {
    status: "interrupted",
    runId: "run-s",
    counters: { total: 3, sent: 1, skipped: 0, failed: 0, inDoubt: 0 },
  };
  const reset = resetBy(order, { account: "other" });
  expect(reset.needsConfirmation).toBe(true);
  const after = applyOrderWrite(order, resetWrite(order, reset));
  expect(after?.steps.Send).toEqual({ status: "ready", runId: "run-s", message: "Reset because account changed." });
});

test("acceptance 16: new content of any language resets Dry-Run, Test and Send, equal content none", () => {
  const order = complete();
  const equal = applyOrderWrite(order, publishContent(order, { EN: content("a") }, now));
  expect(stepNames.map((name) => equal?.steps[name].status)).toEqual(Array(5).fill("complete"));
  expect(equal?.prepared["EN"]?.preparedAt).toBe(preparedAt);

  const changed = applyOrderWrite(order, publishContent(order, { EN: content("a"), SP: content("b") }, now));
  expect(stepNames.map((name) => changed?.steps[name].status)).toEqual([
    "complete",
    "complete",
    "ready",
    "ready",
    "ready",
  ]);
  expect(changed?.steps.Send.message).toContain("SP");
  expect(changed?.prepared["SP"]).toEqual({ ...content("b"), preparedAt: instant(now) });
});
