import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { instant } from "../time.ts";
import type { WorkOrder } from "../workOrder.ts";
import { followUp, judgeCommand, standingJudgement } from "./judgement.ts";
import { transition } from "./stepTransitions.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const id = "01JNQ0000000000000000000A1";
const later = "01JNQ0000000000000000000B2";

function asked(step: string, action: "start" | "stop", order: WorkOrder = anOrder(), commandId = id): WorkOrder {
  const command = { id: commandId, step, action, requestedBy: "anna", requestedAt: instant(now) };
  return { ...order, command, pendingCommandAt: instant(now) };
}
function judged(order: WorkOrder, command = order.command!): WorkOrder {
  const after = applyOrderWrite(order, judgeCommand(order, command, now).write);
  if (!after) throw new Error("refused by the order it was made for");
  return after;
}

test("a granted start is recorded with the run it starts and waits no longer", () => {
  const after = judged(asked("Count", "start"));
  expect(after.lastCommand).toEqual({
    id,
    step: "Count",
    action: "start",
    outcome: "accepted",
    runId: id,
    at: instant(now),
  });
  expect(after).not.toHaveProperty("pendingCommandAt");
  expect(followUp(after, after.lastCommand!)).toEqual({ kind: "add-job", step: "Count", runId: id, token: 1 });
});

test("acceptance 1: a start before its predecessor is complete ends in error naming it, and adds no job", () => {
  const after = judged(asked("Prepare", "start"));
  expect(after.steps.Prepare).toMatchObject({ status: "error", message: expect.stringContaining("Count is ready") });
  expect(after.lastCommand).toMatchObject({ outcome: "rejected", reason: expect.stringContaining("Count") });
  expect(followUp(after, after.lastCommand!)).toBeUndefined();
});

test("acceptance 1: a second start while working changes nothing but is said to be ignored", () => {
  const running = judged(asked("Count", "start"));
  const after = judged(asked("Count", "start", running, later));
  expect(after.lastCommand).toMatchObject({ id: later, outcome: "ignored", reason: "Count is already working." });
  expect(after.lastCommand).not.toHaveProperty("runId");
  expect(after.steps).toEqual(running.steps);
  expect(after.runLease).toEqual(running.runLease);
});

test("an unknown step is rejected by name; a stop of what does not run is ignored", () => {
  expect(judged(asked("Sennd", "start")).lastCommand).toMatchObject({
    outcome: "rejected",
    reason: 'The step "Sennd" is unknown, cannot be started here: finish the update of the services.',
  });
  expect(judged(asked("Send", "stop")).lastCommand).toMatchObject({ outcome: "ignored" });
});

test("a stop names the run it stopped and raises its cancel flag", () => {
  const after = judged(asked("Count", "stop", judged(asked("Count", "start")), later));
  expect(after.lastCommand).toMatchObject({ outcome: "accepted", runId: id });
  expect(followUp(after, after.lastCommand!)).toEqual({ kind: "cancel", step: "Count", runId: id, token: 1 });
});

test("a stop holds through any number of progress writes; another judgement does not", () => {
  const running = judged(asked("Count", "start"));
  const stop = judgeCommand(asked("Count", "stop", running, later), { id: later, step: "Count", action: "stop" }, now);
  const busy = { ...asked("Count", "stop", running, later), version: running.version + 1000 };
  expect(applyOrderWrite(busy, stop.write)?.steps.Count.status).toBe("interrupted");
  const start = judgeCommand(running, { id: later, step: "Count", action: "start" }, now);
  expect(applyOrderWrite({ ...running, version: running.version + 1 }, start.write)).toBeUndefined();
});

test("a newer command that arrives in the table while an older one is judged keeps waiting", () => {
  const order = asked("Count", "start", anOrder(), later);
  expect(judged(order, { ...order.command!, id }).pendingCommandAt).toBe(instant(now));
  const raced = asked("Count", "stop", judged(asked("Count", "start")), later);
  const write = judgeCommand(raced, raced.command!, now).write;
  expect(applyOrderWrite(asked("Count", "start", raced, "01JNQ0000000000000000000C3"), write)).toBeUndefined();
});

test("a judgement also holds after a later command, while the run it started is known", () => {
  const started = judged(asked("Count", "start"));
  const stopped = judged(asked("Count", "stop", started, later));
  const again = { id, step: "Count", action: "start" } as const;
  expect(standingJudgement(started, again)).toMatchObject({ outcome: "accepted", runId: id });
  expect(standingJudgement(stopped, again)).toMatchObject({ outcome: "accepted", runId: id });
  expect(followUp(stopped, standingJudgement(stopped, again)!)).toBeUndefined();
  expect(standingJudgement(anOrder(), again)).toBeUndefined();
});

test("a retry of a selection starts a run that is limited to it, also behind a sleep; a start is for everyone", () => {
  const complete = { status: "complete" } as const;
  const counters = { total: 9, sent: 4, skipped: 1, failed: 2, inDoubt: 0 };
  const send = { ...complete, runId: "run-1", languages: { EN: { ...counters, reasons: { unsubscribed: 1 } } } };
  const steps = { ...anOrder().steps, Count: complete, Prepare: complete, "Dry-Run": complete, Test: complete };
  const order = anOrder({ steps: { ...steps, Send: send } });
  const command = { id, step: "Send", action: "retry", selection: "s-1", confirmedRecipients: 2 };
  const retried = judged({ ...order, command: { ...command, requestedBy: "anna", requestedAt: instant(now) } });
  const everyone = { EN: { total: 9, skipped: 1, reasons: { unsubscribed: 1 } } };
  expect(retried.steps.Send).toMatchObject({ status: "working", selection: "s-1", confirmedRecipients: 2, everyone });
  expect(retried.lastCommand).toMatchObject({ outcome: "accepted", runId: id });

  const nextRunAt = instant(now - 1);
  const asleep = { ...retried.steps.Send, status: "sleeping", nextRunAt, nextRunId: `${id}-p2` } as const;
  const sleeping = {
    ...retried,
    runState: "sleeping",
    runCheckAt: nextRunAt,
    steps: { ...retried.steps, Send: asleep },
  };
  const woken = transition(sleeping, "Send", { kind: "due", now });
  expect(applyOrderWrite(sleeping, woken!.write)?.steps.Send).toMatchObject({ selection: "s-1", everyone });
  const again = judgeCommand(sleeping, { ...command, id: later }, now).judgement;
  expect(again).toMatchObject({ outcome: "rejected", reason: expect.stringContaining("Stop it first") });

  const { selection: _, ...withoutOne } = command;
  expect(judgeCommand(order, withoutOne, now).judgement.outcome).toBe("rejected");
  const started = judged(asked("Send", "start", order));
  expect(started.steps.Send).not.toHaveProperty("selection");
  expect(started.steps.Send).not.toHaveProperty("everyone");
});
