import { anOrder } from "@email-agent/shared/testing/builders.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepRecord } from "../workOrder.ts";
import { dueNotices, endKey, type Known, type NoticeOrder, noticeHeadline, noticeRepair } from "./noticeCases.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
const counters = { total: 1500, sent: 1471, failed: 12, inDoubt: 0, skipped: 17 };
const doubtful = { ...counters, inDoubt: 3 };
const pause = { until: ago(-1), because: "it was paused by hand: maintenance", byHand: true };

function anOrderWith(send: Partial<StepRecord>, fields: Partial<NoticeOrder> = {}): NoticeOrder {
  const order = { ...anOrder(), ...fields };
  order.steps.Send = { status: "working", runId: "run", startedAt: ago(60), counters, ...send };
  return order;
}
const looked = { now, silentMilliseconds: 0 };
const kinds = (send: Partial<StepRecord>, known: Known = looked, fields: Partial<NoticeOrder> = {}) =>
  dueNotices(anOrderWith(send, fields), known).map(({ facts }) => facts.kind);
const unsettled = (minutes: number) => ({
  unsettled: { run: { step: "Send", status: "error" as const, endedAt: ago(minutes), partitions: [] } },
});

describe("what an order calls for", () => {
  test.each<[string, Partial<StepRecord>, Known, Partial<NoticeOrder>, string[]]>([
    ["a Send that works", {}, looked, {}, []],
    ["a Send that was never started", { status: "ready", runId: undefined }, looked, {}, []],
    ["complete", { status: "complete", endedAt: ago(0) }, { now }, {}, ["ended"]],
    ["in error", { status: "error", endedAt: ago(0) }, { now }, {}, ["ended"]],
    ["in an exception", { status: "exception", endedAt: ago(0) }, { now }, {}, ["ended"]],
    ["interrupted", { status: "interrupted", endedAt: ago(0) }, { now }, {}, ["ended"]],
    ["at a ceiling", { status: "error", endedAt: ago(0), ceiling: "failures" }, { now }, {}, ["ceiling"]],
    ["an end of this morning", { status: "complete", endedAt: ago(361) }, { now }, {}, []],
    ["an end whose numbers are not settled", { status: "error", endedAt: ago(1) }, { now }, unsettled(1), []],
    ["… for two minutes", { status: "error", endedAt: ago(2) }, { now }, unsettled(2), ["ended"]],
    [
      "doubts that its end will name",
      { status: "complete", endedAt: ago(0), counters: doubtful },
      { now },
      {},
      ["ended"],
    ],
    [
      "doubts that its end named",
      { status: "complete", endedAt: ago(0), counters: doubtful },
      { now, namedInDoubt: 3 },
      {},
      ["ended"],
    ],
    [
      "doubts found since",
      { status: "complete", endedAt: ago(0), counters: doubtful },
      { now, namedInDoubt: 0 },
      {},
      ["ended", "in-doubt"],
    ],
    ["doubts of a pass", { status: "sleeping", sleepsFor: "next-pass", counters: doubtful }, { now }, {}, ["in-doubt"]],
    [
      "doubts of an earlier run",
      { status: "sleeping", counters: doubtful, languages: { EN: { ...doubtful, thisRun: counters } } },
      { now },
      {},
      [],
    ],
    [
      "doubts of the run before a scheduled start",
      { status: "sleeping", sleepsFor: "schedule", counters: doubtful },
      { now },
      {},
      [],
    ],
    ["a scheduled start", { scheduledFor: ago(60), startedAt: ago(59) }, { now }, {}, ["started"]],
    ["a scheduled start of this morning", { scheduledFor: ago(500), startedAt: ago(499) }, { now }, {}, []],
    [
      "a start that was missed, with doubts of the run before",
      { status: "error", endedAt: ago(1), scheduledFor: ago(90), startedAt: ago(300), counters: doubtful },
      { now, namedInDoubt: 0 },
      {},
      ["not-started"],
    ],
    [
      "a scheduled Send that ended in error",
      { status: "error", endedAt: ago(1), scheduledFor: ago(90), startedAt: ago(89) },
      { now },
      {},
      ["ended"],
    ],
    ["asleep for the next pass", { status: "sleeping", sleepsFor: "next-pass" }, { now }, {}, []],
    ["asleep for quota", { status: "sleeping", sleepsFor: "quota", nextRunAt: ago(-60) }, { now }, {}, ["quota"]],
    ["paused for ten minutes", { waiting: { paused: { ...pause, since: ago(10) } } }, looked, {}, ["paused"]],
    ["paused for nine", { waiting: { paused: { ...pause, since: ago(9) } } }, looked, {}, []],
    ["a pause that is over", { waiting: { paused: { ...pause, until: ago(1), since: ago(20) } } }, looked, {}, []],
    [
      "a long pause in an event, which may be old",
      { waiting: { paused: { ...pause, since: ago(10) } } },
      { now },
      {},
      [],
    ],
    ["still for ten minutes", {}, { now, silentMilliseconds: 600_000 }, {}, ["stalled"]],
    ["still for nine", {}, { now, silentMilliseconds: 599_999 }, {}, []],
  ])("%s", (_, send, known, fields, expected) => expect(kinds(send, known, fields)).toEqual(expected));
});

