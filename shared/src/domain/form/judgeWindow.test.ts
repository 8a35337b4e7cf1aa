import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import { aForm, aFormContext } from "../../../testing/formBuilders.ts";
import { judgeForm, judgeSleepingForm } from "./judgeForm.ts";
import type { OrderFields } from "./orderFields.ts";

const office = { zone: "Europe/Berlin", from: "08:00", to: "20:00", weekdays: [1, 2, 3, 4, 5] };
const judged = (fields: Partial<OrderFields>) => judgeForm(aForm(fields), aFormContext());
const until = (sendUntil: string) => ({ sendContinuously: true, sendUntil });

test("a sending window is stored with its days in order, and one over midnight says so", () => {
  expect(judged({ sendingWindow: { ...office, weekdays: [5, 1, 5] } }).stored?.sendingWindow).toEqual({
    ...office,
    weekdays: [1, 5],
  });
  expect(judged({ sendingWindow: null }).stored?.sendingWindow).toBeUndefined();
  expect(judged({ sendingWindow: { ...office, from: "22:00", to: "06:00" } }).notes).toMatchObject({
    sendingWindow: "The window ends at 06:00 on the day after each chosen day.",
  });
});

test.each([
  [{ ...office, weekdays: [] }, "needs a day"],
  [{ ...office, zone: "Mars/Base" }, "is not a time zone"],
  [{ ...office, from: "" }, "needs two times"],
  [{ ...office, to: "25:00" }, "needs two times"],
  [{ ...office, weekdays: [8] }, "needs two times"],
])("%j is refused with the repair", (sendingWindow, words) => {
  expect(judged({ sendingWindow }).errors["sendingWindow"]).toContain(words);
});

test("a window that does not open before sending ends is refused", () => {
  // Forms are judged on a Sunday.
  const early = judged({ sendingWindow: office, ...until("2026-03-02T07:00:00.000Z") });
  expect(early.errors["sendingWindow"]).toContain("does not open before sending ends");
  expect(judged({ sendingWindow: office, ...until("2026-03-02T07:00:01.000Z") }).errors).toEqual({});
});

test("while a start is scheduled sending may not end before it", () => {
  const order = anOrder();
  const at = "2026-03-05T12:00:00.000Z";
  order.steps.Send = { status: "sleeping", nextRunAt: at, scheduled: { at, by: "anna", hashes: {} } };
  const errors = (fields: Partial<OrderFields>) => judgeSleepingForm(aForm(fields), aFormContext({ order })).errors;
  expect(errors(until(at))["sendUntil"]).toContain(`Send is scheduled for ${at}`);
  expect(errors(until("2026-03-05T12:00:01.000Z"))).toEqual({});
});

test("a missed start asks or starts late", () => {
  expect(judged({ missedStart: "start" }).stored?.missedStart).toBe("start");
  expect(judged({ missedStart: "ask" }).stored?.missedStart).toBeUndefined();
  expect(judged({ missedStart: "later" }).errors["missedStart"]).toContain("Choose whether");
});
