import { setImmediate } from "node:timers/promises";
import type { StepStatus } from "@email-agent/shared/domain/workOrder.ts";
import type { StatusEvent } from "@email-agent/shared/messages/statusEvent.ts";
import { anOrder } from "@email-agent/shared/testing/builders.ts";
import { fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { describe, expect, test } from "vitest";
import { throttleOrders } from "./throttleOrders.ts";

const silent = { debug() {}, info() {}, warn() {}, error() {} };

interface FixtureOptions {
  failing?: () => boolean;
  settled?: () => Promise<void>;
  /** How long the read of the connections takes. */
  readMilliseconds?: () => number;
}

function throttleFixture(options: FixtureOptions = {}) {
  const clock = fakeClock();
  const sent: { at: number; version: number; workOrderId: string }[] = [];
  const acknowledged: number[] = [];
  const broadcast = async (event: StatusEvent) => {
    if (options.failing?.()) throw new Error("table away");
    const read = options.readMilliseconds?.() ?? 0;
    if (read > 0) await clock.sleep(read);
    sent.push({ at: clock.monotonic(), version: event.version, workOrderId: event.workOrderId });
    return { settled: options.settled?.() ?? Promise.resolve() };
  };
  const throttle = throttleOrders({ broadcast, clock, log: silent });
  const offer = (event: StatusEvent) => throttle.offer(event, () => acknowledged.push(event.version));
  return { clock, sent, acknowledged, throttle, offer, versions: () => sent.map(({ version }) => version) };
}

const order = anOrder();
function event(version: number, status: StepStatus = "working", base = order): StatusEvent {
  const steps = { ...base.steps, Send: { status, runId: "run-1" } };
  const { id: workOrderId, eventCode } = base;
  const at = "2026-01-01T00:00:00.000Z";
  return { v: 1, type: "work-order.snapshot", workOrderId, eventCode, version, at, order: { ...base, steps, version } };
}

describe("the throttle of an order", () => {
  test("sends at most 4 messages in any second, whatever arrives, and ends with the newest", async () => {
    const { clock, sent, offer } = throttleFixture();
    const statuses = ["working", "working", "complete", "working", "interrupted"] as const;
    for (let version = 1; version <= 1000; version++) {
      offer(event(version, statuses[version % 5]));
      await clock.advance(5);
    }
    await clock.advance(2000);
    for (const { at } of sent)
      expect(sent.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(4);
    expect(sent.at(-1)?.version).toBe(1000);
  });

  test("sends at most 4 messages in any second also while reads of the connections are now slow, now quick", async () => {
    let reads = 0;
    const { clock, sent, offer } = throttleFixture({ readMilliseconds: () => (reads++ % 5 === 0 ? 400 : 0) });
    for (let version = 1; version <= 1000; version++) {
      offer(event(version, version % 2 === 0 ? "working" : "complete"));
      await clock.advance(5);
    }
    await clock.advance(2000);
    for (const { at } of sent)
      expect(sent.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(4);
    expect(sent.at(-1)?.version).toBe(1000);
  });

  test("sends a terminal status at once, however much progress went before", async () => {
    const { clock, sent, offer } = throttleFixture();
    for (let version = 1; version <= 200; version++) {
      offer(event(version));
      await clock.advance(10);
    }
    const now = clock.monotonic();
    offer(event(201, "complete"));
    await setImmediate();
    expect(sent.at(-1)).toMatchObject({ at: now, version: 201 });
  });

  test("does not make one order wait for another", async () => {
    const { sent, offer } = throttleFixture();
    for (let version = 1; version <= 50; version++) offer(event(version));
    const other = anOrder();
    offer(event(1, "working", other));
    await setImmediate();
    expect(sent.map(({ workOrderId }) => workOrderId)).toContain(other.id);
  });

  test("acknowledges an event after its broadcast, superseded ones with the newer, old ones at once", async () => {
    const { clock, acknowledged, versions, offer } = throttleFixture();
    offer(event(1));
    await setImmediate();
    expect(acknowledged).toEqual([1]);
    for (const version of [3, 2, 4]) offer(event(version));
    expect(acknowledged).toEqual([1]);
    await clock.advance(1000);
    expect(versions()).toEqual([1, 4]);
    expect(acknowledged.toSorted()).toEqual([1, 2, 3, 4]);
    offer(event(2));
    expect(acknowledged).toHaveLength(5);
    expect(versions()).toEqual([1, 4]);
  });

  test("does not wait for slow connections with what comes next, and acknowledges nothing before they are settled", async () => {
    const posts: PromiseWithResolvers<void>[] = [];
    const settled = () => {
      posts.push(Promise.withResolvers());
      return (posts.at(-1) as PromiseWithResolvers<void>).promise;
    };
    const { clock, acknowledged, versions, offer } = throttleFixture({ settled });
    offer(event(1));
    await clock.advance(1000);
    offer(event(2, "complete"));
    await clock.advance(1000);
    expect({ versions: versions(), acknowledged }).toEqual({ versions: [1, 2], acknowledged: [] });
    // The queue delivers again what took longer than its visibility timeout: the new receipt is good for as long as the old one.
    offer(event(2, "complete"));
    offer(event(1));
    posts[0]?.resolve();
    await setImmediate();
    expect(acknowledged).toEqual([1]);
    posts[1]?.resolve();
    await setImmediate();
    expect(acknowledged.toSorted()).toEqual([1, 1, 2, 2]);
    expect(versions()).toEqual([1, 2]);
  });

  test("ends after 20 s at the latest when connections do not settle", async () => {
    const { clock, acknowledged, offer, throttle } = throttleFixture({ settled: () => new Promise(() => {}) });
    offer(event(1));
    await setImmediate();
    let drained = false;
    void throttle.drain().then(() => {
      drained = true;
    });
    await clock.advance(19_000);
    expect(drained).toBe(false);
    await clock.advance(1000);
    await setImmediate();
    expect({ drained, acknowledged }).toEqual({ drained: true, acknowledged: [] });
  });

  test("keeps the newest while no connection can be reached, is congested (backpressure), and goes on by itself", async () => {
    let away = true;
    const { clock, acknowledged, versions, offer, throttle } = throttleFixture({ failing: () => away });
    offer(event(1));
    await clock.advance(500);
    offer(event(2));
    await clock.advance(5000);
    expect({ acknowledged, congested: throttle.congested }).toEqual({ acknowledged: [], congested: true });
    away = false;
    await clock.advance(2000);
    expect({ versions: versions(), congested: throttle.congested }).toEqual({ versions: [2], congested: false });
    expect(acknowledged.toSorted()).toEqual([1, 2]);
  });

  test("sends what waits without pauses when it ends, and leaves the rest to the queue", async () => {
    const { acknowledged, versions, offer, throttle } = throttleFixture();
    offer(event(1));
    offer(event(2));
    await throttle.drain();
    expect({ versions: versions(), acknowledged }).toEqual({ versions: [1, 2], acknowledged: [1, 2] });
    const failing = throttleFixture({ failing: () => true });
    failing.offer(event(1));
    await failing.throttle.drain();
    expect(failing.acknowledged).toEqual([]);
  });
});
