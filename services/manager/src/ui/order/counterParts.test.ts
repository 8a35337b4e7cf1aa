import { stepNamed, stepNames } from "@email-agent/shared/domain/steps.ts";
import type { Counters } from "@email-agent/shared/domain/workOrder.ts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { counterParts, isOutdated, isPartial, isUncounted, isUnmeasured, partsText } from "./counterParts.ts";

const counters: Counters = { total: 1500, sent: 1204, failed: 3, inDoubt: 1, skipped: 0 };

test("the parts of a Send say what each number means, with those still to be mailed", () => {
  expect(counterParts("Send", counters)).toEqual([
    { name: "sent", label: "sent", people: 1204 },
    { name: "failed", label: "failed", people: 3 },
    { name: "inDoubt", label: "in doubt", people: 1 },
    { name: "skipped", label: "skipped", people: 0 },
    { name: "waiting", label: "waiting for another attempt", people: 0 },
    { name: "open", label: "still to be mailed", people: 292 },
  ]);
  expect(partsText(counterParts("Send", counters), String)).toBe(
    "1204 sent, 3 failed, 1 in doubt, 292 still to be mailed",
  );
});

test("people who wait for another attempt are not those not tried yet, and no one is counted twice", () => {
  expect(partsText(counterParts("Send", counters, 7), String)).toBe(
    "1204 sent, 3 failed, 1 in doubt, 7 waiting for another attempt, 285 still to be mailed",
  );
  // Reported a moment before the counters, they may be more than are left.
  const [waiting, open] = counterParts("Send", { ...counters, total: 1210 }, 7).slice(-2);
  expect([waiting?.people, open?.people]).toEqual([2, 0]);
});

test("Count and Dry-Run mail no one, and their words say so", () => {
  const counted = { total: 12, sent: 10, skipped: 2, failed: 0, inDoubt: 0 };
  expect(partsText(counterParts("Count", counted), String)).toBe("10 would be mailed, 2 already received it");
  expect(partsText(counterParts("Dry-Run", { ...counted, failed: 1, total: 13 }), String)).toBe(
    "10 would be mailed, 1 cannot be rendered, 2 already received it",
  );
});

test("acceptance 68: a Count cut short shows its numbers as those so far, not as a whole bar", () => {
  expect(isPartial("Count", { status: "interrupted", counters })).toBe(true);
  expect(isPartial("Dry-Run", { status: "exception", counters })).toBe(true);
  expect(isPartial("Count", { status: "complete", counters })).toBe(false);
  expect(isPartial("Send", { status: "interrupted", counters })).toBe(false);
});

test("in every step the parts make up the total", () => {
  const number = fc.nat(100_000);
  fc.assert(
    fc.property(
      fc.constantFrom(...stepNames),
      fc.tuple(number, number, number, number, number, number),
      (step, numbers) => {
        const [sent, failed, inDoubt, skipped, open, retries] = numbers;
        const kept = stepNamed(step).numbers;
        const own = {
          sent,
          failed: kept.failed ? failed : 0,
          inDoubt: kept.inDoubt ? inDoubt : 0,
          skipped: kept.skipped ? skipped : 0,
        };
        const total = own.sent + own.failed + own.inDoubt + own.skipped + (kept.open ? open : 0);
        const parts = counterParts(step, { ...own, total }, kept.waiting ? retries : 0);
        expect(parts.reduce((sum, { people }) => sum + people, 0)).toBe(total);
      },
    ),
  );
});

test("a bar is determinate once the total is known", () => {
  expect(isUnmeasured("Send", { status: "working" })).toBe(true);
  expect(isUnmeasured("Send", { status: "working", counters })).toBe(false);
  expect(isUnmeasured("Count", { status: "working", counters })).toBe(true);
  expect(isUnmeasured("Count", { status: "complete", counters })).toBe(false);
});

test("a Send that begins again shows no numbers until those of all its runs are counted", () => {
  const begun = { status: "working", counters: { total: 0, sent: 0, skipped: 0, failed: 0, inDoubt: 0 } } as const;
  expect(isUncounted("Send", begun)).toBe(true);
  expect(isUncounted("Send", { ...begun, languages: {} })).toBe(false);
  expect(isUncounted("Test", begun)).toBe(false);
});

test("numbers per language that lag behind the totals are out of date", () => {
  const record = {
    status: "interrupted",
    counters,
    languages: { EN: { ...counters, sent: 1000 }, SP: { ...counters, sent: 204, failed: 0, inDoubt: 0 } },
  } as const;
  expect(isOutdated(record)).toBe(false);
  expect(isOutdated({ ...record, counters: { ...counters, sent: 1300 } })).toBe(true);
});
