import fc from "fast-check";
import { expect, test } from "vitest";
import { reconcile } from "./reconciliation.ts";

const ledger = { sending: 0, sent: 90, failed: 4, inDoubt: 1, deferred: 0 };

test("a Send that ran to its end accounts for everybody", () => {
  expect(reconcile(ledger, { status: "complete", eligible: 100, skipped: 5 }, 0)).toEqual({
    eligible: 100,
    sent: 90,
    failed: 4,
    skipped: 5,
    inDoubt: 1,
    waiting: 0,
    sending: 0,
    leftOut: 0,
    notBegun: 0,
    agrees: true,
  });
});

test("a person in doubt who is resolved moves to sent or to waiting, and the sum stays", () => {
  const received = { ...ledger, inDoubt: 0, sent: 91 };
  const notReceived = { ...ledger, inDoubt: 0, deferred: 1 };
  for (const after of [received, notReceived])
    expect(reconcile(after, { status: "complete", eligible: 100, skipped: 5 }, 0).agrees).toBe(true);
  const { explanation } = reconcile(notReceived, { status: "complete", eligible: 100, skipped: 5 }, 0);
  expect(explanation).toBe("1 person waits for the next start of Send, which mails them.");
});

test("a person who waits and was skipped by the last run counts once", () => {
  const result = reconcile({ ...ledger, deferred: 3 }, { status: "complete", eligible: 102, skipped: 5 }, 1);
  expect(result).toMatchObject({ agrees: true, skipped: 5, waiting: 2 });
});

test.each([
  ["working", "still to be mailed by the run that works now"],
  ["sleeping", "next pass"],
  ["interrupted", "before the last run ended"],
  ["error", "before the last run ended"],
  ["complete", "but not tried"],
] as const)("people missing while Send is %s are not begun, and it is said why", (status, words) => {
  const result = reconcile(ledger, { status, eligible: 120, skipped: 5 }, 0);
  expect(result).toMatchObject({ agrees: false, notBegun: 20 });
  expect(result.explanation).toContain("20 people");
  expect(result.explanation).toContain(words);
});

test("who was put off by an earlier run and left out by the last one's filter does not spoil the sum", () => {
  const earlier = { ...ledger, deferred: 3 };
  const result = reconcile(earlier, { status: "complete", eligible: 101, skipped: 5 }, 0);
  expect(result).toMatchObject({ agrees: true, waiting: 1, leftOut: 2, notBegun: 0 });
  expect(result.explanation).toContain("2 people were not reached by an earlier run and are not counted");
  expect(reconcile(earlier, { status: "interrupted", eligible: 101, skipped: 5 }, 0).agrees).toBe(false);
});

test("more deliveries than a run could report are explained", () => {
  const unreported = reconcile(ledger, { status: "exception", eligible: 60, skipped: 0 }, 0);
  expect(unreported.explanation).toContain("35 more than the last run could report");
  expect(reconcile(ledger, { status: "working", eligible: 60, skipped: 0 }, 0).explanation).toContain("35 ahead");
});

test("numbers cleared by a change of the order are not made up", () => {
  const result = reconcile(ledger, undefined, 0);
  expect(result).toMatchObject({ sent: 90, agrees: false });
  expect(result.eligible).toBeUndefined();
});

test("the parts never leave out or double anybody, whatever the numbers", () => {
  const people = fc.nat({ max: 1000 });
  const input = fc.record({ sending: people, sent: people, failed: people, inDoubt: people, deferred: people });
  fc.assert(
    fc.property(input, people, people, fc.nat(), (counts, eligible, skipped, overlap) => {
      const skippedWaiting = Math.min(counts.deferred, skipped, overlap);
      const result = reconcile(counts, { status: "complete", eligible, skipped }, skippedWaiting);
      const { sent, failed, inDoubt, waiting, sending, notBegun } = result;
      const sum = sent + failed + result.skipped + inDoubt + waiting + sending;
      expect(result.agrees).toBe(sum === eligible);
      expect(waiting + result.leftOut).toBe(counts.deferred - skippedWaiting);
      expect(result.explanation === undefined).toBe(result.agrees && result.leftOut === 0);
      expect(notBegun).toBe(Math.max(0, eligible - sum));
    }),
  );
});

test("people who wait and whom the confirmed number left out are no fault of the sums", () => {
  const lastRun = { status: "error", eligible: 100, skipped: 5, notConfirmed: 30 } as const;
  const result = reconcile({ ...ledger, deferred: 3 }, lastRun, 0);
  expect(result).toMatchObject({ agrees: true, waiting: 0, leftOut: 3, notBegun: 0 });
  expect(result.explanation).toBe(
    "3 people wait since an earlier run and are not counted: more were eligible than confirmed. The next start of Send includes them.",
  );
  expect(reconcile({ ...ledger, deferred: 31 }, lastRun, 0).agrees).toBe(false);
});
