import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { type StepName, stepNames } from "../steps.ts";
import { instant } from "../time.ts";
import { type StepRecord, type StepStatus, type WorkOrder, workOrderSchema, zeroCounters } from "../workOrder.ts";
import { runLimits } from "./runLimits.ts";
import { sleepingEdit } from "./sleepingEdit.ts";
import { transition, transitionTable } from "./stepTransitions.ts";
import type { Trigger } from "./transitionRow.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const seconds = (count: number) => count * 1000;
const minutes = (count: number) => count * 60_000;
const commandId = "01JNQ0000000000000000000A1";
const hash = "a".repeat(64);
const prepared = { EN: { s3Key: "k", hash, bytes: 1, preparedAt: "2026-03-01T00:00:00.000Z" } };
const lease = (step: StepName) => ({ step, runId: "run-1", token: 5 });

/** An order whose steps before `step` are complete and whose `step` is as given. */
function orderWith(step: StepName, record: Partial<StepRecord>, fields: Record<string, unknown> = {}): WorkOrder {
  const order = anOrder({ fence: 5, prepared, ...fields });
  for (const name of stepNames.slice(0, stepNames.indexOf(step))) order.steps[name] = { status: "complete" };
  order.steps[step] = { status: "ready", ...record };
  return order;
}

function working(step: StepName, fields: Record<string, unknown> = {}, record: Partial<StepRecord> = {}): WorkOrder {
  return orderWith(
    step,
    { status: "working", runId: "run-1", attempt: 1, startedAt: instant(now - minutes(5)), ...record },
    {
      runLease: { ...lease(step), worker: "w-1" },
      runState: "working",
      runCheckAt: instant(now - seconds(5)),
      ...fields,
    },
  );
}

function sleeping(fields: Record<string, unknown> = {}, record: Partial<StepRecord> = {}): WorkOrder {
  const nextRunAt = instant(now - seconds(1));
  return orderWith(
    "Send",
    { status: "sleeping", runId: "run-1", attempt: 3, nextRunAt, nextRunId: "run-1-p2", ...record },
    { runState: "sleeping", runCheckAt: nextRunAt, ...fields },
  );
}

/** Takes the transition; returns its title and the order after it, which must fit the schema. */
function take(order: WorkOrder, step: StepName, trigger: Trigger) {
  const taken = transition(order, step, trigger);
  if (!taken) return undefined;
  const after = applyOrderWrite(order, taken.write);
  if (!after) throw new Error("the write was refused by the very order it was made for");
  workOrderSchema.parse(after);
  expect(after.steps[step].status).toBe(taken.to);
  return { ...taken, after, record: after.steps[step] };
}

const office = { zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] };
const continuous = { sendContinuously: true, sendInterval: 600, sendUntil: instant(now + minutes(600)) };
const byWorker = { now, lease: lease("Send"), said: {} } as const;
const running = ["runLease", "runState", "runCheckAt"] as const;

/** A Send that was scheduled for `at`, a minute ago unless given. */
function scheduled(
  fields: Record<string, unknown> = {},
  start: object = {},
  at = instant(now - minutes(1)),
): WorkOrder {
  return orderWith(
    "Send",
    {
      ...{ status: "sleeping", runId: "run-0", nextRunAt: at, nextRunId: commandId, confirmedRecipients: 1471 },
      scheduled: { at, by: "anna", hashes: { EN: hash }, ...start },
    },
    { runState: "scheduled", runCheckAt: at, ...fields },
  );
}
const editing = (offset: number) => ({ userId: "boris", token: "t", expiresAt: instant(now + offset) });

