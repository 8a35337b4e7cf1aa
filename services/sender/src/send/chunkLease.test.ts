import { systemClock as clock } from "@email-agent/shared/kit/clock.ts";
import { eventually } from "@email-agent/shared/testing/eventually.ts";
import { expect, test } from "vitest";
import { silent as log } from "../../testing/sendingHouse.ts";
import { keepChunk } from "./chunkLease.ts";
import { chunkTally } from "./chunkResult.ts";

const held = { runId: "run-1", sk: "chunk#EN#000000", token: 1, worker: "w-1" };
const tally = chunkTally(2);
const unheard = () => ({ [Symbol.dispose]: () => {} });
const limits = { heartbeatMilliseconds: 20, proofMilliseconds: 200 };

/** A chunk whose table accepts every heartbeat; nothing else reaches its worker. */
function keep(stillWorking: () => Promise<boolean>) {
  const ports = { runs: { heartbeat: async () => true }, flags: { watch: unheard }, bell: { onRecall: unheard } };
  const options = { renewedAt: clock.monotonic(), tally, stillWorking, shutdown: new AbortController().signal };
  return keepChunk({ ...ports, clock, log }, held, limits, options);
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
  expect(lease.proven()).toBe(true);
  await eventually("the proof is over", () => !lease.proven(), { withinSeconds: 5, everyMilliseconds: 5 });
  expect(lease.signal.aborted).toBe(false);
});