test("a Send that sleeps for quota again and again is a notice once a day, whatever its run is called", () => {
  const keys = ["run", "run-p2", "run-p7"].map((runId) =>
    dueNotices(anOrderWith({ status: "sleeping", sleepsFor: "quota", runId }), { now })
      .map(({ key }) => key.replace(/^wo-\w+/, "wo"))
      .join(),
  );
  expect(new Set(keys)).toEqual(new Set(["wo#run#quota#2026-03-01"]));
});

const anySend: fc.Arbitrary<Partial<StepRecord>> = fc.record(
  {
    status: fc.constantFrom("ready", "working", "sleeping", "complete", "error", "interrupted", "exception"),
    runId: fc.constantFrom("run", "run-p2"),
    endedAt: fc.integer({ min: -5, max: 500 }).map(ago),
    ceiling: fc.constantFrom("failures", "confirmed"),
    scheduledFor: fc.integer({ min: 0, max: 500 }).map(ago),
    sleepsFor: fc.constantFrom("quota", "next-pass", "retry", "of a later release"),
    counters: fc.constantFrom(counters, doubtful),
    waiting: fc.record({
      paused: fc.record({
        until: fc.integer({ min: -30, max: 30 }).map(ago),
        since: fc.integer({ min: 0, max: 30 }).map(ago),
        because: fc.constant("throttled"),
      }),
    }),
  },
  { requiredKeys: ["status"] },
);
const anyKnown: fc.Arbitrary<Known> = fc
  .record({ silentMilliseconds: fc.nat(1_200_000), namedInDoubt: fc.nat(3) }, { requiredKeys: [] })
  .map((known) => ({ ...known, now }));

test("acceptance 147: whatever a Send shows, each notice has a key of its own, words and the same key at the next look", () => {
  fc.assert(
    fc.property(anySend, anyKnown, fc.boolean(), (send, known, isUnsettled) => {
      const order = anOrderWith({ runId: undefined, ...send }, isUnsettled ? unsettled(1) : {});
      const due = dueNotices(order, known);
      expect(new Set(due.map(({ key }) => key)).size).toBe(due.length);
      for (const { key, facts } of due) {
        expect(key.startsWith(`${order.id}#`) && !key.includes("undefined")).toBe(true);
        expect(noticeHeadline(facts)).toMatch(/^[A-Z\d].*[a-z\d]$/);
        expect(noticeRepair(facts) ?? "Yes.").toMatch(/^[A-Z].*\.$/);
      }
      // A Send that works has not ended, and one that ended is neither paused nor still.
      const found = new Set(due.map(({ facts }) => facts.kind));
      const ends = due.filter(({ key }) => key === endKey(order));
      const isOver = ends.length > 0;
      expect(ends.length).toBeLessThan(2);
      if (isOver) expect(["paused", "stalled", "quota"].some((kind) => found.has(kind as never))).toBe(false);
      // A minute later, and with other numbers, what was due has the same key or is due no more.
      const later = { ...known, now: now + 60_000 };
      const again = dueNotices(order, later).filter(({ facts }) => found.has(facts.kind));
      for (const { key } of again) expect(due.map((one) => one.key)).toContain(key);
    }),
    { numRuns: 2000 },
  );
});