const resting: StepStatus[] = ["ready", "complete", "error", "interrupted", "exception"];
const rows: [
  title: string,
  take: () => ReturnType<typeof take>,
  check: (taken: NonNullable<ReturnType<typeof take>>) => void,
][] = [
  [
    "a user starts it",
    () =>
      take(orderWith("Test", { status: "error", endedAt: instant(now), details: [] }), "Test", {
        kind: "start",
        now,
        commandId,
      }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(true);
      expect(record).toMatchObject({ runId: commandId, attempt: 1, counters: zeroCounters, pinned: { EN: hash } });
      expect(record.startedAt).toBe(instant(now));
      expect(record).not.toHaveProperty("endedAt");
      expect(record).not.toHaveProperty("details");
      expect(after).toMatchObject({
        fence: 6,
        runLease: { runId: commandId, step: "Test", token: 6 },
        losses: 0,
        runState: "working",
        runCheckAt: instant(now),
      });
      expect(after.runLease).not.toHaveProperty("worker");
    },
  ],
  [
    "a user starts it before its predecessor is complete",
    () => {
      const order = orderWith("Send", {});
      order.steps.Test = { status: "interrupted" };
      return take(order, "Send", { kind: "start", now, commandId });
    },
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(false);
      expect(record.message).toContain("Test is interrupted");
      expect(record.endedAt).toBe(instant(now));
      expect(after.fence).toBe(5);
      expect(after).not.toHaveProperty("runLease");
    },
  ],
  [
    "a user stops it",
    () => take(sleeping(), "Send", { kind: "stop", now }),
    ({ after, record }) => {
      expect(after.fence).toBe(6);
      for (const field of running) expect(after).not.toHaveProperty(field);
      expect(record).not.toHaveProperty("nextRunAt");
      expect(record).not.toHaveProperty("nextRunId");
      expect(record.endedAt).toBe(instant(now));
    },
  ],
  [
    "a worker picks it up",
    () => {
      const order = working("Count", { runLease: lease("Count") });
      return take(order, "Count", { kind: "pick-up", now, lease: lease("Count"), worker: "w-2" });
    },
    ({ after }) => {
      expect(after.runLease).toEqual({ ...lease("Count"), worker: "w-2" });
      expect(after.runCheckAt).toBe(instant(now));
    },
  ],
  [
    "its work is done",
    () => take(working("Send"), "Send", { kind: "done", ...byWorker, said: { message: "Sent to ana@example.org." } }),
    ({ after, record }) => {
      for (const field of running) expect(after).not.toHaveProperty(field);
      expect(record).toMatchObject({ message: "Sent to …@example.org.", endedAt: instant(now), runId: "run-1" });
    },
  ],
  [
    "a pass is done, more follow",
    () => take(working("Send", continuous, { attempt: 4 }), "Send", { kind: "pass-done", ...byWorker }),
    ({ after, record }) => {
      const nextRunAt = instant(now + seconds(600));
      expect(record).toMatchObject({ nextRunAt, nextRunId: "run-1-p2", attempt: 1 });
      expect(after).toMatchObject({ runState: "sleeping", runCheckAt: nextRunAt, fence: 5 });
      expect(after).not.toHaveProperty("runLease");
    },
  ],
  [
    "the last pass is done",
    () => {
      const counters = { total: 10, sent: 6, skipped: 1, failed: 0, inDoubt: 0 };
      const order = working("Send", { ...continuous, sendUntil: instant(now) });
      return take(order, "Send", { kind: "pass-done", ...byWorker, said: { counters } });
    },
    ({ record }) =>
      expect(record.message).toBe(`Sending ended at ${instant(now)} as planned; 3 people were not mailed.`),
  ],
  [
    "its quota is used up",
    () => take(working("Send"), "Send", { kind: "quota", ...byWorker, wakeAt: now + seconds(3) }),
    ({ record }) => expect(record).toMatchObject({ nextRunAt: instant(now + seconds(60)), nextRunId: "run-1-p2" }),
  ],
  [
    "its quota is used up and sendUntil is reached",
    () => take(working("Send", { sendUntil: instant(now) }), "Send", { kind: "quota", ...byWorker }),
    ({ record }) => expect(record.message).toContain("Sending ended"),
  ],
  [
    "its sending window closes",
    () => take(working("Send", { sendingWindow: office }), "Send", { kind: "window", ...byWorker }),
    ({ record }) =>
      // `now` is a Sunday.
      expect(record).toMatchObject({
        ...{ nextRunAt: "2026-03-02T07:00:00.000Z", nextRunId: "run-1-p2", sleepsFor: "window" },
        message: "The sending window is closed. It continues at 2026-03-02T07:00:00.000Z.",
      }),
  ],
  [
    "its sending window closes at sendUntil",
    () =>
      take(working("Send", { sendingWindow: office, sendUntil: instant(now) }), "Send", {
        kind: "window",
        ...byWorker,
      }),
    ({ record }) => expect(record.message).toContain("Sending ended"),
  ],
  [
    "its quota is used up and it may not sleep",
    () =>
      take(working("Test"), "Test", {
        kind: "quota",
        now,
        lease: lease("Test"),
        said: {},
        wakeAt: now + minutes(30),
      }),
    ({ record }) => expect(record.message).toContain(instant(now + minutes(30))),
  ],
  [
    "a continuous pass fails and is tried again",
    () => take(working("Send", continuous, { attempt: 4 }), "Send", { kind: "retryable", ...byWorker, random: 0.5 }),
    ({ record }) => expect(record).toMatchObject({ attempt: 5, nextRunAt: instant(now + minutes(8)) }),
  ],
  [
    "the database is unavailable and the run continues after the outage",
    () =>
      take(working("Send", { losses: 1 }), "Send", {
        kind: "retryable",
        ...byWorker,
        said: { message: "DynamoDB did not respond." },
        random: 0.5,
        outage: true,
      }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(false);
      expect(after).toMatchObject({ fence: 6, losses: 2, runLease: { runId: "run-1", token: 6 } });
      expect(after.runLease).not.toHaveProperty("worker");
      expect(record).toMatchObject({ runId: "run-1", message: "DynamoDB did not respond. It continues in a moment." });
    },
  ],
  [
    "it fails for a transient reason and has no attempt left",
    () => take(working("Send", continuous, { attempt: 6 }), "Send", { kind: "retryable", ...byWorker, random: 0.5 }),
    ({ after }) => expect(after).not.toHaveProperty("runLease"),
  ],
  [
    "it fails",
    () => take(working("Send"), "Send", { kind: "failed", ...byWorker, said: { message: "No such stage." } }),
    ({ after, record }) => {
      expect(record).toMatchObject({ message: "No such stage.", endedAt: instant(now) });
      expect(after.fence).toBe(5);
    },
  ],
  [
    "its worker throws something unexpected",
    () => take(working("Send"), "Send", { kind: "threw", ...byWorker, said: { message: "TypeError" } }),
    ({ after }) => expect(after.fence).toBe(6),
  ],
  [
    "its worker shuts down and releases it",
    () => take(working("Send"), "Send", { kind: "release", now, lease: lease("Send") }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(true);
      expect(after).toMatchObject({ fence: 6, runLease: { runId: "run-1", token: 6 }, losses: 0 });
      expect(after.runLease).not.toHaveProperty("worker");
      expect(record.runId).toBe("run-1");
    },
  ],
  [
    "no worker picks it up",
    () => {
      const order = working("Send", { runLease: lease("Send") });
      return take(order, "Send", { kind: "not-picked-up", now, silentMilliseconds: seconds(15), limits: runLimits });
    },
    ({ after, addsJob }) => {
      expect(addsJob).toBe(true);
      expect(after).toMatchObject({ runCheckAt: instant(now), fence: 5, losses: 0 });
    },
  ],
  [
    "its process is lost",
    () =>
      take(working("Send", { losses: 1 }), "Send", {
        kind: "lost",
        now,
        silentMilliseconds: seconds(60),
        limits: runLimits,
      }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(true);
      const lost = { worker: "w-1", heartbeatAt: instant(now - seconds(5)) };
      expect(after).toMatchObject({ fence: 6, losses: 2, runLease: { runId: "run-1", token: 6, lost } });
      expect(after.runLease).not.toHaveProperty("worker");
      expect(record.runId).toBe("run-1");
    },
  ],
  [
    "its process is lost once too often",
    () =>
      take(working("Send", { losses: 2 }), "Send", {
        kind: "lost",
        now,
        silentMilliseconds: seconds(60),
        limits: runLimits,
      }),
    ({ after, record }) => {
      expect(after.fence).toBe(6);
      expect(record.message).toContain("lost 3 times");
      expect(record.message).toContain("can be started again");
    },
  ],
  [
    "a user schedules its start, or moves it",
    () =>
      take(orderWith("Send", { status: "complete", runId: "run-0" }), "Send", {
        ...{ kind: "schedule", now, commandId, by: "anna", confirmedRecipients: 9 },
        startAt: instant(now + minutes(90)),
      }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(false);
      const at = instant(now + minutes(90));
      expect(record).toMatchObject({ nextRunAt: at, nextRunId: commandId, runId: "run-0", confirmedRecipients: 9 });
      expect(record.scheduled).toEqual({ at, by: "anna", hashes: { EN: hash } });
      expect(after).toMatchObject({ runState: "scheduled", runCheckAt: at, fence: 5 });
      expect(after).not.toHaveProperty("runLease");
    },
  ],
  [
    "its scheduled start is due",
    () => take(scheduled(), "Send", { kind: "due", now }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(true);
      expect(record).toMatchObject({ runId: commandId, confirmedRecipients: 1471, pinned: { EN: hash } });
      for (const field of ["scheduled", "nextRunAt", "nextRunId"]) expect(record).not.toHaveProperty(field);
      expect(after).toMatchObject({ runLease: { runId: commandId, token: 6 }, runState: "working" });
    },
  ],
  [
    "its scheduled start waits for an edit",
    () => take(scheduled({ editLease: editing(minutes(9)) }), "Send", { kind: "due", now }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(false);
      expect(record.scheduled).toMatchObject({ at: instant(now - minutes(1)), heldSince: instant(now) });
      expect(transition(after, "Send", { kind: "due", now: now + minutes(8) })).toBeUndefined();
      expect(take(after, "Send", { kind: "due", now: now + minutes(10) })?.to).toBe("working");
    },
  ],
  [
    "its scheduled start no longer fits, or was missed",
    () => take(scheduled({}, {}, instant(now - minutes(61))), "Send", { kind: "due", now }),
    ({ after, record }) => {
      expect(record.message).toBe(
        `It was to start at ${instant(now - minutes(61))}; the system was down until ${instant(now)}. Press Start to send now.`,
      );
      expect(record.runId).toBe(commandId);
      for (const field of running) expect(after).not.toHaveProperty(field);
      expect(record).not.toHaveProperty("scheduled");
    },
  ],
  [
    "its sleep is over",
    () => take(sleeping(), "Send", { kind: "due", now }),
    ({ after, record, addsJob }) => {
      expect(addsJob).toBe(true);
      expect(record).toMatchObject({ runId: "run-1-p2", attempt: 3, counters: zeroCounters });
      expect(record).not.toHaveProperty("nextRunId");
      expect(after).toMatchObject({ runLease: { runId: "run-1-p2", token: 6 }, fence: 6, runState: "working" });
    },
  ],
  [
    "its sleep is over at sendUntil",
    () => take(sleeping({ ...continuous, sendUntil: instant(now) }), "Send", { kind: "due", now }),
    ({ after, record }) => {
      expect(record.message).toContain("Sending ended at");
      for (const field of running) expect(after).not.toHaveProperty(field);
      expect(record).not.toHaveProperty("nextRunId");
    },
  ],
];

