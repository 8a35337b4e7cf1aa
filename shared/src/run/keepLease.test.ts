import { expect, test } from "vitest";
import { fakeClock } from "../../testing/fakeClock.ts";
import { leaseTimes as times } from "../domain/lifecycle/leaseTimes.ts";
import { AppError } from "../kit/errors.ts";
import { keepLease, type LeaseOptions } from "./keepLease.ts";

/** A lease renewed by `renew` under a clock that the test moves, and when each heartbeat was sent. */
function keep(renew: LeaseOptions["renew"], options: Partial<LeaseOptions> = {}, clock = fakeClock()) {
  const sent: number[] = [];
  const warned: string[] = [];
  const lease = keepLease({
    name: "run 1 of Count",
    renewedAt: clock.monotonic(),
    renew() {
      sent.push(clock.monotonic());
      return renew();
    },
    ...{ clock, times, log: { warn: (_, text) => void warned.push(text) } },
    ...options,
  });
  return { lease, sent, warned, clock };
}

test("a slow heartbeat makes a lease no younger than the moment it was sent", async () => {
  const clock = fakeClock();
  let milliseconds = 8000;
  const { lease, sent } = keep(() => clock.sleep(milliseconds).then(() => true), {}, clock);
  await clock.advance(18_000);
  // The next one takes longer than the proof of the first.
  milliseconds = 60_000;
  await clock.advance(11_999);
  expect(sent).toEqual([10_000, 20_000]);
  expect(lease.isProven()).toBe(true);
  await clock.advance(1);
  expect(lease.isProven()).toBe(false);
});

test("a lease that no heartbeat renews proves nothing behind its proof, and a refused one does not renew it", async () => {
  const { lease, sent, clock } = keep(async () => false);
  await clock.advance(times.proofMilliseconds - 1);
  lease.prove();
  await clock.advance(1);
  expect(lease.isProven()).toBe(false);
  expect(() => lease.prove()).toThrow("The last renewal of run 1 of Count is too old to begin anything.");
  expect(sent).toEqual([10_000, 20_000]);
  expect(lease.signal.aborted).toBe(false);
});

test("a heartbeat that fails is sent again after a tenth of the interval, until one comes through", async () => {
  let failures = 2;
  const { lease, sent, warned, clock } = keep(async () => {
    if (failures-- > 0) throw new AppError("storage", "DynamoDB did not respond.");
    return true;
  });
  await clock.advance(23_000);
  expect(sent).toEqual([10_000, 11_000, 12_000, 22_000]);
  expect(warned).toHaveLength(2);
  expect(lease.isProven()).toBe(true);
});

test("an urgent heartbeat is sent within a tenth of the interval", async () => {
  let isUrgent = false;
  const renew = async () => {
    isUrgent = false;
    return true;
  };
  const { sent, clock } = keep(renew, { isUrgent: () => isUrgent });
  await clock.advance(3500);
  isUrgent = true;
  await clock.advance(500);
  expect(sent).toEqual([4000]);
  await clock.advance(10_000);
  expect(sent).toEqual([4000, 14_000]);
});

test("a heartbeat that finds the lease lost ends it, and none follows", async () => {
  const lost = new AppError("lease-lost", "It was taken over.");
  const { lease, sent, warned, clock } = keep(async () => {
    throw lost;
  });
  await clock.advance(60_000);
  expect(lease.signal.reason).toBe(lost);
  expect(() => lease.prove()).toThrow(lost);
  expect({ sent, warned }).toEqual({ sent: [10_000], warned: [] });
});

test("a stop between two heartbeats ends the lease once, with the first reason", async () => {
  let stop: ((reason: AppError) => void) | undefined;
  const { lease, sent, clock } = keep(async () => true, {
    listen: (end) => {
      stop = end;
      return [];
    },
  });
  stop?.(new AppError("stopped", "Count was stopped."));
  lease.end(new AppError("lease-lost", "later"));
  expect(lease.signal.reason).toMatchObject({ code: "stopped" });
  await clock.advance(60_000);
  expect(sent).toEqual([]);
});

test("a shutdown ends the work and not the heartbeats", async () => {
  const shutdown = new AbortController();
  const { lease, sent, clock } = keep(async () => true, { shutdown: shutdown.signal });
  shutdown.abort(new AppError("shutting-down", "The service is shutting down."));
  expect(() => lease.prove()).toThrow("shutting down");
  await clock.advance(25_000);
  expect(sent).toEqual([10_000, 20_000]);
  expect(lease.isProven()).toBe(true);
});

test("disposing stops listening, then waits for the heartbeat under way, and none follows", async () => {
  const order: string[] = [];
  const clock = fakeClock();
  const renew = async () => {
    await clock.sleep(500);
    order.push("heartbeat written");
    return true;
  };
  const listener = { [Symbol.dispose]: () => void order.push("listener closed") };
  const { lease, sent } = keep(renew, { listen: () => [listener] }, clock);
  await clock.advance(10_100);
  const disposed = lease[Symbol.asyncDispose]().then(() => order.push("disposed"));
  await clock.advance(60_000);
  await disposed;
  expect(order).toEqual(["listener closed", "heartbeat written", "disposed"]);
  expect(sent).toEqual([10_000]);
});
