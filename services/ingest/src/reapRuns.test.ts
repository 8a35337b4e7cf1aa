import { runLimits } from "@email-agent/shared/domain/lifecycle/runLimits.ts";
import { systemClock } from "@email-agent/shared/kit/clock.ts";
import { countedMetrics, silentLog } from "@email-agent/shared/testing/pipeline.ts";
import { expect, test } from "vitest";
import { runReaper } from "./reapRuns.ts";

test("a round ends soon after the shutdown begins, however many runs are left to check", async () => {
  const shutdown = new AbortController();
  const looked: string[] = [];
  const orders = {
    async *runsIn(state: string) {
      const runCheckAt = "2026-03-01T08:00:00.000Z";
      if (state === "sleeping") for (let index = 0; index < 100; index += 1) yield { id: `wo-${index}`, runCheckAt };
    },
    async get(id: string) {
      looked.push(id);
      shutdown.abort();
      throw new Error("DynamoDB hangs");
    },
    write: async () => undefined,
  };
  const rest = { queues: { addStep: async () => {} }, flags: { raise: async () => {} } };
  const ports = { orders, ...rest, clock: systemClock, log: silentLog, metrics: countedMetrics() };
  await runReaper(ports, runLimits)(shutdown.signal);
  expect(looked.length).toBeLessThanOrEqual(10);
});