test.each(rows)("%s", (title, make, check) => {
  const taken = make();
  expect(taken?.title).toBe(title);
  if (taken) check(taken);
});

test("every row of the table has its case", () => {
  expect(rows.map(([title]) => title).sort()).toEqual(transitionTable.map((row) => row.title).sort());
});

test.each(resting)("a step that is %s can be started and not stopped", (status) => {
  expect(take(orderWith("Send", { status }), "Send", { kind: "start", now, commandId })?.to).toBe("working");
  expect(transition(orderWith("Send", { status }), "Send", { kind: "stop", now })).toBeUndefined();
});

test("a start while sleeping begins the pass now, as a run of its own", () => {
  const taken = take(sleeping(continuous), "Send", { kind: "start", now, commandId });
  expect(taken?.record).toMatchObject({ status: "working", runId: commandId, attempt: 1 });
  expect(taken?.record).not.toHaveProperty("nextRunAt");
});

test("no sleep reaches behind sendUntil", () => {
  const sendUntil = instant(now + seconds(30));
  const order = working("Send", { ...continuous, sendUntil });
  for (const trigger of [
    { kind: "pass-done", ...byWorker },
    { kind: "quota", ...byWorker, wakeAt: now + minutes(90) },
    { kind: "retryable", ...byWorker, random: 0.9 },
  ] as const) {
    const taken = take(order, "Send", trigger);
    expect(taken?.record.nextRunAt).toBe(sendUntil);
    expect(taken?.after.runCheckAt).toBe(sendUntil);
  }
});

