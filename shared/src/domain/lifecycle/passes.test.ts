import { expect, test } from "vitest";
import { peopleLeft, sendUntilMessage, skipTheRest } from "./passes.ts";

const sendUntil = "2026-03-01T12:00:00.000Z";
const language = {
  ...{ total: 2000, sent: 300, skipped: 10, failed: 4, inDoubt: 1 },
  thisRun: { total: 1900, sent: 200, skipped: 10, failed: 4, inDoubt: 1 },
  reasons: { unsubscribed: 10 },
};
const { thisRun: _, reasons: __, ...counters } = language;

test("everyone left when sending ends counts as skipped, so that the totals match", () => {
  const ended = skipTheRest({ counters, languages: { EN: language } });
  expect(ended.counters).toEqual({ ...counters, skipped: 1695 });
  expect(ended.languages?.["EN"]).toEqual({
    ...language,
    skipped: 1695,
    thisRun: { ...language.thisRun, skipped: 1695 },
    reasons: { unsubscribed: 10, "send-until": 1685 },
  });
  expect(skipTheRest(ended)).toEqual(ended);
  expect(peopleLeft(ended)).toBe(0);
});

test("the number of those not mailed is the same before and behind that", () => {
  const before = { counters, languages: { EN: language } };
  const text = `Sending ended at ${sendUntil} as planned; 1,685 people were not mailed.`;
  expect(sendUntilMessage({ sendUntil }, before)).toBe(text);
  expect(sendUntilMessage({ sendUntil }, skipTheRest(before))).toBe(text);
  expect(sendUntilMessage({ sendUntil }, {})).toContain("0 people were not mailed");
});
