import { expect, test } from "vitest";
import { anOrder } from "../../../testing/builders.ts";
import type { Counters } from "../workOrder.ts";
import { peopleLeft } from "./forecastPeople.ts";

const counters = (fields: Partial<Counters>): Counters => ({
  total: 0,
  sent: 0,
  failed: 0,
  inDoubt: 0,
  skipped: 0,
  ...fields,
});

/** A Dry-Run found 1,000 when 200 had the mail; since then 50 were mailed by an earlier run and 100 by this one. */
function sendingOrder() {
  const order = anOrder();
  const reasons = { "already-received": 200 };
  order.steps["Dry-Run"] = { status: "complete", languages: { EN: { ...counters({ sent: 1000 }), reasons } } };
  order.steps.Send = {
    status: "working",
    counters: counters({ total: 500, sent: 349, failed: 6, inDoubt: 1, skipped: 3 }),
    languages: { EN: { ...counters({ sent: 349 }), thisRun: counters({ sent: 100, failed: 6, skipped: 3 }) } },
  };
  return order;
}

test("those are left whom the Send planned and has not handled", () => {
  expect(peopleLeft(sendingOrder())).toBe(141);
  expect(peopleLeft(anOrder())).toBe(0);
});

test("while a Send still plans, the Dry-Run gives the number, less those reached since", () => {
  const order = sendingOrder();
  // People who failed or were skipped in this run need no mail either.
  expect(peopleLeft(order, { reached: 350 })).toBe(1000 - 150 - 9);
  // Who was reached in another way is no reason to expect more than the Dry-Run found.
  expect(peopleLeft(order, { reached: 0 })).toBe(1000 - 9);
  expect(peopleLeft(order, { reached: 5000 })).toBe(141);
  order.steps["Dry-Run"] = { status: "ready" };
  expect(peopleLeft(order, { reached: 350 })).toBe(141);
});
