import type { WorkOrder } from "@email-agent/shared/domain/workOrder.ts";
import { AppError } from "@email-agent/shared/kit/errors.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { type FakeClock, fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { countedMetrics, silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { expect, test } from "vitest";
import { stalledSends } from "./countStalledSends.ts";

const start = "2026-03-01T08:00:00.000Z";
const counters = { total: 100, sent: 10, failed: 0, skipped: 0, inDoubt: 0 };

function sendingOrder(send: Partial<WorkOrder["steps"]["Send"]> = {}): WorkOrder {
  const order = anOrder();
  order.steps.Send = { status: "working", runId: "run-1", counters, ...send };
  return order;
}

/** Looks every 20 s for so many minutes; `before` each look. Returns the last number. */
function watchOver(orders: WorkOrder[], clock: FakeClock = fakeClock(start)) {
  const metrics = countedMetrics();
  const store = {
    async *runsIn(state: string) {
      if (state === "working") for (const { id } of orders) yield { id, runCheckAt: start };
    },
    get: async (id: string) => orders.find((order) => order.id === id),
  };
  const look = stalledSends({ orders: store, clock, log: silentLog, metrics });
  return {
    clock,
    metrics,
    store,
    async minutes(count: number, before: (second: number) => void = () => {}) {
      for (let second = 0; second < count * 60; second += 20) {
        before(second);
        await look();
        await clock.advance(20_000);
      }
      return metrics.counted.at(-1)?.value;
    },
    look,
  };
}

const at = (minutes: number) => new Date(Date.parse(start) + minutes * 60_000).toISOString();

test("acceptance 86: a Send that works for ten minutes without any outcome is counted until it makes progress", async () => {
  const order = sendingOrder();
  const watch = watchOver([order]);
  expect(await watch.minutes(10)).toBe(0);
  expect(await watch.minutes(1)).toBe(1);
  order.steps.Send.counters = { ...counters, sent: 11 };
  expect(await watch.minutes(10)).toBe(0);
  expect(watch.metrics.counted.every(({ name }) => name === "StalledSends")).toBe(true);
});

test.each([
  ["sleeps until its quota is free", { status: "sleeping" }],
  ["waits for the pause of its account", { waiting: { paused: { until: at(60), because: "throttled" } } }],
  ["waits for its rate slot at one mail an hour", { waiting: { held: { until: at(60), because: "rate" } } }],
  ["waits for greylisted people only", { waiting: { retries: { people: 90, nextAt: at(60), lastAt: at(60) } } }],
] as const)("acceptance 86: a Send that %s is not stalled, and is once that time is long over", async (_, send) => {
  const watch = watchOver([sendingOrder(send as Partial<WorkOrder["steps"]["Send"]>)]);
  expect(await watch.minutes(59)).toBe(0);
  if (!("waiting" in send)) return;
  expect(await watch.minutes(10)).toBe(0);
  expect(await watch.minutes(3)).toBe(1);
});

test("a Send of one mail in twelve minutes is not stalled while each mail goes out at its rate slot", async () => {
  const order = sendingOrder({ waiting: { held: { until: at(12), because: "rate" } } });
  const watch = watchOver([order]);
  const last = await watch.minutes(60, () => {
    const minute = Math.floor((watch.clock.now() - Date.parse(start)) / 60_000);
    const slot = Math.floor(minute / 12);
    order.steps.Send.counters = { ...counters, sent: 10 + slot };
    order.steps.Send.waiting = { held: { until: at((slot + 1) * 12), because: "rate" } };
  });
  expect(last).toBe(0);
  expect(Math.max(...watch.metrics.counted.map(({ value }) => value))).toBe(0);
});

test("a few greylisted people do not hide that the others get no mail", async () => {
  const watch = watchOver([sendingOrder({ waiting: { retries: { people: 3, nextAt: at(60), lastAt: at(60) } } })]);
  expect(await watch.minutes(11)).toBe(1);
});

test("other steps are not counted, a new run is watched from its start, and one broken order hides no other", async () => {
  const dryRun = anOrder();
  dryRun.steps["Dry-Run"] = { status: "working", runId: "run-2" };
  const order = sendingOrder();
  const watch = watchOver([dryRun, anOrder({ languages: ["SP"] }), order]);
  const { get } = watch.store;
  watch.store.get = async (id) => {
    if (id === dryRun.id) throw new AppError("bad-item", "It does not fit.");
    return get(id);
  };
  expect(await watch.minutes(11)).toBe(1);
  order.steps.Send.runId = "run-1-p2";
  expect(await watch.minutes(10)).toBe(0);
});

test("while the database is away no number is recorded, and the time does not count", async () => {
  const watch = watchOver([sendingOrder()]);
  await watch.minutes(9);
  const { length } = watch.metrics.counted;
  const { get } = watch.store;
  watch.store.get = async () => {
    throw new AppError("storage", "DynamoDB is away.");
  };
  for (let round = 0; round < 9; round += 1) {
    await expect(watch.look()).rejects.toThrow("away");
    await watch.clock.advance(20_000);
  }
  expect(watch.metrics.counted).toHaveLength(length);
  watch.store.get = get;
  expect(await watch.minutes(9)).toBe(0);
  expect(await watch.minutes(2)).toBe(1);
});
