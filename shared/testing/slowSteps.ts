import type { Redis } from "ioredis";
import type { StepName } from "../src/domain/steps.ts";
import { AppError } from "../src/kit/errors.ts";
import type { StepHandler, StepResult } from "../src/run/stepRun.ts";

/** One action of a slow handler, recorded in Redis: the stand-in for a mail that begins. */
export interface Deed {
  readonly step: StepName;
  readonly runId: string;
  readonly token: number;
  readonly worker: string;
  readonly at: number;
}

const tickMilliseconds = 25;
const deedsKey = (workOrderId: string) => `deeds:${workOrderId}`;

/**
 * A handler that does one deed every 25 ms under its proven lease. The order's `account` says how it ends: `office` never
 * ends, `ends` completes after four deeds, `sleeps` ends its pass, `fails-for-now`, `refuses` and `throws` end as named.
 */
export function slowStep(redis: Redis): StepHandler {
  return async (run) => {
    for (let done = 1; ; done += 1) {
      run.proveLease();
      const { step, runId, token, worker } = run;
      const deed: Deed = { step, runId, token, worker, at: Date.now() };
      await redis.rpush(deedsKey(run.order.id), JSON.stringify(deed));
      const counters = { total: 1000, sent: done, skipped: 0, failed: 0, inDoubt: 0 };
      run.report({ message: `${done} of 1000`, counters });
      const end = done >= 4 ? endOf(run.order.account) : undefined;
      if (end) return end;
      await new Promise((resolve) => setTimeout(resolve, tickMilliseconds));
      if (run.signal.aborted) throw run.signal.reason;
    }
  };
}

function endOf(account: string): StepResult | undefined {
  if (account === "ends") return { kind: "complete", message: "All done." };
  if (account === "sleeps") return { kind: "sleep", cause: "next-pass" };
  if (account === "refuses") return { kind: "error", message: "There is no such stage." };
  if (account === "fails-for-now") throw new AppError("dependency", "The mail server of ana@example.org is away.");
  if (account === "throws") throw new TypeError("undefined is not ana@example.org");
  return undefined;
}

export async function deedsOf(redis: Redis, workOrderId: string): Promise<Deed[]> {
  const lines = await redis.lrange(deedsKey(workOrderId), 0, -1);
  return lines.map((line) => JSON.parse(line) as Deed);
}
