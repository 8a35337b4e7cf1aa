import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import type { Command } from "../command.ts";
import { stepNames } from "../steps.ts";
import { instant } from "../time.ts";
import type { StepRecord, WorkOrder } from "../workOrder.ts";
import { judgeCommand, standingJudgement } from "./judgement.ts";
import { judgeDue, scheduleFault } from "./scheduledStart.ts";
import { transition } from "./stepTransitions.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const minute = 60_000;
const hour = 60 * minute;
const at = (milliseconds: number) => instant(now + milliseconds);
const hash = "a".repeat(64);
const prepared = { s3Key: "k", hash, bytes: 1, preparedAt: at(-hour) };
const ids = ["01JNQ0000000000000000000A1", "01JNQ0000000000000000000B2"] as const;

function tested(fields: Partial<WorkOrder> = {}, send: Partial<StepRecord> = {}): WorkOrder {
  const order = anOrder({ prepared: { EN: prepared }, ...fields } as Parameters<typeof anOrder>[0]);
  for (const name of stepNames) order.steps[name] = { status: "complete" };
  order.steps.Send = { status: "ready", ...send };
  return order;
}
const asked = (startAt: string | undefined, id: string = ids[0], action = "schedule"): Command => ({
  ...{ id, step: "Send", action, requestedBy: "anna", requestedAt: instant(now), confirmedRecipients: 7 },
  ...(startAt !== undefined && { startAt }),
});
function judged(order: WorkOrder, command: Command, when = now): WorkOrder {
  const after = applyOrderWrite(order, judgeCommand(order, command, when).write);
  if (!after) throw new Error("refused by the order it was made for");
  return after;
}
const scheduledFor = (startAt: string, order = tested()) => judged(order, asked(startAt));

test("acceptance 140: a scheduled Send sleeps until its start, moves with a second command, and a stop ends it", () => {
  const first = scheduledFor(at(hour));
  expect(first.lastCommand).toMatchObject({ outcome: "accepted", startAt: at(hour), runId: ids[0] });
  expect(first.steps.Send).toMatchObject({ status: "sleeping", sleepsFor: "schedule", confirmedRecipients: 7 });
  const moved = judged(first, asked(at(2 * hour), ids[1]));
  expect(moved.lastCommand).toMatchObject({ outcome: "accepted", startAt: at(2 * hour), movedFrom: at(hour) });
  expect(moved.steps.Send.scheduled).toMatchObject({ at: at(2 * hour) });
  expect(judgeDue(moved, "Send", now + hour)).toBeUndefined();
  expect(judgeDue(moved, "Send", now + 2 * hour)).toEqual({ verdict: "start" });
  const stopped = judged(moved, asked(undefined, ids[0], "stop"));
  expect(stopped.steps.Send).toMatchObject({ status: "interrupted", message: expect.stringContaining("cancelled") });
  expect(stopped.runState).toBeUndefined();
});

test("acceptance 140: a schedule command that is delivered again changes nothing, whatever became of it", () => {
  const command = asked(at(hour));
  const order = judged(tested(), command);
  const woken = applyOrderWrite(order, transition(order, "Send", { kind: "due", now: now + hour })!.write)!;
  const stopped = judged(order, asked(undefined, ids[1], "stop"));
  const missed = applyOrderWrite(order, transition(order, "Send", { kind: "due", now: now + 3 * hour })!.write)!;
  for (const later of [order, woken, stopped, missed])
    expect(standingJudgement({ ...later, lastCommand: undefined }, command)).toMatchObject({ outcome: "accepted" });
  expect(standingJudgement(tested(), command)).toBeUndefined();
});

test.each<[string, Partial<WorkOrder>, string | undefined, string]>([
  ["has passed", {}, at(-minute - 1), "has passed: choose one in the future"],
  ["is more than a year ahead", {}, at(367 * 24 * hour), "more than a year ahead"],
  ["is the end of sending", { sendUntil: at(hour) }, at(hour), "Sending ends at"],
  ["is no time", {}, undefined, "is not a time"],
  ["of an archived order", { archived: true }, at(hour), "archived"],
  ["of an order being edited", { editLease: { userId: "b", token: "t", expiresAt: at(1) } }, at(hour), "being edited"],
  ["of an order being settled", { runState: "settling" }, at(hour), "recounted"],
])("a start whose time %s is refused, and nothing changes", (_, fields, startAt, reason) => {
  const order = tested(fields);
  const after = judged(order, asked(startAt));
  expect(after.lastCommand).toMatchObject({ outcome: "rejected", reason: expect.stringContaining(reason) });
  expect(after.steps).toEqual(order.steps);
});

