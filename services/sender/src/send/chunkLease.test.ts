import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { type FakeClock, fakeClock } from "@email-agent/shared/testing/fakeClock.ts";
import { expect, test } from "vitest";
import { silent as log } from "../../testing/sendFixture.ts";
import { keepChunkLease } from "./chunkLease.ts";
import { chunkTally } from "./chunkResult.ts";

const held = { runId: "run-1", sk: "chunk#EN#000000", token: 1, worker: "w-1" };
const unheard = () => ({ [Symbol.dispose]: () => {} });
const limits = { heartbeatMilliseconds: 20, proofMilliseconds: 200 };

/** A chunk whose table accepts every heartbeat; nothing else reaches its worker. */
function keep(stillWorking: () => Promise<boolean>) {
  const ports = { runs: { heartbeat: async () => true }, flags: { watch: unheard }, runSignal: { onRecall: unheard } };
  const shutdown = new AbortController().signal;
  const options = { renewedAt: clock.monotonic(), tally: chunkTally(2), stillWorking, shutdown, times: limits };
  return keepChunkLease(held, { ...ports, clock, log, ...options });
}

test("acceptance 55: a worker that heard nothing learns with a heartbeat that its run has ended", async () => {
  let works = true;
  await using lease = keep(async () => works);
  await clock.sleep(100);
  expect(lease.signal.aborted).toBe(false);
  works = false;
  await eventually("it knows", () => lease.signal.aborted, { withinSeconds: 5, everyMilliseconds: 5 });
  expect(lease.signal.reason).toMatchObject({ message: "Run run-1 has ended." });
});

test("acceptance 55: while it cannot be read whether the run goes on, the lease is not proven for longer than the proof", async () => {
  await using lease = keep(async () => {
    throw new Error("the table is away");
  });
  expect(lease.isProven()).toBe(true);
  await eventually("the proof is over", () => !lease.isProven(), { withinSeconds: 5, everyMilliseconds: 5 });
  expect(lease.signal.aborted).toBe(false);
});

/** A chunk under a clock that the test moves. `beat` is the table's side of a heartbeat. */
function keepBy(clock: FakeClock, beat: () => Promise<boolean>, shutdown = new AbortController().signal) {
  const tally = chunkTally(2);
  const seen: { at: number; counts: unknown }[] = [];
  let cancel = () => {};
  const ports = {
    runs: {
      async heartbeat(_: unknown, __: string, { counts }: { counts: unknown }) {
        seen.push({ at: clock.monotonic(), counts: { ...(counts as object) } });
        return beat();
      },
    },
    flags: {
      watch(_: string, onCancel: () => void) {
        cancel = onCancel;
        return unheard();
      },
    },
    runSignal: { onRecall: unheard },
  };
  const times = { heartbeatMilliseconds: 1000, proofMilliseconds: 2000 };
  const options = { renewedAt: 0, tally, stillWorking: async () => true, shutdown, times };
  const lease = keepChunkLease(held, { ...ports, clock, log, ...options });
  return { lease, tally, seen, cancel: () => cancel() };
}

test("each heartbeat carries the counts so far, and a failure brings it forward", async () => {
  const clock = fakeClock();
  const { lease, tally, seen } = keepBy(clock, async () => true);
  await using _lease = lease;
  tally.record("p-a", { kind: "sent" });
  await clock.advance(900);
  expect(seen).toEqual([]);
  await clock.advance(100);
  expect(seen).toMatchObject([{ at: 1000, counts: { sent: 1, failed: 0 } }]);
  tally.record("p-b", { kind: "failed", reason: "550" });
  await clock.advance(100);
  expect(seen.slice(1)).toMatchObject([{ at: 1100, counts: { sent: 1, failed: 1 } }]);
  await clock.advance(900);
  expect(seen).toHaveLength(2);
  await clock.advance(100);
  expect(seen.slice(2)).toMatchObject([{ at: 2100 }]);
});

test("a shutdown ends the work of a chunk, but not its heartbeats: what is on the wire keeps its lease", async () => {
  const clock = fakeClock();
  const shutdown = new AbortController();
  const { lease, seen } = keepBy(clock, async () => true, shutdown.signal);
  await using _lease = lease;
  shutdown.abort(new Error("shutting down"));
  expect(lease.signal.reason).toMatchObject({ message: "shutting down" });
  await clock.advance(3000);
  expect(seen).toHaveLength(3);
  expect(lease.isProven()).toBe(true);
});

test("a chunk that was taken over or stopped ends its lease", async () => {
  const clock = fakeClock();
  const taken = keepBy(clock, async () => false);
  await clock.advance(1000);
  expect(taken.lease.signal.reason).toMatchObject({ code: "lease-lost", message: expect.stringMatching(/taken over/) });
  const stopped = keepBy(clock, async () => true);
  stopped.cancel();
  expect(stopped.lease.signal.reason).toMatchObject({ code: "stopped" });
});
