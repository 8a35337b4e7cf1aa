import type { Deliveries } from "@email-agent/shared/adapters/deliveries.ts";
import type { Runs } from "@email-agent/shared/adapters/runs.ts";
import { instant } from "@email-agent/shared/domain/time.ts";
import type { Clock } from "@email-agent/shared/service/clock.ts";
import type { Metrics } from "@email-agent/shared/service/metrics.ts";
import type { StepRun } from "@email-agent/shared/service/stepRun.ts";
import { type Handled, nothingHandled } from "./runCounters.ts";

/** What the ledger says of one language when a pass is over. */
export interface Recount {
  /** Sent, failed and in-doubt of the mailing key in all runs (`skipped` 0). */
  readonly all: Handled;
  readonly thisRun: Handled;
  /** Claims that have no outcome yet. */
  readonly sending: number;
  /** Became deferred since the run began: participant id → instant of the next attempt. */
  readonly deferred: Readonly<Record<string, string>>;
}

interface RecountPorts {
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "count">;
}

/** Whatever is still `sending` becomes in-doubt, for nobody of this run holds it any more; then the language is recounted. */
export async function recount(
  { deliveries, clock, metrics }: RecountPorts,
  run: Pick<StepRun, "runId" | "order" | "signal" | "proveLease">,
  partition: string,
): Promise<Recount> {
  run.proveLease();
  const found = await countLedger(deliveries, run, partition, run.signal);
  if (found.sending === 0) return found;
  // Reading a large ledger takes longer than a proof holds.
  run.proveLease();
  const settled = await deliveries.settleAbandoned(partition, "all", instant(clock.now()), run.signal);
  if (settled > 0) metrics.count("SendInDoubt", settled, { account: run.order.account });
  return countLedger(deliveries, run, partition, run.signal);
}

/** What the ledger says of one language. */
export async function countLedger(
  deliveries: Pick<Deliveries, "standings">,
  run: Pick<StepRun, "runId" | "order">,
  partition: string,
  signal?: AbortSignal,
): Promise<Recount> {
  const startedAt = run.order.steps.Send.startedAt ?? "";
  const all = { ...nothingHandled };
  const thisRun = { ...nothingHandled };
  const deferred: Record<string, string> = {};
  let sending = 0;
  for await (const page of deliveries.standings(partition, signal)) {
    for (const { status, runId, participantId, endedAt, nextAttemptAt } of page) {
      if (status === "deferred" && endedAt !== undefined && endedAt >= startedAt)
        deferred[participantId] = nextAttemptAt ?? endedAt;
      if (status === "sending") sending += 1;
      if (status === "sending" || status === "deferred") continue;
      const field = status === "in-doubt" ? "inDoubt" : status;
      all[field] += 1;
      if (runId === run.runId) thisRun[field] += 1;
    }
  }
  return { all, thisRun, sending, deferred };
}

/** Of those who became deferred, the ones no chunk of the run skipped. */
export async function notSkipped(
  runs: Runs,
  runId: string,
  language: string,
  deferred: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const left = { ...deferred };
  if (Object.keys(left).length === 0) return left;
  for await (const page of runs.list(runId))
    for (const chunk of page)
      if (chunk.language === language) for (const id of Object.keys(chunk.skipped)) delete left[id];
  return left;
}
