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

function sendingOrder() {
  const order = anOrder();
  order.steps["Dry-Run"] = { status: "complete", languages: { EN: counters({ sent: 1000 }) } };
  order.steps.Send = {
    status: "working",
    counters: counters({ total: 400, sent: 250, failed: 6, inDoubt: 1, skipped: 3 }),
  };
  return order;
}

test("those are left whom the Send planned and has not handled", () => {
  expect(peopleLeft(sendingOrder())).toBe(140);
  expect(peopleLeft(anOrder())).toBe(0);
});

test("while it still plans, the Dry-Run tells how many there will be", () => {
  const order = sendingOrder();
  expect(peopleLeft(order, { tried: 150 })).toBe(850);
  order.steps["Dry-Run"] = { status: "ready" };
  expect(peopleLeft(order, { tried: 150 })).toBe(140);
});
