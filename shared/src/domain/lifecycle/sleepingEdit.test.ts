import { expect, test } from "vitest";
import { applyOrderWrite } from "../../../testing/applyOrderWrite.ts";
import { anOrder } from "../../../testing/builders.ts";
import { instant } from "../time.ts";
import { refusedWhileSleeping, type SleepingEdit, sleepingEdit } from "./sleepingEdit.ts";

const now = Date.parse("2026-03-01T12:00:00.000Z");
const wakeAt = instant(now + 600_000);

function asleep() {
  const order = anOrder({
    sendContinuously: true,
    sendInterval: 1800,
    sendUntil: instant(now + 9_000_000),
    runState: "sleeping",
    runCheckAt: wakeAt,
  });
  order.steps.Send = { status: "sleeping", runId: "r", nextRunAt: wakeAt, nextRunId: "r-p2" };
  return order;
}

const cases: [edit: SleepingEdit, wakes: boolean][] = [
  [{ testers: ["p-1"] }, false],
  [{ sendInterval: 3600 }, false],
  [{ sendUntil: instant(now + 20_000_000) }, false],
  [{ sendContinuously: false }, true],
  [{ sendInterval: 60 }, true],
  [{ sendUntil: instant(now + 1000) }, true],
];

test.each(cases)("%j while sleeping wakes it now: %s", (edit, wakes) => {
  const after = applyOrderWrite(asleep(), sleepingEdit(asleep(), edit, now));
  expect(after).toMatchObject({ ...edit, runCheckAt: wakes ? instant(now) : wakeAt });
  expect(after?.steps.Send).toMatchObject({ status: "sleeping", nextRunAt: wakes ? instant(now) : wakeAt });
});

test("another sending window moves the end of the sleep to when it opens, none ends the sleep, a scheduled start stays", () => {
  // `now` is a Sunday.
  const weekdays = [1, 2, 3, 4, 5];
  const sendingWindow = { zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays };
  const edited = (edit: SleepingEdit, order = asleep()) => applyOrderWrite(order, sleepingEdit(order, edit, now));
  const order = { ...asleep(), sendUntil: instant(now + 90_000_000) };
  const monday = "2026-03-02T07:00:00.000Z";
  expect(edited({ sendingWindow }, order)).toMatchObject({ sendingWindow, runCheckAt: monday });
  expect(edited({ sendingWindow })?.runCheckAt).toBe(asleep().sendUntil);
  expect(edited({ sendingWindow: undefined })?.runCheckAt).toBe(instant(now));
  const scheduled = asleep();
  scheduled.steps.Send.scheduled = { at: wakeAt, by: "anna", hashes: {} };
  for (const edit of [
    { sendingWindow },
    { sendContinuously: false },
    { sendInterval: 60 },
    { missedStart: "start" } as const,
  ])
    expect(edited(edit, scheduled)).toMatchObject({ runCheckAt: wakeAt, steps: { Send: { nextRunAt: wakeAt } } });
});

test("an edit does not reach an order that woke up or was stopped meanwhile", () => {
  const write = sleepingEdit(asleep(), { sendInterval: 60 }, now);
  for (const status of ["working", "interrupted"] as const) {
    const order = asleep();
    order.steps.Send = { ...order.steps.Send, status };
    expect(applyOrderWrite(order, write)).toBeUndefined();
  }
});

test("what is mailed may not change while Send sleeps", () => {
  expect(refusedWhileSleeping({ testers: [], subjects: {}, account: "x" })).toEqual(["subjects", "account"]);
});
