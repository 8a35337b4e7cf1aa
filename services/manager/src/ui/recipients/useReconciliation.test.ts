import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { expect, test } from "vitest";
import { countedAgainAfter } from "./useReconciliation.ts";

const language = {
  language: "EN",
  sent: 8,
  failed: 0,
  skipped: 0,
  inDoubt: 0,
  waiting: 0,
  sending: 3,
  leftOut: 0,
  notBegun: 5,
  agrees: false,
};
const ledger = { countedAt: "2026-11-25T10:00:01.000Z", languages: [language] };

function stopped(change: object = {}) {
  const order = anOrder();
  const Send = { status: "interrupted" as const, runId: "r", endedAt: "2026-11-25T10:00:00.000Z", ...change };
  return { ...order, steps: { ...order.steps, Send } };
}

test("mails that were on the wire when Send was stopped are counted again until they are settled", () => {
  expect(countedAgainAfter(stopped(), ledger)).toBeGreaterThan(0);
  const settled = { countedAt: "2026-11-25T10:00:06.000Z", languages: [{ ...language, sending: 0 }] };
  expect(countedAgainAfter(stopped(), settled)).toBe(0);
  // A worker that has not heard of the stop yet may begin another mail.
  expect(countedAgainAfter(stopped(), { ...settled, countedAt: ledger.countedAt })).toBeGreaterThan(0);
});

test("what stays unsettled is not counted forever, and a running Send is counted when it ends", () => {
  expect(countedAgainAfter(stopped(), { ...ledger, countedAt: "2026-11-25T10:05:00.000Z" })).toBe(0);
  expect(countedAgainAfter(stopped({ status: "working", endedAt: undefined }), ledger)).toBe(0);
  expect(countedAgainAfter(stopped(), undefined)).toBe(0);
});