test("only Send can be scheduled, not without a complete Test, and not while it sleeps between passes", () => {
  expect(scheduleFault(tested(), "Count", at(hour), now)).toContain("only Send can");
  const untested = tested();
  untested.steps.Test = { status: "interrupted" };
  expect(scheduleFault(untested, "Send", at(hour), now)).toContain("Run Test first");
  expect(judged(untested, asked(at(hour))).steps.Send.status).toBe("ready");
  const asleep = tested({}, { status: "sleeping", runId: "r", nextRunId: "r-p2", nextRunAt: at(minute) });
  expect(scheduleFault(asleep, "Send", at(hour), now)).toContain("Stop it before you schedule it");
  expect(scheduleFault(tested(), "Send", at(-minute), now)).toBeUndefined();
});

const changed: [string, Partial<WorkOrder>, string][] = [
  ["the content was prepared again", { prepared: { EN: { ...prepared, hash: "b".repeat(64) } } }, "then press Start"],
  ["the content was removed", { prepared: {} }, "was removed"],
  ["a language was added", { languages: ["EN", "SP"] }, "changed from EN to EN, SP"],
  ["a language was taken away", { languages: ["FR"] }, "changed from EN to FR"],
  ["the Test was reset", { steps: { ...tested().steps, Test: { status: "ready" } } }, "Run Test first"],
  ["the order was archived", { archived: true }, "archived"],
  ["the end of sending came first", { sendUntil: at(hour) }, "sending ended at"],
];
test.each(changed)(
  "acceptance 141: %s: the scheduled Send ends in error with the repair, and mails no one",
  (_, change, words) => {
    const before = scheduledFor(at(hour));
    const { steps = before.steps, ...fields } = change;
    const order = { ...before, ...fields, steps: { ...steps, Send: before.steps.Send } };
    const taken = transition(order, "Send", { kind: "due", now: now + hour });
    expect(taken).toMatchObject({ to: "error", addsJob: false });
    const after = applyOrderWrite(order, taken!.write);
    expect(after?.steps.Send.message).toContain(words);
    expect(after).not.toHaveProperty("runLease");
  },
);

test("acceptance 142: a start an hour late still begins; later it is missed and asks, or begins late if the order says so", () => {
  const order = scheduledFor(at(hour));
  expect(judgeDue(order, "Send", now + 2 * hour)).toEqual({ verdict: "start" });
  expect(judgeDue(order, "Send", now + 2 * hour + 1)).toMatchObject({ verdict: "end" });
  const late = { ...order, missedStart: "start" as const };
  expect(judgeDue(late, "Send", now + 200 * hour)).toEqual({ verdict: "start" });
});

test("an order that is being edited delays its start by an hour at most", () => {
  const editLease = { userId: "boris", token: "t", expiresAt: at(9 * hour) };
  const order = { ...scheduledFor(at(hour)), editLease };
  const held = applyOrderWrite(order, transition(order, "Send", { kind: "due", now: now + hour })!.write)!;
  expect(judgeDue(held, "Send", now + 2 * hour)).toEqual({ verdict: "wait" });
  expect(judgeDue(held, "Send", now + 2 * hour + 1)).toMatchObject({
    verdict: "end",
    reason: expect.stringContaining("being edited for more than an hour"),
  });
});

test("an edit that begins between reading and writing, a move and a stop refuse the wake-up", () => {
  const order = scheduledFor(at(hour));
  const wake = transition(order, "Send", { kind: "due", now: now + hour })!.write;
  const editLease = { userId: "boris", token: "t", expiresAt: at(2 * hour) };
  expect(applyOrderWrite({ ...order, editLease }, wake)).toBeUndefined();
  expect(applyOrderWrite(judged(order, asked(at(2 * hour), ids[1])), wake)).toBeUndefined();
  expect(applyOrderWrite(judged(order, asked(undefined, ids[1], "stop")), wake)).toBeUndefined();
  expect(applyOrderWrite(order, wake)?.steps.Send.status).toBe("working");
});

test("what an earlier release writes on the clock of a scheduled order does not start it early", () => {
  const order = { ...scheduledFor(at(hour)), runCheckAt: at(0) };
  order.steps.Send.nextRunAt = at(0);
  expect(transition(order, "Send", { kind: "due", now: now + minute })).toBeUndefined();
});