test("before its time nothing is lost, due or added again", () => {
  const quiet = (silentMilliseconds: number) => ({ now, silentMilliseconds, limits: runLimits });
  // What its heartbeat says of the time of day, which may be another host's, decides nothing.
  for (const offset of [-minutes(10), 0, minutes(10)]) {
    const fresh = working("Send", { runCheckAt: instant(now + offset) });
    expect(transition(fresh, "Send", { kind: "lost", ...quiet(59_999) })).toBeUndefined();
    const waiting = working("Send", { runLease: lease("Send"), runCheckAt: instant(now + offset) });
    expect(transition(waiting, "Send", { kind: "not-picked-up", ...quiet(14_999) })).toBeUndefined();
    expect(transition(waiting, "Send", { kind: "lost", ...quiet(minutes(9)) })).toBeUndefined();
  }
  const asleep = sleeping({}, { nextRunAt: instant(now + 1) });
  expect(transition(asleep, "Send", { kind: "due", now })).toBeUndefined();
});

test("a heartbeat between read and write refuses a take-over; a stop refuses a wake-up", () => {
  const silent = working("Send", { runCheckAt: instant(now - seconds(61)) });
  const takeOver = transition(silent, "Send", {
    kind: "lost",
    now,
    silentMilliseconds: seconds(61),
    limits: runLimits,
  });
  expect(applyOrderWrite({ ...silent, runCheckAt: instant(now) }, takeOver!.write)).toBeUndefined();
  const asleep = sleeping();
  const wake = transition(asleep, "Send", { kind: "due", now });
  const stopped = take(asleep, "Send", { kind: "stop", now })!.after;
  expect(applyOrderWrite(stopped, wake!.write)).toBeUndefined();
});

test("an edit that moves sendUntil between read and write refuses the wake-up and the end judged on the old one", () => {
  for (const sendUntil of [instant(now), instant(now + minutes(5))]) {
    const asleep = sleeping({ ...continuous, sendUntil });
    const due = transition(asleep, "Send", { kind: "due", now })!;
    const edited = applyOrderWrite(asleep, sleepingEdit(asleep, { sendUntil: instant(now + minutes(90)) }, now))!;
    expect(applyOrderWrite(edited, due.write)).toBeUndefined();
    expect(take(edited, "Send", { kind: "due", now })?.to).toBe("working");
  }
});
